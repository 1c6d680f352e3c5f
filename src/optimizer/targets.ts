import { mean, quantile } from '../base/index.ts';
import type { Direction } from '../table/index.ts';

/** A reward to ask the sampler for, own units, and how hard to push towards it. */
export interface Request {
  readonly target: number;
  readonly guidance: number;
}

export interface TargetChoice {
  /** How far beyond the best measured reward to ask, in distances from the median to the best. */
  readonly stretches: readonly number[];
  readonly guidances: readonly number[];
}

/** What is tried, from the data's best to far beyond it, with moderate and strong guidance: docs/decisions.md. */
export const defaultTargets: TargetChoice = { stretches: [0, 1, 3, 8], guidances: [1.5, 3] };

/** The reward at a quantile of the measured ones, counted towards the better end. */
export function rewardQuantile(rewards: Float64Array, direction: Direction, share: number): number {
  return quantile(rewards, direction === 'maximize' ? share : 1 - share);
}

/** Targets beyond the best measured reward by multiples of its distance from the median (own units), or from the mean where half of the
 *  rewards are the best. */
export function candidateTargets(rewards: Float64Array, direction: Direction, stretches: readonly number[]): number[] {
  const best = rewardQuantile(rewards, direction, 1);
  const span = best - quantile(rewards, 0.5) || best - mean(rewards);
  return stretches.map((stretch) => best + stretch * span);
}

/** The share of a request's samples that it is judged by: the best are what is kept. */
const judgedShare = 0.1;

/** What a request promises, from the bounds of a first few samples of it: the mean of the best tenth. */
export function promise(bound: Float64Array): number {
  if (bound.length === 0) return -Infinity;
  const best = Float64Array.from(bound).sort().reverse();
  return mean(best.subarray(0, Math.max(1, Math.round(judgedShare * best.length))));
}
