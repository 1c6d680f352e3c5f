import {
  columnScaling,
  dataError,
  scaleColumns,
  type ColumnScaling,
  type Observer,
  type RandomStream,
} from '../base/index.ts';
import {
  cosineSchedule,
  fit,
  gather,
  mapValues,
  maximum,
  mean,
  multiply,
  square,
  subtract,
  add,
  type Loss,
  type LossCurve,
  type NamedValues,
  type Runtime,
} from '../graph/index.ts';
import { denoise, denoiserShapes, initialDenoiser, lossWeight, type DenoiserSize } from './denoiser.ts';
import type { RewardNormalization } from './normalization.ts';
import { karrasSchedule, type NoiseSchedule } from './schedule.ts';
import { exponentialWeights, uniformWeights, weightedIndices, type RowWeighting } from './weights.ts';

/** A trained conditional denoiser with all it needs to be used. */
export interface DiffusionModel {
  readonly size: DenoiserSize;
  readonly parameters: NamedValues;
  readonly designs: ColumnScaling;
  readonly reward: RewardNormalization;
  readonly schedule: NoiseSchedule;
}

export interface DenoiserTraining {
  readonly width: number;
  readonly blocks: number;
  readonly batch: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Share of the rows whose reward is withheld in a step, for classifier-free guidance. */
  readonly rewardDropout: number;
  readonly averageDecay: number;
  readonly clipNorm: number;
  /** Share of the rows held out to measure the denoising loss. */
  readonly heldOutShare: number;
  readonly patience: number;
}

/** Sizes by the number of rows and of coordinates; docs/decisions.md has the tables that chose them. */
export function denoiserTrainingFor(rows: number, dimension: number): DenoiserTraining {
  return {
    width: rows < 100 ? 64 : rows < 2000 ? 128 : 192,
    blocks: rows < 2000 ? 2 : 3,
    batch: Math.min(128, Math.max(32, 2 ** Math.round(Math.log2(rows / 4)))),
    steps: rows < 1000 ? 2000 : dimension > 64 ? 4000 : 3000,
    learningRate: 2e-3,
    weightDecay: 0.01,
    rewardDropout: 0.15,
    averageDecay: 0.995,
    clipNorm: 1,
    heldOutShare: 0.1,
    patience: 8,
  };
}

export interface TrainDenoiserOptions {
  readonly runtime: Runtime;
  /** n x d in encoded coordinates. */
  readonly designs: Float32Array;
  readonly dimension: number;
  /** n rewards in own units; NaN where unknown. */
  readonly rewards: Float64Array;
  readonly reward: RewardNormalization;
  readonly training?: Partial<DenoiserTraining>;
  readonly schedule?: NoiseSchedule;
  readonly weighting?: RowWeighting;
  readonly stream: RandomStream;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** The denoising loss (Karras et al. 2022, equation 2): mean of lambda(sigma) (D(z + sigma n) - z)^2 over rows and coordinates. */
export const denoisingLoss =
  (blocks: number): Loss =>
  (parameters, step, data) => {
    const clean = gather(data['designs']!, step['rows']!);
    const reward = gather(data['rewards']!, step['rows']!);
    const missing = maximum(step['withheld']!, gather(data['unlabelled']!, step['rows']!));
    const sigma = step['sigma']!;
    const noisy = add(clean, multiply(step['noise']!, sigma));
    const denoised = denoise(parameters, blocks, noisy, sigma, { reward, missing });
    return mean(multiply(square(subtract(denoised, clean)), lossWeight(sigma)));
  };

interface Rows {
  readonly designs: Float32Array;
  readonly rewards: Float64Array;
}

function pick({ designs, rewards }: Rows, dimension: number, rows: Uint32Array): Rows {
  const picked = new Float32Array(rows.length * dimension);
  rows.forEach((row, index) => picked.set(designs.subarray(row * dimension, (row + 1) * dimension), index * dimension));
  return { designs: picked, rewards: Float64Array.from(rows, (row) => rewards[row]!) };
}

/** Rewards standardised so that larger is better; 0 and a flag where unknown. */
function dataValues({ designs, rewards }: Rows, dimension: number, { mean, std }: RewardNormalization): NamedValues {
  const n = rewards.length;
  return {
    designs: { shape: [n, dimension], data: designs },
    rewards: { shape: [n, 1], data: Float32Array.from(rewards, (r) => (Number.isNaN(r) ? 0 : (r - mean) / std)) },
    unlabelled: { shape: [n, 1], data: Float32Array.from(rewards, (r) => (Number.isNaN(r) ? 1 : 0)) },
  };
}

interface Draw {
  readonly rowOf: (position: number) => number;
  readonly withheldShare: number;
  readonly schedule: NoiseSchedule;
  readonly dimension: number;
  readonly stream: RandomStream;
}

/** Step inputs of `steps` steps of `batch` rows, or of one step when `steps` is undefined. */
function drawInputs(steps: number | undefined, batch: number, draw: Draw): NamedValues {
  const { rowOf, withheldShare, schedule, dimension, stream } = draw;
  const count = (steps ?? 1) * batch;
  const lead = steps === undefined ? [batch] : [steps, batch];
  return {
    rows: { shape: lead, data: Int32Array.from({ length: count }, (_, position) => rowOf(position)) },
    sigma: {
      shape: [...lead, 1],
      data: Float32Array.from({ length: count }, () => schedule.trainingSigma(stream.normal())),
    },
    withheld: {
      shape: [...lead, 1],
      data: Float32Array.from({ length: count }, () => (stream.uniform() < withheldShare ? 1 : 0)),
    },
    noise: { shape: [...lead, dimension], data: stream.fillNormal(new Float32Array(count * dimension)) },
  };
}

/**
 * How often a row is drawn. An unlabelled row is drawn as often as an average labelled one has its reward withheld: else the denoiser
 * without a reward, which guidance starts from, would take the unlabelled rows for nearly all there are.
 */
function rowWeights(
  rewards: Float64Array,
  { std }: RewardNormalization,
  weighting: RowWeighting,
  withheldShare: number,
): Float64Array {
  const labelled = rewards.filter((reward) => !Number.isNaN(reward)).map((reward) => reward * Math.sign(std));
  if (labelled.length === 0) return uniformWeights(rewards);
  const weights = weighting(labelled);
  let next = 0;
  return rewards.map((reward) => (Number.isNaN(reward) ? withheldShare : weights[next++]!));
}

/** Steps in one call of the runtime: long enough that handing over the state costs little, short enough to stay responsive. */
const stepsPerRun = 50;

/**
 * Trains a conditional denoiser with early stopping on held-out rows, whose numbers are `heldOut`; parameters are the moving average at
 * its best. Throws a data error for fewer than 2 rows, the signal's reason when aborted, and an Error when the loss is not finite.
 */
export async function trainDenoiser(
  options: TrainDenoiserOptions,
): Promise<{ model: DiffusionModel; curve: LossCurve; heldOut: Uint32Array }> {
  const { runtime, dimension, reward, stream, observer, signal } = options;
  const { schedule = karrasSchedule(), weighting = exponentialWeights() } = options;
  const n = options.rewards.length;
  if (n < 2) throw dataError(`a denoiser needs at least 2 rows, one to train on and one to check it, got ${n}`);
  const training: DenoiserTraining = { ...denoiserTrainingFor(n, dimension), ...options.training };
  const size: DenoiserSize = { dimension, width: training.width, blocks: training.blocks };
  const normalization = columnScaling(options.designs, dimension);
  const all: Rows = { designs: scaleColumns(options.designs, normalization), rewards: options.rewards };

  const order = stream.split('held-out rows').permutation(n);
  const heldOutCount = Math.min(2048, Math.max(1, Math.floor(n * training.heldOutShare)));
  const heldOutRows = order.subarray(0, heldOutCount);
  const heldOut = pick(all, dimension, heldOutRows);
  const trained = pick(all, dimension, order.subarray(heldOutCount));

  const draws = { withheldShare: training.rewardDropout, schedule, dimension };
  const rowStream = stream.split('rows');
  const drawRow = weightedIndices(rowWeights(trained.rewards, reward, weighting, training.rewardDropout));
  const noiseStream = stream.split('noise');
  const checkDraws = Math.max(heldOutCount, 1024);
  const loss = denoisingLoss(training.blocks);
  const { batch } = training;

  const { parameters, curve } = await fit({
    runtime,
    definition: {
      parameters: denoiserShapes(size),
      stepInputs: {
        rows: { shape: [batch], dtype: 'int' },
        sigma: { shape: [batch, 1] },
        withheld: { shape: [batch, 1] },
        noise: { shape: [batch, dimension] },
      },
      data: mapValues(dataValues(trained, dimension, reward), ({ shape }) => shape),
      loss,
      stepsPerRun,
      clipNorm: training.clipNorm,
      weightDecay: true,
      average: true,
    },
    parameters: initialDenoiser(size, stream.split('initial')),
    data: dataValues(trained, dimension, reward),
    steps: training.steps,
    rates: {
      learningRate: (step) => cosineSchedule(training.learningRate, step, training.steps, 100),
      weightDecay: training.weightDecay,
      averageDecay: training.averageDecay,
    },
    batches: (_from, count) =>
      drawInputs(count, batch, { ...draws, rowOf: () => drawRow(rowStream), stream: noiseStream }),
    heldOut: {
      loss,
      inputs: drawInputs(undefined, checkDraws, {
        ...draws,
        rowOf: (position) => position % heldOutCount,
        stream: stream.split('held-out noise'),
      }),
      data: dataValues(heldOut, dimension, reward),
    },
    runsPerCheck: Math.max(1, Math.round(training.steps / stepsPerRun / 40)),
    patience: training.patience,
    stage: 'denoiser',
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { model: { size, parameters, designs: normalization, reward, schedule }, curve, heldOut: heldOutRows };
}
