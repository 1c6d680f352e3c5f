/** One cell of the theory's experiments in a process of its own: takes a `TheoryOrder`, tells a `TheoryAnswer`, and ends with the runner. */
import { messageOf } from '../../src/base/index.ts';
import type { TheoryAnswer, TheoryOrder } from './experiments/cell.ts';
import { processorSeconds } from './experiments/processor.ts';
import { playTheory } from './experiments/play.ts';

async function answer(order: TheoryOrder): Promise<TheoryAnswer> {
  const findings = await playTheory(order);
  return {
    event: 'done',
    findings,
    cpuSeconds: processorSeconds(),
  };
}

process.once('disconnect', () => process.exit(1));
process.once('message', (order: TheoryOrder) => {
  answer(order)
    .catch((error: unknown): TheoryAnswer => ({ event: 'failed', message: messageOf(error) }))
    .then((told) => process.send?.(told, () => process.disconnect()))
    .catch(() => process.exit(1));
});
