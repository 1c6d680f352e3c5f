import { quantile, randomStream, usageError, type RandomStream } from '../../../src/base/index.ts';
import { createSpace, spreadDesigns, type Design, type Space } from '../../../src/space/index.ts';
import type { Problem } from '../../functions/problem.ts';
import { uniformDesign } from '../../methods/random.ts';
import { median } from '../../statistics.ts';

/** How often a method is asked, and for how much. */
export interface Budget {
  /** Evaluations in all, the initial ones among them. */
  readonly evaluations: number;
  readonly batch: number;
  /** Designs measured before a method is asked: the same for every method of a seed. */
  readonly initial: number;
}

/** A task in which a method asks for designs and is told what they cost. */
export interface OnlineTask extends Budget {
  readonly name: string;
  readonly problem: Problem;
  /** The only designs that can be measured, where not all of the space can. */
  readonly candidates?: readonly Design[];
  /** Where initial designs come from (sobol). Candidates are always drawn. */
  readonly start?: 'sobol' | 'random';
  /** The cost of no regret: the problem's own optimum unless given. Where nobody knows it, a bound that no design can go below. */
  readonly least?: number;
  /** -1 where the quantity that people know is the negative of the cost: a yield, say (1). */
  readonly sign?: 1 | -1;
  /** Costs up to this one are among the best 1 % of all designs, `topDesigns` of them; for spaces that are known completely. */
  readonly topCost?: number;
  readonly topDesigns?: number;
}

/** The cost of no regret. Throws a usage error for a task without one. */
export function leastCost({ name, least, problem }: OnlineTask): number {
  const cost = least ?? problem.optimalValue;
  if (cost !== undefined) return cost;
  throw usageError(`The task ${name} has neither an optimal value nor a least cost; regret needs one.`);
}

/** The designs that every method of a seed starts from. Throws a usage error where there are not as many. */
export function initialDesigns(task: OnlineTask, seed: number, count: number = task.initial): readonly Design[] {
  const stream = randomStream(seed).split('initial designs', task.name);
  const draw = designsFrom(task, createSpace(task.problem.space), stream);
  return Array.from({ length: count }, () => {
    const design = draw();
    if (design !== undefined) return design;
    throw usageError(`The task ${task.name} starts with ${count} designs, and holds fewer.`);
  });
}

function designsFrom({ candidates, start = 'sobol' }: OnlineTask, space: Space, stream: RandomStream) {
  if (candidates !== undefined) {
    const order = stream.permutation(candidates.length).values();
    return (): Design | undefined => {
      const next = order.next();
      return next.done === true ? undefined : candidates[next.value];
    };
  }
  return start === 'random' ? () => uniformDesign(space, stream) : spreadDesigns(space, stream);
}

const typicalDraws = 64;

/** The median true cost of designs that nobody chose: a normalised regret of 1. The same in every run. */
export function typicalCost({ problem, candidates }: OnlineTask): number {
  const stream = randomStream(0).split('typical cost', problem.name);
  const space = createSpace(problem.space);
  const designs = candidates ?? Array.from({ length: typicalDraws }, () => uniformDesign(space, stream));
  return median(designs.map(problem.truth));
}

/** `topCost` and `topDesigns` of designs that are all there are. */
export function topOf(costs: readonly number[]): Required<Pick<OnlineTask, 'topCost' | 'topDesigns'>> {
  const topCost = quantile(Float64Array.from(costs), 0.01);
  return { topCost, topDesigns: costs.filter((cost) => cost <= topCost).length };
}
