import { additiveCovariance, additiveLayout, additiveSlope, prepared, type AdditiveOptions } from './additive.ts';
import { correlationAt, correlationSlopeAt } from './matern.ts';
import { optionLayout, optionValue } from './options.ts';
import { addRows, squaredDistance } from './rows.ts';
import { inSlices } from './slices.ts';

/**
 * What a Gaussian process is told: log length scales of the groups, points of options that are learnt (`OptionLayout`), log length
 * scale and log variance of the additive part (without effect where there is none), log variance of the Matern part and log noise
 * variance (of standardised rewards).
 */
export type Hyperparameters = Float64Array;

/** Hyperparameters at the end. */
export const hyperparametersInCommon = 4;

/** Keeps the covariance well conditioned. */
export const smallestNoise = 1e-4;

const fromEnd = (theta: Hyperparameters, place: number): number => theta[theta.length - place]!;

export const additiveLogLength = (theta: Hyperparameters): number => fromEnd(theta, 4);
export const signalVariance = (theta: Hyperparameters): number => Math.exp(fromEnd(theta, 2));
export const noiseVariance = (theta: Hyperparameters): number => smallestNoise + Math.exp(fromEnd(theta, 1));

/** Designs whose coordinates have a unit in which each parameter's range, or a change of choice, is about 1. */
export interface Inputs extends AdditiveOptions {
  /** n x d. */
  readonly designs: Float64Array;
  /** d: the length scale of each coordinate. */
  readonly groups: readonly number[];
  /** d: see `EncodedLayout`. */
  readonly optionLists?: readonly number[];
}

/** 0 where designs have no additive part. */
export const additiveVariance = (inputs: AdditiveOptions, theta: Hyperparameters): number =>
  additiveLayout(inputs) === undefined ? 0 : Math.exp(fromEnd(theta, 3));

/** The variance of a reward before anything is known, noise left out. */
export const priorVariance = (inputs: AdditiveOptions, theta: Hyperparameters): number =>
  signalVariance(theta) + additiveVariance(inputs, theta);

/** 1 / length scale, for each coordinate. */
export function inverseLengths(groups: readonly number[], theta: Hyperparameters): Float64Array {
  return Float64Array.from(groups, (group) => Math.exp(-theta[group]!));
}

/** Designs as points whose distance is that of the designs, n x d: divided by length scales, options at their points. */
export function placed(inputs: Inputs, theta: Hyperparameters): Float64Array {
  const { designs, groups } = inputs;
  const d = groups.length;
  const weights = inverseLengths(groups, theta);
  const all = designs.map((value, at) => value * weights[at % d]!);
  for (const { first, options, at } of optionLayout(inputs)?.choices ?? []) {
    for (let from = first; from < designs.length; from += d) {
      all.fill(0, from, from + options);
      for (let option = 0; option < options; option++) {
        const chosen = optionValue(designs[from + option]!) * weights[first]!;
        const point = at + option * options;
        if (chosen !== 0) for (let q = 0; q < options; q++) all[from + q]! += chosen * theta[point + q]!;
      }
    }
  }
  return all;
}

/** The additive part's covariance, before its variance, of row i of some designs and row j of others; undefined where there is none. */
function additiveBetween(
  inputs: Inputs,
  others: Inputs,
  theta: Hyperparameters,
): ((i: number, j: number) => number) | undefined {
  const layout = additiveLayout(inputs);
  if (layout === undefined) return undefined;
  const { designs, groups } = inputs;
  const d = groups.length;
  const alike = additiveCovariance(layout, d, additiveLogLength(theta));
  const [a, b] = [prepared(designs, d, layout), prepared(others.designs, d, layout)];
  return (i, j) => alike(a, i, b, j);
}

/** Designs compared at length scales. */
export interface Pairs {
  readonly inputs: Inputs;
  /** n x d. */
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
  const z = placed(inputs, theta);
  const squares = new Float64Array(n * n);
  const alike = additiveBetween(inputs, inputs, theta);
  const additive = alike && new Float64Array(n * n);
  await inSlices(n, signal, (i) => {
    for (let j = 0; j < i; j++) squares[i * n + j] = squaredDistance(z, i * d, z, j * d, d);
    for (let j = 0; additive && j <= i; j++) additive[i * n + j] = alike(i, j);
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
  const variance = additiveVariance(inputs, theta);
  additive?.forEach((value, at) => (target[at]! += variance * value));
  return target;
}

/** Covariances of design i of `others` with the known ones (n), noise left out. */
export function crossCovariance(known: Inputs, others: Inputs, theta: Hyperparameters): (i: number) => Float64Array {
  const { groups } = known;
  const d = groups.length;
  const n = known.designs.length / d;
  const [z, own] = [placed(known, theta), placed(others, theta)];
  const signal = signalVariance(theta);
  const variance = additiveVariance(known, theta);
  const alike = additiveBetween(others, known, theta) ?? (() => 0);
  return (i) =>
    Float64Array.from(
      { length: n },
      (_, j) => signal * correlationAt(squaredDistance(own, i * d, z, j * d, d)) + variance * alike(i, j),
    );
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
  { inputs, z, squares }: Pairs,
  theta: Hyperparameters,
  w: Float64Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { designs, groups } = inputs;
  const d = groups.length;
  const n = z.length / d;
  const [signalAt, noiseAt] = [theta.length - 2, theta.length - 1];
  const variance = signalVariance(theta);
  const noiseSlope = Math.exp(theta[noiseAt]!);
  // By squared distances of all pairs, times -2.
  const factors = new Float64Array(n * n);
  const sums = new Float64Array(n);
  await inSlices(n, signal, (i) => {
    for (let j = 0; j < i; j++) {
      // Twice: W_ij and W_ji.
      const both = 2 * w[i * n + j]! * variance;
      const squared = squares[i * n + j]!;
      gradient[signalAt]! += both * correlationAt(squared);
      const factor = -2 * both * correlationSlopeAt(squared);
      factors[i * n + j] = factors[j * n + i] = factor;
      sums[i]! += factor;
      sums[j]! += factor;
    }
    gradient[signalAt]! += w[i * n + i]! * variance;
    gradient[noiseAt]! += w[i * n + i]! * noiseSlope;
  });
  // By the place of design i, times -1: the sum over j of factor_ij (z_i - z_j).
  const byPlace = new Float64Array(d);
  const weights = inverseLengths(groups, theta);
  const choices = optionLayout(inputs)?.choices ?? [];
  await inSlices(n, signal, (i) => {
    byPlace.fill(0);
    addRows(byPlace, 0, { matrix: z, width: d }, factors.subarray(i * n, (i + 1) * n), [0, n], d);
    for (let k = 0; k < d; k++) {
      byPlace[k] = sums[i]! * z[i * d + k]! - byPlace[k]!;
      gradient[groups[k]!]! += byPlace[k]! * z[i * d + k]!;
    }
    for (const { first, options, at } of choices) {
      for (let option = 0; option < options; option++) {
        const chosen = optionValue(designs[i * d + first + option]!) * weights[first]!;
        const point = at + option * options;
        if (chosen !== 0) for (let q = 0; q < options; q++) gradient[point + q]! -= chosen * byPlace[first + q]!;
      }
    }
  });
}

async function pullBackAdditive(
  gradient: Float64Array,
  { inputs, additive }: Pairs,
  theta: Hyperparameters,
  w: Float64Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const layout = additiveLayout(inputs);
  if (layout === undefined || additive === undefined) return;
  const { designs, groups } = inputs;
  const d = groups.length;
  const n = designs.length / d;
  const [lengthAt, varianceAt] = [theta.length - 4, theta.length - 3];
  const variance = additiveVariance(inputs, theta);
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
