import { performance } from 'node:perf_hooks';
import { randomStream } from '../../src/base/index.ts';
import { createSpace, type Design, type Space } from '../../src/space/index.ts';
import { keyOf } from '../methods/online/designs.ts';
import type { Evaluation, OnlineMethod } from '../methods/online/method.ts';
import { initialDesigns, leastCost, typicalCost, type OnlineTask } from '../tasks/online/task.ts';
import type { CellNews, CostFacts, Reached } from './cells.ts';

/** Throws an error for a design that cannot be measured: a method must not ask for it. */
function checkerOf({ candidates }: OnlineTask, space: Space): (design: Design) => void {
  const listed = candidates && new Set(candidates.map((design) => keyOf(space, design)));
  return (design) => {
    const problem = space.problemWith(design);
    if (problem !== undefined) throw new Error(`the method asked for a design outside the space: ${problem}`);
    if (listed === undefined || listed.has(keyOf(space, design))) return;
    throw new Error(`the method asked for a design that is no candidate: ${keyOf(space, design)}`);
  };
}

function factsOf(task: OnlineTask): CostFacts {
  const { sign = 1, topDesigns } = task;
  return {
    least: leastCost(task),
    typical: typicalCost(task),
    sign,
    ...(topDesigns === undefined ? {} : { topDesigns }),
  };
}

/** What was measured so far. */
interface Record {
  readonly measure: (designs: readonly Design[]) => readonly Evaluation[];
  readonly reached: () => Reached;
  readonly incumbent: () => Design | undefined;
}

function createRecord({ problem, topCost }: OnlineTask, space: Space, seed: number): Record {
  const noise = randomStream(seed).split('noise', problem.name);
  const top = new Set<string>();
  let evaluations = 0;
  let least = Infinity;
  let incumbent: Design | undefined;
  let truth: number | null = null;
  const measureOne = (design: Design): Evaluation => {
    const cost = problem.measure(design, noise.split(++evaluations));
    if (cost !== undefined && cost < least) [least, incumbent, truth] = [cost, design, null];
    if (topCost !== undefined && problem.truth(design) <= topCost) top.add(keyOf(space, design));
    return { design, cost };
  };
  return {
    measure: (designs) => designs.map(measureOne),
    incumbent: () => incumbent,
    reached: () => ({
      evaluations,
      cost: incumbent === undefined ? null : (truth ??= problem.truth(incumbent)),
      ...(topCost === undefined ? {} : { top: top.size }),
    }),
  };
}

/**
 * One method on one task, to `count` evaluations: initial designs are told, then batches are asked for, measured and told. Rejects with
 * the method's errors, and where it asks for too few designs or for one that cannot be measured.
 */
export async function playOnline(
  task: OnlineTask,
  method: OnlineMethod,
  { seed, count, threads }: { readonly seed: number; readonly count: number; readonly threads: number },
  tell: (news: CellNews) => void,
): Promise<void> {
  const { problem, batch, initial, candidates } = task;
  const space = createSpace(problem.space);
  const check = checkerOf(task, space);
  const record = createRecord(task, space, seed);
  let methodSeconds = 0;
  const timed = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    methodSeconds += (performance.now() - started) / 1000;
    return result;
  };
  const report = (): void => {
    const incumbent = record.incumbent();
    const reached = record.reached();
    tell({ event: 'reached', reached, methodSeconds, ...(incumbent === undefined ? {} : { incumbent }) });
  };

  tell({ event: 'online', facts: factsOf(task) });
  const started = record.measure(initialDesigns(task, seed, Math.min(initial, count)));
  report();
  const optimizer = await timed(() =>
    method(space, { seed, batch, threads, evaluations: count, ...(candidates === undefined ? {} : { candidates }) }),
  );
  try {
    if (started.length > 0) await timed(() => optimizer.tell(started));
    while (record.reached().evaluations < count) {
      const wanted = Math.min(batch, count - record.reached().evaluations);
      const asked = await timed(() => optimizer.ask(wanted));
      if (asked.length !== wanted) throw new Error(`the method gave ${asked.length} designs instead of ${wanted}`);
      asked.forEach(check);
      const told = record.measure(asked);
      report();
      await timed(() => optimizer.tell(told));
    }
    const versions = optimizer.versions?.();
    const recommended = problem.noisy === true ? await timed(() => optimizer.recommend?.()) : undefined;
    if (recommended !== undefined) check(recommended);
    tell({
      event: 'done',
      ...(versions === undefined ? {} : { versions }),
      ...(recommended === undefined ? {} : { recommended: problem.truth(recommended) }),
    });
  } finally {
    await optimizer.close?.();
  }
}
