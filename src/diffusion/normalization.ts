import { mean, standardDeviation } from '../base/index.ts';

/** reward = mean + std z, with z larger for better rewards: `std` is negative when the reward is to be minimised, so the
 *  denoiser, which sees z, knows no direction. */
export interface RewardNormalization {
  readonly mean: number;
  readonly std: number;
}

/** Of rewards in own units, none of them NaN. A constant reward is left at unit scale. */
export function rewardNormalization(rewards: Float64Array, direction: 'maximize' | 'minimize'): RewardNormalization {
  const std = standardDeviation(rewards);
  const scale = std > 0 ? std : 1;
  return { mean: mean(rewards), std: direction === 'maximize' ? scale : -scale };
}
