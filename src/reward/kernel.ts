import { additiveCovariance, additiveLayout, additiveSlope, prepared } from './additive.ts';
import { correlationAt, correlationSlopeAt } from './matern.ts';
import { addRows, squaredDistance } from './rows.ts';
import { inSlices } from './slices.ts';

/**
 * What a Gaussian process is told: log length scales of the groups, then log length scale and log variance of the additive part (without
 * effect where there is none), log variance of the Matern part and log noise variance (of standardised rewards).
 */
export type Hyperparameters = Float64Array;

/** Hyperparameters beside the length scales. */
export const hyperparametersInCommon = 4;

/** Keeps the covariance well conditioned. */
export const smallestNoise = 1e-4;

const fromEnd = (theta: Hyperparameters, place: number): number => theta[theta.length - place]!;

export const additiveLogLength = (theta: Hyperparameters): number => fromEnd(theta, 4);
export const signalVariance = (theta: Hyperparameters): number => Math.exp(fromEnd(theta, 2));
export const noiseVariance = (theta: Hyperparameters): number => smallestNoise + Math.exp(fromEnd(theta, 1));

/** Designs whose coordinates have a unit in which each parameter's range, or a change of choice, is about 1. */
export interface Inputs {
  /** n x d. */
  readonly designs: Float64Array;
  /** d: the length scale of each coordinate. */
  readonly groups: readonly number[];
}

/** 0 where designs have no additive part. */
export const additiveVariance = (groups: readonly number[], theta: Hyperparameters): number =>
  additiveLayout(groups) === undefined ? 0 : Math.exp(fromEnd(theta, 3));

/** The variance of a reward before anything is known, noise left out. */
export const priorVariance = (groups: readonly number[], theta: Hyperparameters): number =>
  signalVariance(theta) + additiveVariance(groups, theta);

/** 1 / length scale, for each coordinate. */
export function inverseLengths(groups: readonly number[], theta: Hyperparameters): Float64Array {
  return Float64Array.from(groups, (group) => Math.exp(-theta[group]!));
}

/** Designs divided by their length scales, n x d. */
function scaled({ designs }: Inputs, weights: Float64Array): Float64Array {
  const d = weights.length;
  const all = new Float64Array(designs.length);
  for (let from = 0; from < designs.length; from += d) {
    for (let k = 0; k < d; k++) all[from + k] = designs[from + k]! * weights[k]!;
  }
  return all;
}

/** Designs compared at length scales. */
export interface Pairs {
  readonly inputs: Inputs;
  /** Divided by the length scales, n x d. */
  readonly z: Float64Array;
  /** Squared distances of these, n x n; the lower triangle is filled. */
  readonly squares: Float64Array;
  /** The additive part's covariances before its variance, n x n; the lower triangle is filled. */
  readonly additive: Float64Array | undefined;
}

export async function compared(inputs: Inputs, theta: Hyperparameters, signal?: AbortSignal): Promise<Pairs> {
  const { designs, groups } = inputs;
  const d = groups.length;
  const n = designs.length / d;
  const z = scaled(inputs, inverseLengths(groups, theta));
  const squares = new Float64Array(n * n);
  const layout = additiveLayout(groups);
  const additive = layout && new Float64Array(n * n);
  const alike = layout && additiveCovariance(layout, d, additiveLogLength(theta));
  const ready = layout && prepared(designs, d, layout);
  await inSlices(n, signal, (i) => {
    for (let j = 0; j < i; j++) squares[i * n + j] = squaredDistance(z, i * d, z, j * d, d);
    if (additive) for (let j = 0; j <= i; j++) additive[i * n + j] = alike!(ready!, i, ready!, j);
  });
  return { inputs, z, squares, additive };
}

/** The lower triangle of the covariance of noisy rewards, n x n. */
export function covariance({ inputs, squares, additive }: Pairs, theta: Hyperparameters): Float64Array {
  const { designs, groups } = inputs;
  const n = designs.length / groups.length;
  const [signal, noise] = [signalVariance(theta), noiseVariance(theta)];
  const target = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) target[i * n + j] = signal * correlationAt(squares[i * n + j]!);
    target[i * n + i] = signal + noise;
  }
  const variance = additiveVariance(groups, theta);
  additive?.forEach((value, at) => (target[at]! += variance * value));
  return target;
}

/** Covariances of design i of `others` with the known ones (n), noise left out. */
export function crossCovariance(known: Inputs, others: Inputs, theta: Hyperparameters): (i: number) => Float64Array {
  const { groups } = known;
  const d = groups.length;
  const n = known.designs.length / d;
  const weights = inverseLengths(groups, theta);
  const [z, own] = [scaled(known, weights), scaled(others, weights)];
  const signal = signalVariance(theta);
  const layout = additiveLayout(groups);
  const product = (i: number, j: number): number => signal * correlationAt(squaredDistance(own, i * d, z, j * d, d));
  if (layout === undefined) return (i) => Float64Array.from({ length: n }, (_, j) => product(i, j));
  const alike = additiveCovariance(layout, d, additiveLogLength(theta));
  const [ready, ownReady] = [prepared(known.designs, d, layout), prepared(others.designs, d, layout)];
  const variance = additiveVariance(groups, theta);
  return (i) => Float64Array.from({ length: n }, (_, j) => product(i, j) + variance * alike(ownReady, i, ready, j));
}

/**
 * The gradient of a function of the covariance K by the hyperparameters, given its gradient W by K (n x n, symmetric; the lower triangle
 * is read).
 */
export async function pullBack(
  pairs: Pairs,
  theta: Hyperparameters,
  w: Float64Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const gradient = new Float64Array(theta.length);
  await pullBackProduct(gradient, pairs, theta, w, signal);
  await pullBackAdditive(gradient, pairs, theta, w, signal);
  return gradient;
}

async function pullBackProduct(
  gradient: Float64Array,
  { inputs: { groups }, z, squares }: Pairs,
  theta: Hyperparameters,
  w: Float64Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const d = groups.length;
  const n = z.length / d;
  const [signalAt, noiseAt] = [theta.length - 2, theta.length - 1];
  const variance = signalVariance(theta);
  const noiseSlope = Math.exp(theta[noiseAt]!);
  // The sum over pairs of f_ij (z_i - z_j)^2 is that of z_i^2 times all f of i, less 2 f_ij z_i z_j.
  const factors = new Float64Array(n);
  const sums = new Float64Array(n);
  const mixed = new Float64Array(d);
  const byCoordinate = new Float64Array(d);
  await inSlices(n, signal, (i) => {
    for (let j = 0; j < i; j++) {
      // Twice: W_ij and W_ji.
      const both = 2 * w[i * n + j]! * variance;
      const squared = squares[i * n + j]!;
      gradient[signalAt]! += both * correlationAt(squared);
      const factor = -2 * both * correlationSlopeAt(squared);
      factors[j] = factor;
      sums[i]! += factor;
      sums[j]! += factor;
    }
    gradient[signalAt]! += w[i * n + i]! * variance;
    gradient[noiseAt]! += w[i * n + i]! * noiseSlope;
    mixed.fill(0);
    addRows(mixed, 0, { matrix: z, width: d }, factors, [0, i], d);
    for (let k = 0; k < d; k++) byCoordinate[k]! -= 2 * z[i * d + k]! * mixed[k]!;
  });
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < d; k++) byCoordinate[k]! += sums[i]! * z[i * d + k]! ** 2;
  }
  for (let k = 0; k < d; k++) gradient[groups[k]!]! += byCoordinate[k]!;
}

async function pullBackAdditive(
  gradient: Float64Array,
  { inputs: { designs, groups }, additive }: Pairs,
  theta: Hyperparameters,
  w: Float64Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const layout = additiveLayout(groups);
  if (layout === undefined || additive === undefined) return;
  const d = groups.length;
  const n = designs.length / d;
  const [lengthAt, varianceAt] = [theta.length - 4, theta.length - 3];
  const variance = additiveVariance(groups, theta);
  const slope = additiveSlope(layout, d, additiveLogLength(theta));
  const ready = prepared(designs, d, layout);
  await inSlices(n, signal, (i) => {
    for (let j = 0; j <= i; j++) {
      const both = (i === j ? 1 : 2) * w[i * n + j]! * variance;
      gradient[varianceAt]! += both * additive[i * n + j]!;
      gradient[lengthAt]! += both * slope(ready, i, ready, j);
    }
  });
}
