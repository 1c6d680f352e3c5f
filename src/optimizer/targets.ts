import { mean, quantile } from '../base/index.ts';
import type { Direction } from '../table/index.ts';

/** A reward to ask the sampler for, own units, and how hard to push towards it. */
export interface Request {
  readonly target: number;
  readonly guidance: number;
  /** Whether the surrogate's slope pulls the samples as well (look-ahead guidance, Guo et al. 2024, arXiv:2404.14743). */
  readonly pulled: boolean;
}

export interface TargetChoice {
  /** How far beyond the best measured reward to ask, in distances from the median to the best. */
  readonly stretches: readonly number[];
  readonly guidances: readonly number[];
}

/** What is tried, from the data's best to far beyond it, with moderate and strong guidance: docs/decisions.md. */
export const defaultTargets: TargetChoice = { stretches: [0, 1, 3, 8], guidances: [1.5, 3] };

/** How narrowly pulled samples are to reach their target: in standard deviations of the surrogate, docs/decisions.md. */
export const pullSharpness = 0.3;

/** Every target with every guidance; and pulled with the least guidance, where the surrogate has a slope. */
export function requestsOf(targets: readonly number[], guidances: readonly number[], sloped: boolean): Request[] {
  const told = targets.flatMap((target) => guidances.map((guidance): Request => ({ target, guidance, pulled: false })));
  const guidance = guidances.reduce((least, one) => Math.min(least, one));
  const pulled = sloped ? targets.map((target): Request => ({ target, guidance, pulled: true })) : [];
  return [...told, ...pulled];
}

/** The reward at a quantile of the measured ones, counted towards the better end. */
export function rewardQuantile(rewards: Float64Array, direction: Direction, share: number): number {
  return quantile(rewards, direction === 'maximize' ? share : 1 - share);
}

/** Targets beyond the best of the `allowed` rewards by multiples of the distance of the best measured one from the median (own units), or
 *  from the mean where half of the rewards are the best. */
export function candidateTargets(
  rewards: Float64Array,
  direction: Direction,
  stretches: readonly number[],
  allowed: Float64Array = rewards,
): number[] {
  const best = rewardQuantile(rewards, direction, 1);
  const span = best - quantile(rewards, 0.5) || best - mean(rewards);
  const from = rewardQuantile(allowed, direction, 1);
  return stretches.map((stretch) => from + stretch * span);
}

/** The share of a request's samples that it is judged by: the best are what is kept. */
const judgedShare = 0.1;

/** What a request promises, from the bounds of a first few samples of it: the mean of the best tenth. */
export function promise(bound: Float64Array): number {
  if (bound.length === 0) return -Infinity;
  const best = Float64Array.from(bound).sort().reverse();
  return mean(best.subarray(0, Math.max(1, Math.round(judgedShare * best.length))));
}
