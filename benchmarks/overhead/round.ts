import { performance } from 'node:perf_hooks';
import { randomStream } from '../../src/base/index.ts';
import { DiffusionOptimizer } from '../../src/optimizer/index.ts';
import { createSpace, type Design } from '../../src/space/index.ts';
import { classic } from '../functions/classic.ts';
import { problemOf } from '../functions/problem.ts';
import { uniformDesign } from '../methods/random.ts';
import { peakBytes } from '../peak-memory.ts';

/** What is known before a round, and what the round is asked for. */
export interface RoundSize {
  readonly rows: number;
  readonly dimension: number;
  readonly batch: number;
}

export interface RoundCost {
  /** Of each round. */
  readonly seconds: readonly number[];
  readonly processorSeconds: readonly number[];
  /** Peak resident bytes of the process. */
  readonly peak: number;
}

/** A share of the rows is near the best, as it is late in a run. */
const nearShare = 0.5;

/** Times rounds of asking and telling on top of what was told: levy's function of so many numbers. */
async function measure({ rows, dimension, batch }: RoundSize, rounds: number): Promise<RoundCost> {
  const problem = problemOf(classic('levy', dimension));
  const space = createSpace(problem.space);
  const stream = randomStream(0);
  const optimum = space.encode(problem.optimum!);
  const near = (): Design =>
    space.decode(optimum.map((value) => Math.min(1, Math.max(-1, value + 0.2 * stream.normal()))))!;
  const reward = problem.truth;
  const optimizer = DiffusionOptimizer.create(space, { direction: 'minimize', batch });
  optimizer.tell(
    Array.from({ length: rows }, (_, row) => {
      const design = row < nearShare * rows ? uniformDesign(space, stream) : near();
      return { design, reward: reward(design) };
    }),
  );
  const seconds: number[] = [];
  const processorSeconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    const asked = await optimizer.ask(batch);
    optimizer.tell(asked.map(({ id, design }) => ({ id, design, reward: reward(design) })));
    const { user, system } = process.cpuUsage(used);
    seconds.push((performance.now() - start) / 1000);
    processorSeconds.push((user + system) / 1e6);
  }
  return { seconds, processorSeconds, peak: peakBytes() };
}

const { size, rounds } = JSON.parse(process.argv[2]!) as { readonly size: RoundSize; readonly rounds: number };
process.send?.(await measure(size, rounds));
