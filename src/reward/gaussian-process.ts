import { mean, standardDeviation } from '../base/index.ts';
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

/** Squared distances are raised to this: the root's slope stays finite. */
const smallestSquare = 1e-8;

interface Posterior {
  /** [n, 1], of standardised rewards. */
  readonly mean: Tensor;
  /** [n, 1], noise included. */
  readonly variance: Tensor;
}

/** Covariances of encoded designs [m, d] with the known ones, [m, n]. */
function covarianceWith(
  { designs, groups }: Inputs,
  unit: Float64Array,
  theta: Hyperparameters,
): (designs: Tensor) => Tensor {
  const d = groups.length;
  const n = designs.length / d;
  const lengths = inverseLengths(groups, theta);
  const center = new Float64Array(d);
  designs.forEach((value, i) => (center[i % d]! += value / n));
  const z = designs.map((value, i) => (value - center[i % d]!) * lengths[i % d]!);
  const squares = new Float64Array(n);
  z.forEach((value, i) => (squares[Math.floor(i / d)]! += value * value));
  return (raw) => {
    const x = multiply(subtract(multiply(raw, constant(unit)), constant(center)), constant(lengths));
    const cross = matMul(x, constant(z, [n, d]), { transposeB: true });
    const squared = add(subtract(sum(square(x), [1], true), multiply(cross, 2)), constant(squares, [1, n]));
    const r = multiply(sqrt(maximum(squared, smallestSquare)), Math.sqrt(5));
    const polynomial = add(add(multiply(square(r), 1 / 3), r), 1);
    return multiply(multiply(polynomial, exp(multiply(r, -1))), signalVariance(theta));
  };
}

/** The posterior by covariances [m, n], as tensors. They are whitened first: K^-1 itself would not survive float32. */
function posterior(covariances: Tensor, theta: Hyperparameters, { whitening, whitened, mean }: Conditioned): Posterior {
  const n = whitened.length;
  const white = matMul(covariances, constant(whitening, [n, n]), { transposeB: true });
  const left = maximum(subtract(signalVariance(theta), sum(square(white), [1], true)), 0);
  return {
    mean: add(matMul(white, constant(whitened, [n, 1])), mean),
    variance: add(left, noiseVariance(theta)),
  };
}

/** The posterior's mean, [m, 1], to a few digits less and without the n x n product: for its slope. */
function quickMean(covariances: Tensor, { weights, mean }: Conditioned): Tensor {
  return add(matMul(covariances, constant(weights, [weights.length, 1])), mean);
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
    const covariances = covarianceWith(known, unit, theta);
    const atDesigns = posterior(covariances(input('designs', ['n', dimension])), theta, conditioned);
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
      graph: (encoded) => add(multiply(quickMean(covariances(encoded), conditioned), scale), center),
    };
  };
