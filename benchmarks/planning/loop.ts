import { randomStream } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';
import { cmaEs } from '../methods/online/cma-es.ts';
import { geneticAlgorithm } from '../methods/online/genetic-algorithm.ts';
import type { Evaluation, OnlineMethod } from '../methods/online/method.ts';
import { diffusionOptimizer } from '../methods/online/ours.ts';
import type { Budget } from '../tasks/online/task.ts';
import { costOf, ends, endsMoved, randomPath, space } from './paths.ts';

/** Paths measured at first, the same for every method of a seed; in each round; and in all. */
export const budget: Budget = { initial: 100, batch: 50, evaluations: 500 };

/** Start and goal are values of the space that nothing changes. */
const planned = space.fix(ends);

/** More paths of the kind that all methods start from. */
const randomPaths: OnlineMethod = (_, { seed }) => {
  const stream = randomStream(seed).split('planning more');
  return { ask: (count) => Array.from({ length: count }, () => endsMoved(randomPath(stream))), tell: () => undefined };
};

const names = [
  'random paths',
  'CMA-ES',
  'genetic algorithm',
  'this package',
  'this package, search by noise alone',
] as const;
export type LoopName = (typeof names)[number];
export const loopNames: readonly LoopName[] = names;

const methods: { readonly [Name in LoopName]: OnlineMethod } = {
  'random paths': randomPaths,
  'CMA-ES': cmaEs,
  'genetic algorithm': geneticAlgorithm,
  'this package': diffusionOptimizer(),
  'this package, search by noise alone': diffusionOptimizer({ variations: ['renoise'] }),
};

/** The cheapest path found. */
export interface Found {
  readonly design: Design;
  readonly cost: number;
}

function measured(designs: readonly Design[]): readonly Evaluation[] {
  return designs.map((design) => ({ design, cost: costOf(design) }));
}

/** The cheapest path after the initial ones and after each round. */
export async function playLoop(name: LoopName, seed: number): Promise<readonly Found[]> {
  const { initial, batch, evaluations } = budget;
  const method = methods[name](planned, { seed, batch, evaluations });
  const stream = randomStream(seed).split('planning initial');
  const known = [...measured(Array.from({ length: initial }, () => endsMoved(randomPath(stream))))];
  await method.tell(known);
  const cheapest = (): Found => {
    const { design, cost = Infinity } = known.reduce((a, b) => (b.cost! < a.cost! ? b : a));
    return { design, cost };
  };
  const found = [cheapest()];
  while (known.length < evaluations) {
    const told = measured(await method.ask(Math.min(batch, evaluations - known.length)));
    await method.tell(told);
    known.push(...told);
    found.push(cheapest());
  }
  return found;
}
