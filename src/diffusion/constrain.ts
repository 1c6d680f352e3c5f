import type { ColumnScaling } from '../base/index.ts';
import { add, clamp, constant, matMul, multiply, relu, subtract, type Tensor } from '../graph/index.ts';
import type { Estimate } from './samplers.ts';

/** Changes the denoised estimate ([n, d], encoded coordinates) before a sampler uses it. */
export type Constrain = (estimate: Tensor) => Tensor;

/** lower <= weights . x <= upper in encoded coordinates (d weights). */
export interface HalfSpaces {
  readonly weights: Float64Array;
  readonly lower: number;
  readonly upper: number;
}

export const toEncoded = (z: Tensor, { mean, scale }: ColumnScaling): Tensor =>
  add(multiply(z, constant(scale)), constant(mean));

export const toNormalized = (x: Tensor, { mean, scale }: ColumnScaling): Tensor =>
  multiply(subtract(x, constant(mean)), constant(scale.map((value) => 1 / value)));

/** An estimate in the denoiser's coordinates, constrained in encoded ones. */
export const constrained =
  (estimate: Estimate, constrain: Constrain, normalization: ColumnScaling): Estimate =>
  (x, sigma) =>
    toNormalized(constrain(toEncoded(estimate(x, sigma), normalization)), normalization);

/** Every coordinate within [-1, 1], where designs are. */
export const withinBox: Constrain = (estimate) => clamp(estimate, -1, 1);

/** Fixed coordinates keep their values (both [n, d]; mask 1 where fixed). The noisy value then follows the noised fixed value at
 *  every level, as in replacement inpainting (Song et al. 2021, section 5; Lugmayr et al. 2022). */
export const withFixed =
  (values: Tensor, mask: Tensor): Constrain =>
  (estimate) =>
    add(multiply(estimate, subtract(1, mask)), multiply(values, mask));

/** Nearly feasible: `passes` rounds of projections on each slab and the box in turn (von Neumann's alternating projections). What
 *  is left of a violation is removed in float64 when a design is decoded. */
export const withinSlabs =
  (slabs: readonly HalfSpaces[], passes = 4): Constrain =>
  (estimate) => {
    let x = estimate;
    for (let pass = 0; pass < passes; pass++) {
      for (const slab of slabs) x = onto(slab, x);
      x = withinBox(x);
    }
    return x;
  };

function onto({ weights, lower, upper }: HalfSpaces, x: Tensor): Tensor {
  const squared = weights.reduce((sum, weight) => sum + weight * weight, 0);
  if (squared === 0) return x;
  const value = matMul(x, constant(weights, [weights.length, 1]));
  const above = Number.isFinite(upper) ? relu(subtract(value, upper)) : undefined;
  const below = Number.isFinite(lower) ? relu(subtract(lower, value)) : undefined;
  const excess = above === undefined ? below : below === undefined ? above : subtract(above, below);
  if (excess === undefined) return x;
  const signed = above === undefined ? multiply(excess, -1) : excess;
  const direction = constant(
    weights.map((weight) => weight / squared),
    [1, weights.length],
  );
  return subtract(x, matMul(signed, direction));
}

/** One after the other. */
export const inTurn =
  (...steps: readonly Constrain[]): Constrain =>
  (estimate) =>
    steps.reduce((x, step) => step(x), estimate);
