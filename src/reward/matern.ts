/** The shape of k(r) = signal (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r), r the distance after division by length scales. */
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

function squaredDistance(a: Float64Array, b: Float64Array, i: number, j: number, weights: Float64Array): number {
  const d = weights.length;
  let total = 0;
  for (let k = 0; k < d; k++) {
    const difference = (a[i * d + k]! - b[j * d + k]!) * weights[k]!;
    total += difference * difference;
  }
  return total;
}

/** k / signal at a squared distance. */
export function correlationAt(squared: number): number {
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
  const n = designs.length / groups.length;
  const weights = inverseLengths(groups, theta);
  const [signal, noise] = [signalVariance(theta), noiseVariance(theta)];
  return (i) => {
    for (let j = 0; j < i; j++) {
      target[i * n + j] = signal * correlationAt(squaredDistance(designs, designs, i, j, weights));
    }
    target[i * n + i] = signal + noise;
  };
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
  const weights = inverseLengths(groups, theta);
  const [signalAt, noiseAt] = [theta.length - 2, theta.length - 1];
  const signal = signalVariance(theta);
  const noiseSlope = Math.exp(theta[noiseAt]!);
  return (i) => {
    for (let j = 0; j < i; j++) {
      const squared = squaredDistance(designs, designs, i, j, weights);
      // Twice: W_ij and W_ji.
      const both = 2 * w[i * n + j]! * signal;
      gradient[signalAt]! += both * correlationAt(squared);
      const factor = -2 * both * slopeAt(squared);
      for (let k = 0; k < d; k++) {
        const difference = (designs[i * d + k]! - designs[j * d + k]!) * weights[k]!;
        gradient[groups[k]!]! += factor * difference * difference;
      }
    }
    gradient[signalAt]! += w[i * n + i]! * signal;
    gradient[noiseAt]! += w[i * n + i]! * noiseSlope;
  };
}
