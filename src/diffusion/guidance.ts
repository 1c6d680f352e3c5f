import {
  add,
  concat,
  constant,
  divide,
  expandLike,
  gradients,
  maximum,
  multiply,
  reshape,
  slice,
  square,
  subtract,
  sum,
  type Tensor,
} from '../graph/index.ts';
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

/** A differentiable model of the reward: [n, d] to [n, 1], each row for itself. */
export type RewardModel = (designs: Tensor) => Tensor;

/** A reward to pull samples towards. Its units are the model's. */
export interface RewardPull {
  /** Predicts the reward of designs in the denoiser's coordinates. */
  readonly model: RewardModel;
  /** The reward asked for, [n, 1]. */
  readonly target: Tensor;
  /** Standard deviation of rewards around what the model predicts, above 0. */
  readonly std: number;
  /** []: 0 leaves the estimate as it is, 1 is Bayes' rule, more pulls harder. */
  readonly strength: Tensor;
}

/** Pulls the estimate of another guidance towards a reward by the gradient of a reward model. */
export type GradientGuidance = (pull: RewardPull, inner: Guidance) => Guidance;

interface Estimated {
  readonly x: Tensor;
  readonly sigma: Tensor;
  /** D(x; sigma). */
  readonly estimate: Tensor;
  /** The reward model's gradient at the estimate, [n, d]. */
  readonly slope: Tensor;
}

/**
 * D + strength sigma^2 grad_x log N(target; r(D(x)), v). With g the reward's gradient at D and J = dD/dx, the posterior of the design
 * given x has covariance sigma^2 J (Tweedie's formula of second order), so a reward that is linear there has, given x, mean r(D) and
 * variance v = std^2 + sigma^2 g'J g: for Gaussian data this samples p(design | reward = target) exactly. `carry` is J'g.
 * Where J is a trained network's, g'J g can be too small. Columns of unit variance have principal variances of at most d, so that J is
 * at most d / (d + sigma^2) for Gaussian data and g'J g at least (1 + sigma^2 / d) |J'g|^2, which is the least that is used.
 */
const pulled =
  (carry: (at: Estimated) => Tensor): GradientGuidance =>
  ({ model, target, std, strength }, inner) =>
  (denoiser) => {
    const unpulled = inner(denoiser);
    return (x, sigma) => {
      const estimate = unpulled(x, sigma);
      const predicted = model(estimate);
      const [slope] = gradients(sum(predicted), [estimate]);
      const carried = carry({ x, sigma, estimate, slope: slope! });
      const variance = square(sigma);
      const along = sum(multiply(slope!, carried), [1], true);
      const least = multiply(sum(square(carried), [1], true), add(divide(variance, x.shape[1] as number), 1));
      const spread = add(multiply(maximum(along, least), variance), std ** 2);
      const surprise = divide(multiply(subtract(target, predicted), variance), spread);
      return add(estimate, multiply(multiply(carried, surprise), strength));
    };
  };

/**
 * Look-ahead guidance (Guo et al. 2024, arXiv:2404.14743, G_loss): the gradient goes back through the denoiser. Its Jacobian keeps
 * the pull in the directions in which data vary, so samples stay on the data's subspace. Twice the cost of an estimate or more.
 */
export const lookAhead: GradientGuidance = pulled(({ x, estimate, slope }) => gradients(estimate, [x], slope)[0]!);

/**
 * The naive gradient (the same paper's G): as if the data were of unit variance in every direction, J = 1 / (1 + sigma^2). It needs no
 * gradient of the denoiser, and leaves the data's subspace.
 */
export const naiveGradient: GradientGuidance = pulled(({ sigma, slope }) => divide(slope, add(square(sigma), 1)));

export type GradientGuidanceName = 'look-ahead' | 'naive';

export const gradientGuidances: { readonly [Name in GradientGuidanceName]: GradientGuidance } = {
  'look-ahead': lookAhead,
  naive: naiveGradient,
};
