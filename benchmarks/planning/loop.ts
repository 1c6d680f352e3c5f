import { randomStream } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';
import { cmaEs } from '../methods/online/cma-es.ts';
import { geneticAlgorithm } from '../methods/online/genetic-algorithm.ts';
import type { OnlineMethod } from '../methods/online/method.ts';
import { diffusionOptimizer } from '../methods/online/ours.ts';
import { median } from '../statistics.ts';
import type { Budget } from '../tasks/online/task.ts';
import { byReward } from '../tasks/task.ts';
import { costOf, ends, endsMoved, randomPath, space } from './paths.ts';

/** Paths measured at first, the same for every method of a seed; in each round; and in all. */
export const budget: Budget = { initial: 100, batch: 50, evaluations: 400 };

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

/** Where a loop is after a round. */
export interface Round {
  /** The cheapest path so far. */
  readonly cheapest: Design;
  readonly cost: number;
  /** The median cost of the paths of this round. */
  readonly median: number;
}

/** The initial paths, and then each round. */
export async function playLoop(name: LoopName, seed: number): Promise<readonly Round[]> {
  const { initial, batch, evaluations } = budget;
  const method = methods[name](planned, { seed, batch, evaluations });
  const stream = randomStream(seed).split('planning initial');
  const rounds: Round[] = [];
  const tell = async (designs: readonly Design[]): Promise<void> => {
    await method.tell(designs.map((design) => ({ design, cost: costOf(design) })));
    const costs = designs.map(costOf);
    const at = byReward(costs, 'minimize')[0]!;
    const before = rounds.at(-1);
    const better = before === undefined || costs[at]! < before.cost;
    const [cheapest, cost] = better ? [designs[at]!, costs[at]!] : [before.cheapest, before.cost];
    rounds.push({ cheapest, cost, median: median(costs) });
  };
  await tell(Array.from({ length: initial }, () => endsMoved(randomPath(stream))));
  for (let known = initial; known < evaluations; known += batch) {
    await tell(await method.ask(Math.min(batch, evaluations - known)));
  }
  return rounds;
}
