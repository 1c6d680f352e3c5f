import { addRows, squaredDistance } from './rows.ts';
import { inSlices } from './slices.ts';

/** Of k(r) = signal (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r), r the distance after division by length scales. */
const sqrt5 = Math.sqrt(5);

/**
 * What a Gaussian process is told: log length scales of the groups, then log signal variance and log noise variance (of
 * standardised rewards).
 */
export type Hyperparameters = Float64Array;

/** Keeps the covariance well conditioned. */
export const smallestNoise = 1e-4;

export const signalVariance = (theta: Hyperparameters): number => Math.exp(theta[theta.length - 2]!);
export const noiseVariance = (theta: Hyperparameters): number => smallestNoise + Math.exp(theta[theta.length - 1]!);

/** Designs whose coordinates have a unit in which each parameter's range, or a change of choice, is about 1. */
export interface Inputs {
  /** n x d. */
  readonly designs: Float64Array;
  /** d: the length scale of each coordinate. */
  readonly groups: readonly number[];
}

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

/** k / signal at a squared distance. */
function correlationAt(squared: number): number {
  const r = sqrt5 * Math.sqrt(squared);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** d (k / signal) / d (r^2). */
function slopeAt(squared: number): number {
  const r = sqrt5 * Math.sqrt(squared);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}

/** Designs at length scales. */
export interface Apart {
  readonly groups: readonly number[];
  /** Divided by the length scales, n x d. */
  readonly z: Float64Array;
  /** Squared distances of these, n x n; the lower triangle is filled. */
  readonly squares: Float64Array;
}

export async function distances(inputs: Inputs, theta: Hyperparameters, signal?: AbortSignal): Promise<Apart> {
  const { designs, groups } = inputs;
  const d = groups.length;
  const n = designs.length / d;
  const z = scaled(inputs, inverseLengths(groups, theta));
  const squares = new Float64Array(n * n);
  await inSlices(n, signal, (i) => {
    for (let j = 0; j < i; j++) squares[i * n + j] = squaredDistance(z, i * d, z, j * d, d);
  });
  return { groups, z, squares };
}

/** The lower triangle of the covariance of noisy rewards, n x n. */
export function covariance({ z, groups, squares }: Apart, theta: Hyperparameters): Float64Array {
  const n = z.length / groups.length;
  const [signal, noise] = [signalVariance(theta), noiseVariance(theta)];
  const target = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) target[i * n + j] = signal * correlationAt(squares[i * n + j]!);
    target[i * n + i] = signal + noise;
  }
  return target;
}

/** Covariances of design i of `others` with the known ones (n), noise left out. */
export function crossCovariance(known: Inputs, others: Inputs, theta: Hyperparameters): (i: number) => Float64Array {
  const d = known.groups.length;
  const n = known.designs.length / d;
  const weights = inverseLengths(known.groups, theta);
  const [z, own] = [scaled(known, weights), scaled(others, weights)];
  const signal = signalVariance(theta);
  return (i) =>
    Float64Array.from({ length: n }, (_, j) => signal * correlationAt(squaredDistance(own, i * d, z, j * d, d)));
}

/**
 * The gradient of a function of the covariance K by the hyperparameters, given its gradient W by K (n x n, symmetric; the lower triangle
 * is read).
 */
export async function pullBack(
  { z, groups, squares }: Apart,
  theta: Hyperparameters,
  w: Float64Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const d = groups.length;
  const n = z.length / d;
  const gradient = new Float64Array(theta.length);
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
      const factor = -2 * both * slopeAt(squared);
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
  return gradient;
}
