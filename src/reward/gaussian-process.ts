import { mean, standardDeviation } from '../base/index.ts';
import { add, input, multiply, type Program } from '../graph/index.ts';
import { covariancesWith, posterior, quickMean } from './gaussian-process-graph.ts';
import {
  chosenRows,
  gaussianProcessDefaults,
  heldOutPredictions,
  pick,
  solveRows,
  type GaussianProcessTraining,
} from './gaussian-process-training.ts';
import { additiveLogLength, additiveVariance, noiseVariance, signalVariance, type Inputs } from './kernel.ts';
import { covarianceAt } from './marginal-likelihood.ts';
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
    const { alikeOptions, ...numbers } = training;
    const { harmonics } = numbers;
    const optionLists = alikeOptions ? labelled.optionLists : undefined;
    const groups = renumbered(labelled.groups ?? Array.from({ length: dimension }, (_, j) => j));
    const unit = units(groups);
    const inUnits = (encoded: Float32Array): Inputs => ({
      designs: Float64Array.from(encoded, (value, i) => value * unit[i % dimension]!),
      groups,
      harmonics,
      ...(optionLists === undefined ? {} : { optionLists }),
    });
    const inputs = inUnits(designs);
    const center = mean(rewards);
    const scale = standardDeviation(rewards) || 1;
    const y = rewards.map((reward) => (reward - center) / scale);

    const rows = chosenRows(rewards, training.rows, stream.split('rows'));
    const { theta, conditioned } = await solveRows({ inputs, y }, rows, training, context);
    const known = pick(inputs, rows);
    const covariances = covariancesWith(known, unit, theta);
    const atDesigns = posterior(covariances.whole(input('designs', ['n', dimension])), conditioned, known, theta);
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
        ...numbers,
        rows: rows.length,
        signalVariance: signalVariance(theta),
        additiveVariance: additiveVariance(inputs, theta),
        additiveLength: Math.exp(additiveLogLength(theta)),
        noiseVariance: noiseVariance(theta),
      },
      doubtsDistance: true,
      dispose: () => program.dispose(),
      predict: async (candidates) => widened(inOwnUnits(await runPosterior(program, candidates, dimension)), factor),
      covariance: async (candidates) => {
        const joint = await covarianceAt(known, theta, conditioned, inUnits(candidates), signal);
        return joint.map((value) => (factor * scale) ** 2 * value);
      },
      graph: (encoded) => add(multiply(quickMean(covariances, encoded, conditioned), scale), center),
    };
  };
