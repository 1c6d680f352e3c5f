import { mean, standardDeviation } from '../base/index.ts';
import {
  add,
  constant,
  exp,
  input,
  matMul,
  maximum,
  multiply,
  negate,
  relu,
  sqrt,
  square,
  subtract,
  sum,
  type Program,
  type Tensor,
} from '../graph/index.ts';
import {
  chosenRows,
  gaussianProcessDefaults,
  heldOutPredictions,
  pick,
  solveRows,
  type GaussianProcessTraining,
} from './gaussian-process-training.ts';
import { covarianceAt, type Conditioned } from './marginal-likelihood.ts';
import { inverseLengths, noiseVariance, signalVariance, type Hyperparameters, type Inputs } from './matern.ts';
import { calibration, checkRows, judge, widened } from './quality.ts';
import { noCurve, type FitSurrogate, type Predictions } from './surrogate.ts';

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

/** Added to squared distances: the root's slope stays finite. */
const smallestSquare = 1e-8;

interface Posterior {
  /** [n, 1], of standardised rewards. */
  readonly mean: Tensor;
  /** [n, 1], noise included. */
  readonly variance: Tensor;
}

/**
 * Correlations of encoded designs [m, d] with the known ones, [m, n]. Factors are within constants: an [m, n] product is what costs.
 */
function correlationsWith(
  { designs, groups }: Inputs,
  unit: Float64Array,
  theta: Hyperparameters,
): (designs: Tensor) => Tensor {
  const d = groups.length;
  const n = designs.length / d;
  const scales = inverseLengths(groups, theta).map((one) => Math.sqrt(5) * one);
  const center = new Float64Array(d);
  designs.forEach((value, i) => (center[i % d]! += value / n));
  const z = designs.map((value, i) => (value - center[i % d]!) * scales[i % d]!);
  const squares = new Float64Array(n);
  z.forEach((value, i) => (squares[Math.floor(i / d)]! += value * value));
  const minusTwice = z.map((value) => -2 * value);
  return (raw) => {
    const x = multiply(subtract(multiply(raw, constant(unit)), constant(center)), constant(scales));
    const cross = matMul(x, constant(minusTwice, [n, d]), { transposeB: true });
    const squared = relu(add(add(cross, sum(square(x), [1], true)), constant(squares, [1, n])));
    const r = sqrt(add(squared, 5 * smallestSquare));
    return multiply(add(add(multiply(squared, 1 / 3), r), 1), exp(negate(r)));
  };
}

/** The posterior by correlations [m, n], as tensors. They are whitened first: K^-1 itself would not survive float32. */
function posterior(
  correlations: Tensor,
  theta: Hyperparameters,
  { whitening, whitened, mean }: Conditioned,
): Posterior {
  const n = whitened.length;
  const signal = signalVariance(theta);
  const white = matMul(
    correlations,
    constant(
      whitening.map((value) => signal * value),
      [n, n],
    ),
    { transposeB: true },
  );
  const left = maximum(subtract(signal, sum(square(white), [1], true)), 0);
  return {
    mean: add(matMul(white, constant(whitened, [n, 1])), mean),
    variance: add(left, noiseVariance(theta)),
  };
}

/** The posterior's mean, [m, 1], to a few digits less and without the n x n product: for its slope. */
function quickMean(correlations: Tensor, theta: Hyperparameters, { weights, mean }: Conditioned): Tensor {
  const signal = signalVariance(theta);
  return add(
    matMul(
      correlations,
      constant(
        weights.map((value) => signal * value),
        [weights.length, 1],
      ),
    ),
    mean,
  );
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
    const inUnits = (encoded: Float32Array): Inputs => ({
      designs: Float64Array.from(encoded, (value, i) => value * unit[i % dimension]!),
      groups,
    });
    const inputs = inUnits(designs);
    const center = mean(rewards);
    const scale = standardDeviation(rewards) || 1;
    const y = rewards.map((reward) => (reward - center) / scale);

    const rows = chosenRows(rewards, training.rows, stream.split('rows'));
    const { theta, conditioned } = await solveRows({ inputs, y }, rows, training, context);
    const known = pick(inputs, rows);
    const correlations = correlationsWith(known, unit, theta);
    const atDesigns = posterior(correlations(input('designs', ['n', dimension])), theta, conditioned);
    const program = await runtime.compile({ outputs: { ...atDesigns } });

    const inOwnUnits = (predicted: Predictions): Predictions => ({
      mean: predicted.mean.map((value) => center + scale * value),
      std: predicted.std.map((value) => scale * value),
    });
    const others = rows.length < y.length ? await runPosterior(program, designs, dimension) : undefined;
    const raw = inOwnUnits(await heldOutPredictions(inputs, y, rows, conditioned, others, training, context));
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
      doubtsDistance: true,
      dispose: () => program.dispose(),
      predict: async (candidates) => widened(inOwnUnits(await runPosterior(program, candidates, dimension)), factor),
      covariance: async (candidates) => {
        const covariances = await covarianceAt(known, theta, conditioned, inUnits(candidates), signal);
        return covariances.map((value) => (factor * scale) ** 2 * value);
      },
      graph: (encoded) => add(multiply(quickMean(correlations(encoded), theta, conditioned), scale), center),
    };
  };
