import { add, divide, matMul, maximum, minimum, multiply, reshape, sqrt, square, subtract, sum } from './ops.ts';
import type { Tensor } from './tensor.ts';

/** Adam's constants (Kingma and Ba 2015, Algorithm 1). */
export interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export const adamDefaults: AdamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Running sums of a gradient and of its square, without the factors (1 - beta): fewer operations a step. */
export interface Moments {
  readonly first: Tensor;
  readonly second: Tensor;
}

export interface AdamStep {
  readonly parameter: Tensor;
  readonly moments: Moments;
}

/**
 * The rate that `adam` takes at `step` (from 0) for a learning rate: Adam's bias corrections and the factors that the moments
 * lack, folded into one number, as in the reordered form at the end of section 2 of Kingma and Ba (2015).
 */
export function adamRate(learningRate: number, step: number, { beta1, beta2 }: AdamConstants = adamDefaults): number {
  const unbiased = Math.sqrt(1 - beta2 ** (step + 1)) / (1 - beta1 ** (step + 1));
  return (learningRate * unbiased * (1 - beta1)) / Math.sqrt(1 - beta2);
}

/** One step of Adam: M = b1 M + g, V = b2 V + g^2, p = p - rate M / (sqrt(V) + epsilon'). `rate` (shape []) is `adamRate`. */
export function adam(
  parameter: Tensor,
  gradient: Tensor,
  moments: Moments,
  rate: Tensor,
  { beta1, beta2, epsilon }: AdamConstants = adamDefaults,
): AdamStep {
  const first = add(multiply(moments.first, beta1), gradient);
  const second = add(multiply(moments.second, beta2), square(gradient));
  const scale = add(sqrt(second), epsilon / Math.sqrt(1 - beta2));
  return { parameter: subtract(parameter, divide(multiply(first, rate), scale)), moments: { first, second } };
}

/** Decoupled weight decay (Loshchilov and Hutter 2019): p - decay p, where `decay` (shape []) is learning rate times weight decay. */
export function decayed(parameter: Tensor, decay: Tensor): Tensor {
  return multiply(parameter, subtract(1, decay));
}

/** As a product with itself, which makes no array of squares. */
function squaredNorm(x: Tensor): Tensor {
  if (!x.shape.every((dim) => typeof dim === 'number')) return sum(square(x));
  const flat = reshape(x, [1, x.shape.reduce<number>((total, dim) => total * (dim as number), 1)]);
  return reshape(matMul(flat, flat, { transposeB: true }), []);
}

/** All gradients scaled so that their joint Euclidean norm is at most `limit`. */
export function clipByGlobalNorm(gradients: readonly Tensor[], limit: number): readonly Tensor[] {
  const norm = sqrt(gradients.map(squaredNorm).reduce(add));
  const factor = minimum(divide(limit, maximum(norm, 1e-12)), 1);
  return gradients.map((gradient) => multiply(gradient, factor));
}

/** Exponential moving average: e + (1 - decay) (p - e); `keep` (shape []) is 1 - decay. */
export function movingAverage(average: Tensor, parameter: Tensor, keep: Tensor): Tensor {
  return add(average, multiply(subtract(parameter, average), keep));
}

/** Warm-up over the first `warmup` steps, then half a cosine down to `floor` of the peak at `steps`. */
export function cosineSchedule(peak: number, step: number, steps: number, warmup: number, floor = 0.01): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
