import {
  columnScaling,
  dataError,
  mean,
  rankCorrelation,
  scaleColumns,
  standardDeviation,
  type RandomStream,
} from '../base/index.ts';
import {
  add,
  constant,
  cosineSchedule,
  fit,
  gather,
  input,
  mapValues,
  matMul,
  mean as meanOf,
  reshape,
  silu,
  square,
  subtract,
  type Fit,
  type Loss,
  type NamedShapes,
  type NamedTensors,
  type NamedValues,
  type Program,
  type Runtime,
  type Tensor,
} from '../graph/index.ts';
import type { FitSurrogate, LabelledRows, Predictions, SurrogateContext, SurrogateQuality } from './surrogate.ts';

/** An ensemble of multi-layer perceptrons, trained together in one graph as batched matrix products. */
export interface EnsembleTraining {
  readonly members: number;
  readonly width: number;
  readonly layers: number;
  readonly batch: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Share of the rows that each member does not see, another share for each. */
  readonly heldOutShare: number;
  readonly patience: number;
}

/** Sizes by the number of labelled rows; docs/decisions.md has the tables that chose them. */
export function ensembleTrainingFor(rows: number): EnsembleTraining {
  return {
    members: 5,
    width: rows < 1000 ? 64 : 192,
    layers: 2,
    batch: Math.min(128, Math.max(16, 2 ** Math.round(Math.log2(rows / 4)))),
    steps: rows < 1000 ? 1500 : 3000,
    learningRate: rows < 1000 ? 1e-3 : 2e-3,
    weightDecay: rows < 1000 ? 0.5 : 0.05,
    heldOutShare: rows < 1000 ? 0.2 : 0.1,
    patience: 6,
  };
}

function shapes(dimension: number, { members, width, layers }: EnsembleTraining): NamedShapes {
  const widths = [dimension, ...Array.from({ length: layers }, () => width), 1];
  const entries = widths.slice(1).flatMap((outputs, layer): [string, readonly number[]][] => [
    [`${layer}.weight`, [members, widths[layer]!, outputs]],
    [`${layer}.bias`, [members, 1, outputs]],
  ]);
  return Object.fromEntries(entries);
}

function initial(dimension: number, training: EnsembleTraining, stream: RandomStream): NamedValues {
  return mapValues(shapes(dimension, training), (shape, name) => {
    const data = new Float32Array(shape.reduce<number>((total, dim) => total * (dim as number), 1));
    if (name.endsWith('weight')) {
      const std = Math.sqrt(2 / (shape[1] as number));
      stream.split(name).fillNormal(data);
      data.forEach((value, index) => (data[index] = std * value));
    }
    return { shape: shape as readonly number[], data };
  });
}

/** Standardised rewards of x ([1 or members, n, d]) by each member: [members, n, 1]. */
function network(p: NamedTensors, layers: number, x: Tensor): Tensor {
  let hidden = x;
  for (let layer = 0; layer <= layers; layer++) {
    const sums = add(matMul(hidden, p[`${layer}.weight`]!), p[`${layer}.bias`]!);
    hidden = layer === layers ? sums : silu(sums);
  }
  return hidden;
}

/** Mean squared error over members and rows. */
const squaredLoss =
  (layers: number): Loss =>
  (parameters, step, data) => {
    const x = gather(data['designs']!, step['rows']!);
    const y = gather(data['rewards']!, step['rows']!);
    return meanOf(square(subtract(network(parameters, layers, x), y)));
  };

export interface Fold {
  readonly heldOut: Uint32Array;
  readonly trained: Uint32Array;
}

/** Which rows each member holds out, as many for each: shares of one shuffle, disjoint unless there are fewer rows than members. */
export function folds(
  rows: number,
  { members, heldOutShare }: Pick<EnsembleTraining, 'members' | 'heldOutShare'>,
  stream: RandomStream,
): readonly Fold[] {
  const order = stream.permutation(rows);
  const size = Math.max(1, Math.floor(rows * Math.min(heldOutShare, 1 / members)));
  return Array.from({ length: members }, (_, member) => {
    const turned = order.map((_, i) => order[(member * size + i) % rows]!);
    return { heldOut: turned.subarray(0, size), trained: turned.subarray(size) };
  });
}

async function predictor(
  runtime: Runtime,
  dimension: number,
  training: EnsembleTraining,
  parameters: NamedValues,
): Promise<Program> {
  const p = mapValues(parameters, ({ shape, data }) => constant(Float32Array.from(data), shape));
  const x = input('designs', ['n', dimension]);
  const y = network(p, training.layers, reshape(x, [1, 'n', dimension]));
  return runtime.compile({ outputs: { rewards: reshape(y, [training.members, 'n']) } });
}

/** Rows of one call: bounds memory. */
const rowsPerRun = 4096;

/** Standardised predictions, members x n. */
async function memberPredictions(
  program: Program,
  designs: Float32Array,
  dimension: number,
  members: number,
): Promise<Float32Array> {
  const n = designs.length / dimension;
  const all = new Float32Array(members * n);
  for (let from = 0; from < n; from += rowsPerRun) {
    const to = Math.min(n, from + rowsPerRun);
    const part = { shape: [to - from, dimension], data: designs.slice(from * dimension, to * dimension) };
    const { rewards } = await program.run({ designs: part });
    for (let member = 0; member < members; member++) {
      const own = rewards!.data.subarray(member * (to - from), (member + 1) * (to - from));
      all.set(own, member * n + from);
    }
  }
  return all;
}

function spread(all: Float32Array, members: number, n: number): { mean: Float64Array; variance: Float64Array } {
  const center = new Float64Array(n);
  const variance = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let member = 0; member < members; member++) center[i]! += all[member * n + i]! / members;
    for (let member = 0; member < members; member++)
      variance[i]! += (all[member * n + i]! - center[i]!) ** 2 / Math.max(1, members - 1);
  }
  return { mean: center, variance };
}

interface HeldOutResult {
  readonly quality: SurrogateQuality;
  /** What the members' disagreement does not explain of the squared error. */
  readonly noiseVariance: number;
}

/** Each held-out row is judged by the member that did not see it. */
function judge(all: Float32Array, y: Float64Array, heldOut: readonly Uint32Array[]): HeldOutResult {
  const n = y.length;
  const members = heldOut.length;
  const { variance } = spread(all, members, n);
  const predicted = heldOut.flatMap((rows, member) => Array.from(rows, (row) => all[member * n + row]!));
  const truth = heldOut.flatMap((rows) => Array.from(rows, (row) => y[row]!));
  const error = mean(truth.map((value, i) => (value - predicted[i]!) ** 2));
  const disagreement = mean(heldOut.flatMap((rows) => Array.from(rows, (row) => variance[row]!)));
  return {
    quality: {
      rows: truth.length,
      rankCorrelation: rankCorrelation(predicted, truth),
      r2: 1 - error / Math.max(1e-12, standardDeviation(truth) ** 2),
    },
    noiseVariance: Math.max(0, error - disagreement),
  };
}

/** Steps in one call of the runtime. */
const stepsPerRun = 50;

/** Row numbers of the trained shares, [count, members, batch]. */
function drawRows(split: readonly Fold[], batch: number, count: number, stream: RandomStream): NamedValues {
  const members = split.length;
  const indices = new Int32Array(count * members * batch);
  for (let i = 0; i < indices.length; i++) {
    const { trained } = split[Math.floor(i / batch) % members]!;
    indices[i] = trained[stream.integer(trained.length)]!;
  }
  return { rows: { shape: [count, members, batch], data: indices } };
}

/** Trains all members, stopping early on the rows each does not see. */
function trainMembers(
  data: NamedValues,
  dimension: number,
  training: EnsembleTraining,
  split: readonly Fold[],
  { runtime, stream, observer, signal }: SurrogateContext,
): Promise<Fit> {
  const { members, batch, steps } = training;
  const loss = squaredLoss(training.layers);
  const rowStream = stream.split('rows');
  const heldOut = split.flatMap((fold) => [...fold.heldOut]);
  return fit({
    runtime,
    definition: {
      parameters: shapes(dimension, training),
      stepInputs: { rows: { shape: [members, batch], dtype: 'int' } },
      data: mapValues(data, ({ shape }) => shape),
      loss,
      stepsPerRun,
      weightDecay: true,
      average: true,
    },
    parameters: initial(dimension, training, stream.split('initial')),
    data,
    steps,
    rates: {
      learningRate: (step) => cosineSchedule(training.learningRate, step, steps, 50),
      weightDecay: training.weightDecay,
      averageDecay: 0.99,
    },
    batches: (_from, count) => drawRows(split, batch, count, rowStream),
    heldOut: {
      loss,
      inputs: { rows: { shape: [members, heldOut.length / members], data: Int32Array.from(heldOut) } },
      data,
    },
    runsPerCheck: Math.max(1, Math.round(steps / stepsPerRun / 30)),
    patience: training.patience,
    stage: 'surrogate',
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Fits the ensemble with early stopping on the rows each member does not see. Throws a data error for fewer than 2 rows. */
export const fitEnsemble =
  (overrides: Partial<EnsembleTraining> = {}): FitSurrogate =>
  async ({ designs, dimension, rewards }: LabelledRows, context) => {
    const { runtime, stream } = context;
    const n = rewards.length;
    if (n < 2) {
      throw dataError(`a surrogate needs at least 2 labelled rows, one to train on and one to check it, got ${n}`);
    }
    const training: EnsembleTraining = { ...ensembleTrainingFor(n), ...overrides };
    const { members } = training;
    const scaling = columnScaling(designs, dimension);
    const center = mean(rewards);
    const scale = standardDeviation(rewards) || 1;
    const x = scaleColumns(designs, scaling);
    const y = rewards.map((reward) => (reward - center) / scale);
    const data: NamedValues = {
      designs: { shape: [n, dimension], data: x },
      rewards: { shape: [n, 1], data: Float32Array.from(y) },
    };
    const split = folds(n, training, stream.split('folds'));
    const { parameters, curve } = await trainMembers(data, dimension, training, split, context);
    const program = await predictor(runtime, dimension, training, parameters);
    const heldOut = split.map((fold) => fold.heldOut);
    const { quality, noiseVariance } = judge(await memberPredictions(program, x, dimension, members), y, heldOut);
    return {
      quality,
      curve,
      settings: { ...training },
      dispose: () => program.dispose(),
      predict: async (candidates): Promise<Predictions> => {
        const all = await memberPredictions(program, scaleColumns(candidates, scaling), dimension, members);
        const predicted = spread(all, members, candidates.length / dimension);
        return {
          mean: predicted.mean.map((value) => center + scale * value),
          std: predicted.variance.map((value) => scale * Math.sqrt(value + noiseVariance)),
        };
      },
    };
  };
