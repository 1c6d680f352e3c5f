import type { Predictions } from '../reward/index.ts';
import type { Direction } from '../table/index.ts';

/** How much of the standard deviation a prediction must give up before it is compared: offline, doubt counts against a design. */
export const defaultCaution = 0.5;

/** The order of n candidates, best first, by their lower confidence bound (upper, when the reward is minimised). */
export function rankByBound(
  { mean, std }: Predictions,
  direction: Direction,
  caution: number = defaultCaution,
): number[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const bound = mean.map((value, i) => sign * value - caution * std[i]!);
  return Array.from(bound.keys()).sort((a, b) => bound[b]! - bound[a]! || a - b);
}
