import { mean, standardDeviation, type RandomStream } from '../base/index.ts';
import {
  add,
  constant,
  exp,
  input,
  matMul,
  maximum,
  multiply,
  sqrt,
  square,
  subtract,
  sum,
  type Program,
  type Tensor,
} from '../graph/index.ts';
import { ascend } from './lbfgs.ts';
import { condition, logPosterior, type Conditioned } from './marginal-likelihood.ts';
import { inverseLengths, noiseVariance, signalVariance, type Hyperparameters, type Inputs } from './matern.ts';
import { calibration, checkRows, judge, widened } from './quality.ts';
import { noCurve, type FitSurrogate, type LabelledRows, type Predictions, type SurrogateContext } from './surrogate.ts';

/** A Gaussian process with a Matern 5/2 kernel, one length scale per parameter, a constant mean and noise. */
export interface GaussianProcessTraining {
  /** Hyperparameters are chosen on at most so many rows, a random share. */
  readonly hyperparameterRows: number;
  /** The process is conditioned on at most so many rows: a quarter from either end of the rewards' order, and a random half. */
  readonly rows: number;
  readonly iterations: number;
}

export const gaussianProcessDefaults: GaussianProcessTraining = { hyperparameterRows: 300, rows: 800, iterations: 40 };

/** Groups numbered 0, 1, ... in order of appearance. */
function renumbered(groups: readonly number[]): readonly number[] {
  const numbers = new Map<number, number>();
  return groups.map((group) => {
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    return numbers.get(group)!;
  });
}

/** Units in which a parameter's range of [-1, 1], or a change of a one-hot choice (-1 to 1 and back elsewhere), is 1. */
function units(groups: readonly number[]): Float64Array {
  return Float64Array.from(groups, (group) => {
    const single = groups.indexOf(group) === groups.lastIndexOf(group);
    return single ? 1 / 2 : 1 / Math.sqrt(8);
  });
}

/** A direction-free choice of rows: extreme rewards, which say most about both ends, and random others. In ascending order. */
function chosenRows(rewards: Float64Array, limit: number, stream: RandomStream): Uint32Array {
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

function pick({ designs, groups }: Inputs, rows: Uint32Array): Inputs {
  const d = groups.length;
  const picked = new Float64Array(rows.length * d);
  rows.forEach((row, i) => picked.set(designs.subarray(row * d, (row + 1) * d), i * d));
  return { designs: picked, groups };
}

async function chooseHyperparameters(
  inputs: Inputs,
  y: Float64Array,
  training: GaussianProcessTraining,
  { stream, observer, signal }: SurrogateContext,
): Promise<Hyperparameters> {
  const n = y.length;
  const rows = stream.split('hyperparameters').permutation(n).slice(0, training.hyperparameterRows).sort();
  const part = pick(inputs, rows);
  const rewards = Float64Array.from(rows, (row) => y[row]!);
  const count = inputs.groups.reduce((largest, group) => Math.max(largest, group + 1), 0);
  const start = new Float64Array(count + 2);
  start.fill(Math.log(0.5 * Math.sqrt(count)), 0, count);
  start[count + 1] = Math.log(0.1);
  return ascend((theta) => logPosterior(part, theta, rewards, signal), start, {
    iterations: training.iterations,
    firstStep: 0.5,
    smallestGain: 1e-3,
    onIteration: (iteration, value) =>
      observer?.({
        stage: 'surrogate',
        done: iteration,
        total: training.iterations,
        note: `log posterior ${value.toPrecision(4)}`,
      }),
  });
}

/** Leave-one-out predictions in closed form (Rasmussen and Williams 2006, eq. 5.12), of standardised rewards. */
function leaveOneOut({ whitening, weights }: Conditioned, y: Float64Array): Predictions {
  const n = y.length;
  const precision = new Float64Array(n);
  for (let i = 0; i < whitening.length; i++) precision[i % n]! += whitening[i]! ** 2;
  return {
    mean: y.map((value, i) => value - weights[i]! / precision[i]!),
    std: precision.map((value) => 1 / Math.sqrt(value)),
  };
}

/** Squared distances are raised to this: the root's slope stays finite. */
const smallestSquare = 1e-8;

interface Posterior {
  /** [n, 1], of standardised rewards. */
  readonly mean: Tensor;
  /** [n, 1], noise included. */
  readonly variance: Tensor;
}

/** The posterior at encoded designs [n, d], as tensors. Designs are whitened first: K^-1 itself would not survive float32. */
function posterior(
  { designs, groups }: Inputs,
  unit: Float64Array,
  theta: Hyperparameters,
  conditioned: Conditioned,
): (designs: Tensor) => Posterior {
  const d = groups.length;
  const n = designs.length / d;
  const lengths = inverseLengths(groups, theta);
  const center = new Float64Array(d);
  designs.forEach((value, i) => (center[i % d]! += value / n));
  const z = designs.map((value, i) => (value - center[i % d]!) * lengths[i % d]!);
  const squares = new Float64Array(n);
  z.forEach((value, i) => (squares[Math.floor(i / d)]! += value * value));
  const [signal, noise] = [signalVariance(theta), noiseVariance(theta)];
  return (raw) => {
    const x = multiply(subtract(multiply(raw, constant(unit)), constant(center)), constant(lengths));
    const cross = matMul(x, constant(z, [n, d]), { transposeB: true });
    const squared = add(subtract(sum(square(x), [1], true), multiply(cross, 2)), constant(squares, [1, n]));
    const r = multiply(sqrt(maximum(squared, smallestSquare)), Math.sqrt(5));
    const polynomial = add(add(multiply(square(r), 1 / 3), r), 1);
    const covariance = multiply(multiply(polynomial, exp(multiply(r, -1))), signal);
    const white = matMul(covariance, constant(conditioned.whitening, [n, n]), { transposeB: true });
    return {
      mean: add(matMul(white, constant(conditioned.whitened, [n, 1])), conditioned.mean),
      variance: add(maximum(subtract(signal, sum(square(white), [1], true)), 0), noise),
    };
  };
}

/** Rows of one call: bounds memory. */
const rowsPerRun = 2048;

/** Of standardised rewards. */
async function runPosterior(program: Program, designs: Float32Array, d: number): Promise<Predictions> {
  const n = designs.length / d;
  const all = { mean: new Float64Array(n), std: new Float64Array(n) };
  for (let from = 0; from < n; from += rowsPerRun) {
    const to = Math.min(n, from + rowsPerRun);
    const part = { shape: [to - from, d], data: designs.slice(from * d, to * d) };
    const { mean: center, variance } = await program.run({ designs: part });
    all.mean.set(center!.data, from);
    all.std.set(Float64Array.from(variance!.data, Math.sqrt), from);
  }
  return all;
}

/** Held-out predictions of every row: rows conditioned on by leaving one out, the others as they are. */
async function heldOutOf(
  labelled: LabelledRows,
  rows: Uint32Array,
  y: Float64Array,
  conditioned: Conditioned,
  program: Program,
): Promise<Predictions> {
  const all =
    rows.length === y.length
      ? { mean: new Float64Array(y.length), std: new Float64Array(y.length) }
      : await runPosterior(program, labelled.designs, labelled.dimension);
  const left = leaveOneOut(
    conditioned,
    Float64Array.from(rows, (row) => y[row]!),
  );
  rows.forEach((row, i) => {
    all.mean[row] = left.mean[i]!;
    all.std[row] = left.std[i]!;
  });
  return all;
}

/**
 * Fits a Gaussian process: hyperparameters by maximum a posteriori, then conditioned on the rows. Throws a data error for fewer than
 * 2 rows.
 */
export const fitGaussianProcess =
  (overrides: Partial<GaussianProcessTraining> = {}): FitSurrogate =>
  async (labelled, context) => {
    const { designs, dimension, rewards } = labelled;
    const { runtime, stream, signal } = context;
    checkRows(rewards);
    const training: GaussianProcessTraining = { ...gaussianProcessDefaults, ...overrides };
    const groups = renumbered(labelled.groups ?? Array.from({ length: dimension }, (_, j) => j));
    const unit = units(groups);
    const inputs: Inputs = { designs: Float64Array.from(designs, (value, i) => value * unit[i % dimension]!), groups };
    const center = mean(rewards);
    const scale = standardDeviation(rewards) || 1;
    const y = rewards.map((reward) => (reward - center) / scale);

    const theta = await chooseHyperparameters(inputs, y, training, context);
    const rows = chosenRows(rewards, training.rows, stream.split('rows'));
    const known = pick(inputs, rows);
    const conditioned = await condition(
      known,
      theta,
      Float64Array.from(rows, (row) => y[row]!),
      signal,
    );
    if (conditioned === undefined) throw new Error('The covariance of the Gaussian process is not positive definite');
    const at = posterior(known, unit, theta, conditioned);
    const program = await runtime.compile({ outputs: { ...at(input('designs', ['n', dimension])) } });

    const inOwnUnits = (predicted: Predictions): Predictions => ({
      mean: predicted.mean.map((value) => center + scale * value),
      std: predicted.std.map((value) => scale * value),
    });
    const raw = inOwnUnits(await heldOutOf(labelled, rows, y, conditioned, program));
    const factor = calibration(raw, rewards);
    const heldOut = widened(raw, factor);
    return {
      name: 'gaussian-process',
      heldOut,
      quality: judge(heldOut, rewards),
      curve: noCurve,
      settings: {
        ...training,
        rows: rows.length,
        signalVariance: signalVariance(theta),
        noiseVariance: noiseVariance(theta),
      },
      dispose: () => program.dispose(),
      predict: async (candidates) => widened(inOwnUnits(await runPosterior(program, candidates, dimension)), factor),
      graph: (encoded) => add(multiply(at(encoded).mean, scale), center),
    };
  };
