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

/** What docs/decisions.md shows to work: from the data's best to far beyond it, with moderate and strong guidance. */
export const defaultTargets: TargetChoice = { stretches: [0, 1, 3, 8], guidances: [1.5, 3] };

/** The reward at a quantile of the measured ones, counted towards the better end. */
export function rewardQuantile(rewards: Float64Array, direction: Direction, share: number): number {
  return quantile(rewards, direction === 'maximize' ? share : 1 - share);
}

/** Targets beyond the best measured reward by multiples of its distance from the median (own units), or from the mean where half of the
 *  rewards are the best. */
export function chooseTargets(rewards: Float64Array, direction: Direction, stretches: readonly number[]): number[] {
  const best = rewardQuantile(rewards, direction, 1);
  const span = best - quantile(rewards, 0.5) || best - mean(rewards);
  return stretches.map((stretch) => best + stretch * span);
}
