import type { RandomStream } from '../base/index.ts';
import { defaultHarmonics } from './additive.ts';
import { solveHere, type Solved, type Standardised } from './gaussian-process-solve.ts';
import { solveInThread } from './gaussian-process-thread.ts';
import type { Inputs } from './kernel.ts';
import { predictAt, type Conditioned } from './marginal-likelihood.ts';
import type { Predictions, SurrogateContext } from './surrogate.ts';

/** A Gaussian process with a Matern 5/2 kernel, one length scale per parameter, a constant mean and noise. */
export interface GaussianProcessTraining {
  /** Hyperparameters are chosen on at most so many rows, a random share. */
  readonly hyperparameterRows: number;
  /** The process is conditioned on at most so many rows: a quarter from either end of the rewards' order, and a random half. */
  readonly rows: number;
  readonly iterations: number;
  /**
   * Up to so many rows held-out predictions are those of five folds with hyperparameters of their own: with few rows hyperparameters
   * that have seen a row flatter it. Beyond it one row is left out in closed form.
   */
  readonly crossValidatedRows: number;
  /** Whether it is learnt which options are alike, where several choices have the same ones. */
  readonly alikeOptions: boolean;
  /** Waves of the additive part, of all numbers together, at most 24 each; with fewer than 8 each it has none. */
  readonly harmonics: number;
}

export const gaussianProcessDefaults: GaussianProcessTraining = {
  hyperparameterRows: 300,
  rows: 800,
  iterations: 40,
  crossValidatedRows: 100,
  alikeOptions: false,
  harmonics: defaultHarmonics,
};

/** A direction-free choice of rows: extreme rewards, which say most about both ends, and random others. In ascending order. */
export function chosenRows(rewards: Float64Array, limit: number, stream: RandomStream): Uint32Array {
  const n = rewards.length;
  if (n <= limit) return Uint32Array.from({ length: n }, (_, i) => i);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => rewards[a]! - rewards[b]!);
  const quarter = Math.floor(limit / 4);
  const middle = order.slice(quarter, n - quarter);
  const drawn = stream.permutation(middle.length).slice(0, limit - 2 * quarter);
  return Uint32Array.from([
    ...order.slice(0, quarter),
    ...Array.from(drawn, (i) => middle[i]!),
    ...order.slice(n - quarter),
  ]).sort();
}

export function pick(inputs: Inputs, rows: Uint32Array): Inputs {
  const { designs, groups } = inputs;
  const d = groups.length;
  const picked = new Float64Array(rows.length * d);
  rows.forEach((row, i) => picked.set(designs.subarray(row * d, (row + 1) * d), i * d));
  return { ...inputs, designs: picked };
}

/** The rows that hyperparameters are chosen on. */
function hyperparameterPart(
  { inputs, y }: Standardised,
  training: GaussianProcessTraining,
  stream: RandomStream,
): Standardised {
  return pickRows(
    { inputs, y },
    stream.split('hyperparameters').permutation(y.length).slice(0, training.hyperparameterRows).sort(),
  );
}

function pickRows({ inputs, y }: Standardised, rows: Uint32Array): Standardised {
  return { inputs: pick(inputs, rows), y: Float64Array.from(rows, (row) => y[row]!) };
}

/** Tables of more rows are solved in a thread of their own: a smaller one is done before a thread has started. */
const rowsWorthAThread = 200;

/** Chooses hyperparameters on a share of `all` and conditions the process on `rows` of it. */
export function solveRows(
  all: Standardised,
  rows: Uint32Array,
  training: GaussianProcessTraining,
  { stream, observer, signal }: Pick<SurrogateContext, 'stream' | 'observer' | 'signal'>,
): Promise<Solved> {
  const { iterations } = training;
  const solve = all.y.length > rowsWorthAThread ? solveInThread : solveHere;
  const task = { part: hyperparameterPart(all, training, stream), known: pickRows(all, rows), iterations };
  return solve(task, {
    signal,
    onIteration: (iteration, value) =>
      observer?.({
        stage: 'surrogate',
        done: iteration,
        total: iterations,
        note: `log posterior ${value.toPrecision(4)}`,
      }),
  });
}

/** Leave-one-out predictions in closed form (Rasmussen and Williams 2006, eq. 5.12), of standardised rewards. */
export function leaveOneOut({ whitening, weights }: Conditioned, y: Float64Array): Predictions {
  const n = y.length;
  const precision = new Float64Array(n);
  for (let i = 0; i < whitening.length; i++) precision[i % n]! += whitening[i]! ** 2;
  return {
    mean: y.map((value, i) => value - weights[i]! / precision[i]!),
    std: precision.map((value) => 1 / Math.sqrt(value)),
  };
}

const foldCount = 5;

/** Each row by a process that was fitted without its fold, hyperparameters included. */
async function crossValidated(
  inputs: Inputs,
  y: Float64Array,
  training: GaussianProcessTraining,
  { stream, signal }: SurrogateContext,
): Promise<Predictions> {
  const n = y.length;
  const order = stream.split('folds').permutation(n);
  const count = Math.min(foldCount, n);
  const all = { mean: new Float64Array(n), std: new Float64Array(n) };
  for (let fold = 0; fold < count; fold++) {
    const left = order.filter((_, place) => place % count === fold);
    const kept = order.filter((_, place) => place % count !== fold).sort();
    const known = pickRows({ inputs, y }, kept);
    const everyRow = Uint32Array.from(kept.keys());
    const context = { stream: stream.split('fold', fold), ...(signal === undefined ? {} : { signal }) };
    const { theta, conditioned } = await solveRows(known, everyRow, training, context);
    const predicted = predictAt(known.inputs, theta, conditioned, pick(inputs, left));
    left.forEach((row, i) => {
      all.mean[row] = predicted.mean[i]!;
      all.std[row] = predicted.std[i]!;
    });
  }
  return all;
}

/**
 * Held-out predictions of all rows, of standardised rewards: by folds for few rows; else by leaving one out where the process is
 * conditioned on the row, and as predicted (`others`, given where there are such rows) where it is not.
 */
export async function heldOutPredictions(
  inputs: Inputs,
  y: Float64Array,
  rows: Uint32Array,
  conditioned: Conditioned,
  others: Predictions | undefined,
  training: GaussianProcessTraining,
  context: SurrogateContext,
): Promise<Predictions> {
  if (y.length <= training.crossValidatedRows) return crossValidated(inputs, y, training, context);
  const left = leaveOneOut(
    conditioned,
    Float64Array.from(rows, (row) => y[row]!),
  );
  if (others === undefined) return left;
  const all = { mean: others.mean.slice(), std: others.std.slice() };
  rows.forEach((row, i) => {
    all.mean[row] = left.mean[i]!;
    all.std[row] = left.std[i]!;
  });
  return all;
}
