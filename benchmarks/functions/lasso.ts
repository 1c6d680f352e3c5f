import { randomStream, type RandomStream } from '../../src/base/index.ts';
import { box, type BoxFunction } from './function.ts';
import { dot } from './matrix.ts';

export interface LassoOptions {
  /** Features, one penalty for each. */
  readonly dimension?: number;
  readonly active?: number;
  readonly rows?: number;
  /** Standard deviation of the signal over that of the noise. */
  readonly signalToNoise?: number;
  readonly seed?: number;
}

export interface Lasso extends BoxFunction {
  /** The features that the truth depends on. */
  readonly support: readonly number[];
  /** Coefficients of the weighted Lasso with the penalties that a point of the box stands for. */
  readonly fit: (x: Float64Array) => Float64Array;
  /** The cost of the least squares on the support alone: what good penalties come near. */
  readonly oracleCost: number;
}

interface Sample {
  /** Columns of the design matrix. */
  readonly columns: readonly Float64Array[];
  readonly response: Float64Array;
}

const passes = 200;
const tolerance = 1e-6;

function draw(stream: RandomStream, rows: number, truth: Float64Array, noise: number): Sample {
  const columns = Array.from(truth, () => stream.fillNormal(new Float64Array(rows)));
  const response = stream.fillNormal(new Float64Array(rows)).map((value) => noise * value);
  columns.forEach((column, j) => addTo(response, column, truth[j]!));
  return { columns, response };
}

function addTo(target: Float64Array, column: Float64Array, factor: number): void {
  if (factor !== 0) for (let i = 0; i < target.length; i++) target[i]! += factor * column[i]!;
}

/** Minimizes |y - X b|^2 / (2 n) + sum of penalty_j |b_j| by cyclic coordinate descent (Friedman et al. 2010). */
function weightedLasso({ columns, response }: Sample, penalties: Float64Array): Float64Array {
  const n = response.length;
  const residual = response.slice();
  const coefficients = new Float64Array(columns.length);
  const energies = columns.map((column) => dot(column, column) / n);
  for (let pass = 0, largest = Infinity; pass < passes && largest > tolerance; pass++) {
    largest = 0;
    for (const [j, column] of columns.entries()) {
      const before = coefficients[j]!;
      const pull = dot(column, residual) / n + energies[j]! * before;
      const after = (Math.sign(pull) * Math.max(0, Math.abs(pull) - penalties[j]!)) / energies[j]!;
      addTo(residual, column, before - after);
      coefficients[j] = after;
      largest = Math.max(largest, Math.abs(after - before));
    }
  }
  return coefficients;
}

function meanSquaredError({ columns, response }: Sample, coefficients: Float64Array): number {
  const residual = response.slice();
  columns.forEach((column, j) => addTo(residual, column, -coefficients[j]!));
  return dot(residual, residual) / response.length;
}

/**
 * Penalties of a weighted Lasso, one for each feature, most of them for features that mean nothing: after LassoBench's synthetic tasks
 * (Šehić et al. 2022), on data of our own. A coordinate u in [-1, 1] is the penalty 10^(1.5 (u - 1)) of the least that makes all
 * coefficients 0; the cost is the mean squared error on rows of validation.
 */
export function lasso({
  dimension = 300,
  active = 15,
  rows = 150,
  signalToNoise = 3,
  seed = 0,
}: LassoOptions = {}): Lasso {
  const stream = randomStream(seed).split('lasso');
  const support = Array.from(stream.split('support').permutation(dimension).subarray(0, active)).sort((a, b) => a - b);
  const truth = new Float64Array(dimension);
  const signs = stream.split('signs');
  for (const j of support) truth[j] = signs.uniform() < 0.5 ? -1 : 1;
  const noise = Math.sqrt(active) / signalToNoise;
  const training = draw(stream.split('training'), rows, truth, noise);
  const validation = draw(stream.split('validation'), rows, truth, noise);
  const largest = Math.max(...training.columns.map((column) => Math.abs(dot(column, training.response)) / rows));
  const fit = (x: Float64Array): Float64Array =>
    weightedLasso(
      training,
      x.map((u) => largest * 10 ** (1.5 * (u - 1))),
    );
  const known = Float64Array.from({ length: dimension }, (_, j) => (support.includes(j) ? 0 : largest * 1e3));
  return {
    name: `lasso-${dimension}`,
    bounds: box(dimension, -1, 1),
    evaluate: (x) => meanSquaredError(validation, fit(x)),
    support,
    fit,
    oracleCost: meanSquaredError(validation, weightedLasso(training, known)),
  };
}
