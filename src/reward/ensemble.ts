import { columnScaling, mean, scaleColumns, standardDeviation } from '../base/index.ts';
import {
  add,
  constant,
  divide,
  exp,
  input,
  mapValues,
  mean as meanOf,
  multiply,
  reshape,
  subtract,
  type NamedValues,
  type Program,
  type Runtime,
  type Tensor,
} from '../graph/index.ts';
import { lossRules, network, type MemberOutputs, type NetworkInputs } from './ensemble-network.ts';
import { ensembleTrainingFor, folds, trainMembers, type EnsembleTraining, type Fold } from './ensemble-training.ts';
import { calibration, checkRows, judge, widened } from './quality.ts';
import type { FitSurrogate, Predictions } from './surrogate.ts';

/** Means and variances by each member, members x n each, of standardised rewards. */
interface MemberPredictions {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** By each member for scaled designs [n, d]. */
type Members = (designs: Tensor) => MemberOutputs;

function membersOf(parameters: NamedValues, inputs: NetworkInputs, training: EnsembleTraining): Members {
  const p = mapValues(parameters, ({ shape, data }) => constant(Float32Array.from(data), shape));
  return (designs) =>
    lossRules[training.loss].read(network(p, inputs, training, reshape(designs, [1, ...designs.shape])));
}

function predictor(runtime: Runtime, dimension: number, members: number, of: Members): Promise<Program> {
  const { mean: center, logVariance } = of(input('designs', ['n', dimension]));
  const flat = (x: Tensor): Tensor => reshape(x, [members, 'n']);
  return runtime.compile({
    outputs: {
      mean: flat(center),
      ...(logVariance === undefined ? {} : { variance: exp(flat(logVariance)) }),
    },
  });
}

/** Rows of one call: bounds memory. */
const rowsPerRun = 4096;

async function memberPredictions(
  program: Program,
  designs: Float32Array,
  dimension: number,
  members: number,
): Promise<MemberPredictions> {
  const n = designs.length / dimension;
  const all = { mean: new Float32Array(members * n), variance: new Float32Array(members * n) };
  for (let from = 0; from < n; from += rowsPerRun) {
    const to = Math.min(n, from + rowsPerRun);
    const part = { shape: [to - from, dimension], data: designs.slice(from * dimension, to * dimension) };
    const outputs = await program.run({ designs: part });
    for (const name of ['mean', 'variance'] as const) {
      const values = outputs[name]?.data;
      if (values === undefined) continue;
      for (let member = 0; member < members; member++) {
        all[name].set(values.subarray(member * (to - from), (member + 1) * (to - from)), member * n + from);
      }
    }
  }
  return all;
}

/** Scores without a scale become rewards: y = slope s + offset by least squares on the rows that a member was trained on. */
interface Affine {
  readonly slope: Float32Array;
  readonly offset: Float32Array;
}

function affineFit(scores: Float32Array, y: Float64Array, split: readonly Fold[]): Affine {
  const n = y.length;
  const lines = split.map(({ trained }, member) => {
    const x = Float64Array.from(trained, (row) => scores[member * n + row]!);
    const truth = Float64Array.from(trained, (row) => y[row]!);
    const [centerX, centerY] = [mean(x), mean(truth)];
    const [xx, xy] = [
      x.reduce((total, value) => total + (value - centerX) ** 2, 0),
      x.reduce((total, value, i) => total + (value - centerX) * (truth[i]! - centerY), 0),
    ];
    const slope = xx > 0 ? Math.max(0, xy / xx) : 0;
    return { slope, offset: centerY - slope * centerX };
  });
  return {
    slope: Float32Array.from(lines, ({ slope }) => slope),
    offset: Float32Array.from(lines, ({ offset }) => offset),
  };
}

const mapped =
  (of: Members, { slope, offset }: Affine): Members =>
  (designs) => {
    const shape = [slope.length, 1, 1];
    return { mean: add(multiply(of(designs).mean, constant(slope, shape)), constant(offset, shape)) };
  };

/** The mixture of the members' distributions: its mean, the variance of their means, and the mean of their variances. */
function mixture({ mean: means, variance: variances }: MemberPredictions, members: number) {
  const n = means.length / members;
  const [center, spread, own] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    for (let member = 0; member < members; member++) {
      center[i]! += means[member * n + i]! / members;
      own[i]! += variances[member * n + i]! / members;
    }
    for (let member = 0; member < members; member++) {
      spread[i]! += (means[member * n + i]! - center[i]!) ** 2 / Math.max(1, members - 1);
    }
  }
  return { mean: center, variance: spread.map((value, i) => value + own[i]!) };
}

/** Each row by the mean of the members that did not see it, with the variance of all; NaN where all saw it. */
function heldOutBy(all: MemberPredictions, variance: Float64Array, split: readonly Fold[]) {
  const n = variance.length;
  const total = new Float64Array(n);
  const counts = new Float64Array(n);
  split.forEach(({ heldOut }, member) => {
    for (const row of heldOut) {
      total[row]! += all.mean[member * n + row]!;
      counts[row]!++;
    }
  });
  return {
    mean: total.map((value, row) => (counts[row]! > 0 ? value / counts[row]! : NaN)),
    variance: variance.map((value, row) => (counts[row]! > 0 ? value : NaN)),
  };
}

/** What the predicted variance does not explain of the squared error of held-out rows. */
function unexplained(heldOut: { mean: Float64Array; variance: Float64Array }, y: Float64Array): number {
  const rows = Array.from(y.keys()).filter((row) => !Number.isNaN(heldOut.mean[row]));
  return Math.max(0, mean(rows.map((row) => (y[row]! - heldOut.mean[row]!) ** 2 - heldOut.variance[row]!)));
}

/** Fits the ensemble with early stopping on the rows each member does not see. Throws a data error for fewer than 2 rows. */
export const fitEnsemble =
  (overrides: Partial<EnsembleTraining> = {}): FitSurrogate =>
  async (rows, context) => {
    const { designs, dimension, rewards, sequences = [] } = rows;
    const { runtime, stream } = context;
    checkRows(rewards);
    const n = rewards.length;
    const training: EnsembleTraining = { ...ensembleTrainingFor(n, rows), ...overrides };
    const { members, loss } = training;
    const inputs = { dimension, sequences };
    const scaling = columnScaling(designs, dimension);
    const center = mean(rewards);
    const scale = standardDeviation(rewards) || 1;
    const x = scaleColumns(designs, scaling);
    const y = rewards.map((reward) => (reward - center) / scale);
    const split = folds(n, training, stream.split('folds'));
    const data: NamedValues = {
      designs: { shape: [n, dimension], data: x },
      rewards: { shape: [n, 1], data: Float32Array.from(y) },
    };
    const { parameters, curve } = await trainMembers(data, inputs, training, split, context);

    const scored = membersOf(parameters, inputs, training);
    let program = await predictor(runtime, dimension, members, scored);
    let fitted = await memberPredictions(program, x, dimension, members);
    let of = scored;
    if (!lossRules[loss].scaled) {
      of = mapped(scored, affineFit(fitted.mean, y, split));
      await program.dispose();
      program = await predictor(runtime, dimension, members, of);
      fitted = await memberPredictions(program, x, dimension, members);
    }

    const heldOut = heldOutBy(fitted, mixture(fitted, members).variance, split);
    const noise = unexplained(heldOut, y);
    const inOwnUnits = (predicted: { mean: Float64Array; variance: Float64Array }): Predictions => ({
      mean: predicted.mean.map((value) => center + scale * value),
      std: predicted.variance.map((value) => scale * Math.sqrt(value + noise)),
    });
    const factor = calibration(inOwnUnits(heldOut), rewards);
    const checked = widened(inOwnUnits(heldOut), factor);
    return {
      name: 'ensemble',
      heldOut: checked,
      quality: judge(checked, rewards),
      curve,
      settings: { ...training },
      dispose: () => program.dispose(),
      predict: async (candidates) => {
        const all = await memberPredictions(program, scaleColumns(candidates, scaling), dimension, members);
        return widened(inOwnUnits(mixture(all, members)), factor);
      },
      graph: (raw) => {
        const scaled = divide(subtract(raw, constant(scaling.mean)), constant(scaling.scale));
        return add(multiply(meanOf(of(scaled).mean, [0]), scale), center);
      },
    };
  };
