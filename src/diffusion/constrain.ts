import type { ColumnScaling } from '../base/index.ts';
import {
  add,
  clamp,
  constant,
  divide,
  matMul,
  maximum,
  minimum,
  multiply,
  reshape,
  subtract,
  sum,
  type Tensor,
} from '../graph/index.ts';
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

/**
 * Fixed coordinates keep their values (both [n, d]; mask 1 where fixed). The noisy value then follows the noised fixed value at
 * every level, as in replacement inpainting (Song et al. 2021, section 5). The others follow the conditional distribution only in
 * part, since at each level they see the fixed values through noise (Lugmayr et al. 2022 describe this bias).
 */
export const withFixed =
  (values: Tensor, mask: Tensor): Constrain =>
  (estimate) =>
    add(multiply(estimate, subtract(1, mask)), multiply(values, mask));

/**
 * Nearly feasible: `passes` rounds of projections on each slab and the box in turn (von Neumann's alternating projections), where the
 * slabs move only coordinates that are free ([n, d], 1 where free). Without slabs it is the box alone. What is left of a violation
 * is removed in float64 when a design is decoded.
 */
export function withinSlabs(slabs: readonly HalfSpaces[], free: Tensor, passes = 4): Constrain {
  const round = inTurn(...slabs.map((slab) => projectionOnto(slab, free)), withinBox);
  return inTurn(...Array.from({ length: slabs.length === 0 ? 1 : passes }, () => round));
}

/** Keeps a division by the square of a vanishing normal finite. */
const smallestSquare = 1e-12;

/** To the nearest point of the slab among those that differ in free coordinates only; nowhere where no weight is free. */
function projectionOnto(slab: HalfSpaces, free: Tensor): Constrain {
  const length = Math.hypot(...slab.weights);
  if (length === 0) return (x) => x;
  const unit = constant(slab.weights.map((weight) => weight / length));
  const [lower, upper] = [slab.lower / length, slab.upper / length];
  const normal = multiply(free, unit);
  const direction = divide(normal, maximum(sum(multiply(normal, unit), [1], true), smallestSquare));
  return (x) => {
    const value = matMul(x, reshape(unit, [slab.weights.length, 1]));
    return add(x, multiply(subtract(nearestWithin(value, lower, upper), value), direction));
  };
}

/** Like `clamp`, for bounds that may be infinite. */
function nearestWithin(value: Tensor, lower: number, upper: number): Tensor {
  const raised = Number.isFinite(lower) ? maximum(value, lower) : value;
  return Number.isFinite(upper) ? minimum(raised, upper) : raised;
}

/** One after the other. */
export const inTurn =
  (...steps: readonly Constrain[]): Constrain =>
  (estimate) =>
    steps.reduce((x, step) => step(x), estimate);
