import { add, concat, constant, expandLike, multiply, reshape, slice, subtract, type Tensor } from '../graph/index.ts';
import type { Condition } from './denoiser.ts';
import type { Estimate } from './samplers.ts';

/** A denoiser that can be told the reward: x [..., d], sigma [1], condition [..., 1] each. */
export type ConditionalDenoiser = (x: Tensor, sigma: Tensor, condition: Condition) => Tensor;

/** Makes a sampler's estimate from a conditional denoiser. */
export type Guidance = (denoiser: ConditionalDenoiser) => Estimate;

/**
 * Classifier-free guidance (Ho and Salimans 2022): D = D_null + weight (D_reward - D_null). Weight 0 ignores the reward, 1 samples
 * the conditional, more pushes beyond it. `reward` [n, 1] standardised, `weight` []. Both estimates are one pass over 2n rows.
 */
export const classifierFree =
  (reward: Tensor, weight: Tensor): Guidance =>
  (denoiser) =>
  (x, sigma) => {
    const stacked = (tensor: Tensor): Tensor => {
      const single = reshape(tensor, [1, ...tensor.shape]);
      return concat([single, single], 0);
    };
    const rewards = stacked(reward);
    const missing = expandLike(constant([0, 1], [2, 1, 1]), rewards);
    const [told, untold] = halves(denoiser(stacked(x), sigma, { reward: rewards, missing }));
    return add(untold, multiply(subtract(told, untold), weight));
  };

/** The conditional denoiser as it is (weight 1), at half the cost. */
export const conditional =
  (reward: Tensor): Guidance =>
  (denoiser) =>
  (x, sigma) =>
    denoiser(x, sigma, { reward, missing: expandLike(constant([0], [1]), reward) });

/** The two halves of [2, n, d], as [n, d] each. */
function halves(stacked: Tensor): readonly [Tensor, Tensor] {
  const rest = stacked.shape.slice(1);
  return [reshape(slice(stacked, 0, 0, 1), rest), reshape(slice(stacked, 0, 1, 2), rest)];
}
