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

/** Between row i of one matrix and row j of another, of d columns. */
function squaredDistance(a: Float64Array, b: Float64Array, i: number, j: number, d: number): number {
  const [left, right] = [i * d, j * d];
  let total = 0;
  for (let k = 0; k < d; k++) {
    const difference = a[left + k]! - b[right + k]!;
    total += difference * difference;
  }
  return total;
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

/** Row i of the lower triangle of the covariance of noisy rewards, into `target` (n x n). */
export function fillCovariance(inputs: Inputs, theta: Hyperparameters, target: Float64Array): (i: number) => void {
  const { designs, groups } = inputs;
  const d = groups.length;
  const n = designs.length / d;
  const z = scaled(inputs, inverseLengths(groups, theta));
  const [signal, noise] = [signalVariance(theta), noiseVariance(theta)];
  return (i) => {
    for (let j = 0; j < i; j++) {
      target[i * n + j] = signal * correlationAt(squaredDistance(z, z, i, j, d));
    }
    target[i * n + i] = signal + noise;
  };
}

/** Covariances of design i of `others` with the known ones (n), noise left out. */
export function crossCovariance(known: Inputs, others: Inputs, theta: Hyperparameters): (i: number) => Float64Array {
  const d = known.groups.length;
  const n = known.designs.length / d;
  const weights = inverseLengths(known.groups, theta);
  const [z, own] = [scaled(known, weights), scaled(others, weights)];
  const signal = signalVariance(theta);
  return (i) => Float64Array.from({ length: n }, (_, j) => signal * correlationAt(squaredDistance(own, z, i, j, d)));
}

/**
 * Adds, for row i, the gradient of a function of the covariance K by the hyperparameters, given its gradient W by K (n x n,
 * symmetric; the lower triangle is read).
 */
export function pullBack(
  inputs: Inputs,
  theta: Hyperparameters,
  w: Float64Array,
  gradient: Float64Array,
): (i: number) => void {
  const { designs, groups } = inputs;
  const d = groups.length;
  const n = designs.length / d;
  const z = scaled(inputs, inverseLengths(groups, theta));
  const [signalAt, noiseAt] = [theta.length - 2, theta.length - 1];
  const signal = signalVariance(theta);
  const noiseSlope = Math.exp(theta[noiseAt]!);
  const byCoordinate = new Float64Array(d);
  return (i) => {
    byCoordinate.fill(0);
    const row = i * d;
    for (let j = 0; j < i; j++) {
      const squared = squaredDistance(z, z, i, j, d);
      // Twice: W_ij and W_ji.
      const both = 2 * w[i * n + j]! * signal;
      gradient[signalAt]! += both * correlationAt(squared);
      const factor = -2 * both * slopeAt(squared);
      const other = j * d;
      for (let k = 0; k < d; k++) {
        const difference = z[row + k]! - z[other + k]!;
        byCoordinate[k]! += factor * difference * difference;
      }
    }
    for (let k = 0; k < d; k++) gradient[groups[k]!]! += byCoordinate[k]!;
    gradient[signalAt]! += w[i * n + i]! * signal;
    gradient[noiseAt]! += w[i * n + i]! * noiseSlope;
  };
}
