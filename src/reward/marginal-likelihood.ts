import { additiveLayout } from './additive.ts';
import { cholesky, gramOfLower, invertLower, lowerTimes, lowerTransposedTimes } from './cholesky.ts';
import { groupCount } from './groups.ts';
import {
  compared,
  covariance,
  crossCovariance,
  noiseVariance,
  priorVariance,
  pullBack,
  type Hyperparameters,
  type Inputs,
  type Pairs,
} from './kernel.ts';
import { equidistantPoints, optionLayout } from './options.ts';
import { dotOf } from './rows.ts';
import { inSlices } from './slices.ts';
import type { Predictions } from './surrogate.ts';

/** A Gaussian process conditioned on rewards y: K = L L'. */
export interface Conditioned {
  /** L^-1, n x n. */
  readonly whitening: Float64Array;
  /** The constant mean, by generalised least squares. */
  readonly mean: number;
  /** L^-1 (y - mean). */
  readonly whitened: Float64Array;
  /** K^-1 (y - mean). */
  readonly weights: Float64Array;
  readonly logLikelihood: number;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0);

/** Conditions on standardised rewards (n). Undefined where the covariance is not positive definite. */
export async function condition(
  inputs: Inputs,
  theta: Hyperparameters,
  y: Float64Array,
  signal?: AbortSignal,
): Promise<Conditioned | undefined> {
  return conditionAt(await compared(inputs, theta, signal), theta, y, signal);
}

async function conditionAt(
  pairs: Pairs,
  theta: Hyperparameters,
  y: Float64Array,
  signal: AbortSignal | undefined,
): Promise<Conditioned | undefined> {
  const n = y.length;
  const factor = await cholesky(covariance(pairs, theta), n, signal);
  if (factor === undefined) return undefined;
  const whitening = await invertLower(factor, n, signal);
  const ones = lowerTimes(whitening, new Float64Array(n).fill(1));
  const mean = dot(ones, lowerTimes(whitening, y)) / dot(ones, ones);
  const whitened = lowerTimes(
    whitening,
    y.map((value) => value - mean),
  );
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(factor[i * n + i]!);
  return {
    whitening,
    mean,
    whitened,
    weights: lowerTransposedTimes(whitening, whitened),
    logLikelihood: -0.5 * (dot(whitened, whitened) + logDeterminant + n * Math.log(2 * Math.PI)),
  };
}

/** Predictions at other designs, noise included, of standardised rewards (Rasmussen and Williams 2006, eq. 2.25 and 2.26). */
export function predictAt(
  known: Inputs,
  theta: Hyperparameters,
  { whitening, whitened, mean }: Conditioned,
  others: Inputs,
): Predictions {
  const m = others.designs.length / others.groups.length;
  const covariances = crossCovariance(known, others, theta);
  const prior = priorVariance(known, theta);
  const predicted = { mean: new Float64Array(m), std: new Float64Array(m) };
  for (let i = 0; i < m; i++) {
    const white = lowerTimes(whitening, covariances(i));
    predicted.mean[i] = mean + dot(white, whitened);
    predicted.std[i] = Math.sqrt(Math.max(0, prior - dot(white, white)) + noiseVariance(theta));
  }
  return predicted;
}

/** Covariances of noisy rewards at other designs, m x m, of standardised rewards (Rasmussen and Williams 2006, eq. 2.24). */
export async function covarianceAt(
  known: Inputs,
  theta: Hyperparameters,
  { whitening }: Conditioned,
  others: Inputs,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const m = others.designs.length / others.groups.length;
  const n = known.designs.length / known.groups.length;
  const covariances = crossCovariance(known, others, theta);
  const white = new Float64Array(m * n);
  await inSlices(m, signal, (i) => white.set(lowerTimes(whitening, covariances(i)), i * n));
  const result = covariance(await compared(others, theta, signal), theta);
  await inSlices(m, signal, (i) => {
    for (let j = 0; j <= i; j++) {
      const left = result[i * m + j]! - dotOf(white, i * n, white, j * n, n);
      result[i * m + j] = i === j ? Math.max(noiseVariance(theta), left) : left;
      result[j * m + i] = result[i * m + j]!;
    }
  });
  return result;
}

/** A normal distribution: of a logarithm, or of a coordinate of an option's point. */
interface Prior {
  readonly mean: number;
  readonly std: number;
}

/** Length scales: LogNormal(sqrt 2 + log(groups) / 2, sqrt 3) of Hvarfner et al. (2024), whose density is a normal one of the logarithm
 *  around its mode. The additive part's length scale: weak, around a tenth; its variance: small unless rows say otherwise, as it
 *  should leave trends alone. Signal and noise: weak, around 1 and 0.02. */
const lengthPrior = (groups: number): Prior => ({ mean: Math.SQRT2 - 3 + 0.5 * Math.log(groups), std: Math.sqrt(3) });
const priorsInCommon: readonly Prior[] = [
  { mean: Math.log(0.1), std: 1 },
  { mean: -8, std: 2 },
  { mean: 0, std: 1 },
  { mean: -4, std: 2 },
];

/** Of the coordinates of options' points: around points that are all 1 apart. */
const pointDeviation = 0.5;

/** Of all hyperparameters, in order. */
function priorsOf(inputs: Inputs): readonly Prior[] {
  const groups = groupCount(inputs.groups);
  const options = optionLayout(inputs);
  const points = options === undefined ? [] : [...equidistantPoints(options)];
  return [
    ...Array<Prior>(groups).fill(lengthPrior(groups)),
    ...points.map((mean): Prior => ({ mean, std: pointDeviation })),
    ...priorsInCommon,
  ];
}

/** Where the search for hyperparameters starts. */
export function startingHyperparameters(inputs: Inputs): Hyperparameters {
  const groups = groupCount(inputs.groups);
  const theta = Float64Array.from(priorsOf(inputs), ({ mean }) => mean);
  theta.fill(Math.log(0.5 * Math.sqrt(groups)), 0, groups);
  // Where it has no effect it stays where the prior has its mode.
  if (additiveLayout(inputs) !== undefined) theta[theta.length - 3] = Math.log(0.1);
  theta[theta.length - 1] = Math.log(0.1);
  return theta;
}

export interface Objective {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** The log posterior density of hyperparameters but for a constant (Rasmussen and Williams 2006, eq. 5.8 and 5.9), and its gradient. */
export async function logPosterior(
  inputs: Inputs,
  theta: Hyperparameters,
  y: Float64Array,
  signal?: AbortSignal,
): Promise<Objective | undefined> {
  const pairs = await compared(inputs, theta, signal);
  const conditioned = await conditionAt(pairs, theta, y, signal);
  if (conditioned === undefined) return undefined;
  const { whitening, weights } = conditioned;
  const n = y.length;
  const byCovariance = await gramOfLower(whitening, n, signal);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      byCovariance[i * n + j] = 0.5 * (weights[i]! * weights[j]! - byCovariance[i * n + j]!);
    }
  }
  const gradient = await pullBack(pairs, theta, byCovariance, signal);
  let value = conditioned.logLikelihood;
  priorsOf(inputs).forEach(({ mean, std }, index) => {
    const parameter = theta[index]!;
    value -= 0.5 * ((parameter - mean) / std) ** 2;
    gradient[index]! -= (parameter - mean) / std ** 2;
  });
  return { value, gradient };
}
