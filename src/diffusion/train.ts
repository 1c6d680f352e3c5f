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
  type NamedTensors,
  type NamedValues,
  type Runtime,
  type Tensor,
} from '../graph/index.ts';
import { denoise, denoiserShapes, initialDenoiser, lossWeight, type DenoiserSize } from './denoiser.ts';
import type { RewardNormalization } from './normalization.ts';
import {
  dataValues,
  pickRows,
  rowWeights,
  trainingRows,
  withLabelledShare,
  withheldShares,
  type PseudoLabels,
} from './rows.ts';
import { karrasSchedule, type NoiseSchedule } from './schedule.ts';
import { exponentialWeights, weightedIndices, type RowWeighting } from './weights.ts';

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
  /** Rewards for the rows without one. */
  readonly pseudo?: PseudoLabels;
  readonly training?: Partial<DenoiserTraining>;
  readonly schedule?: NoiseSchedule;
  readonly weighting?: RowWeighting;
  /** A model to go on from: its parameters, its sizes and its scaling of designs, whatever `training` says of sizes. */
  readonly from?: Pick<DiffusionModel, 'parameters' | 'size' | 'designs'>;
  readonly stream: RandomStream;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** The rewards that the drawn rows are told: with noise of their standard deviation, drawn anew each time, where they have one. */
function toldRewards(step: NamedTensors, data: NamedTensors): Tensor {
  const reward = gather(data['rewards']!, step['rows']!);
  if (data['spread'] === undefined) return reward;
  return add(reward, multiply(gather(data['spread'], step['rows']!), step['rewardNoise']!));
}

/** The denoising loss (Karras et al. 2022, equation 2): mean of lambda(sigma) (D(z + sigma n) - z)^2 over rows and coordinates. */
export const denoisingLoss =
  (blocks: number): Loss =>
  (parameters, step, data) => {
    const clean = gather(data['designs']!, step['rows']!);
    const reward = toldRewards(step, data);
    const missing = maximum(step['withheld']!, gather(data['unlabelled']!, step['rows']!));
    const sigma = step['sigma']!;
    const noisy = add(clean, multiply(step['noise']!, sigma));
    const denoised = denoise(parameters, blocks, noisy, sigma, { reward, missing });
    return mean(multiply(square(subtract(denoised, clean)), lossWeight(sigma)));
  };

interface Draw {
  readonly rowOf: (position: number) => number;
  /** How often a row's reward is withheld. */
  readonly withheld: Float64Array;
  readonly schedule: NoiseSchedule;
  readonly dimension: number;
  readonly stream: RandomStream;
  /** For the noise of pseudo-labels, where there are any. */
  readonly rewardStream: RandomStream | undefined;
}

/** Step inputs of `steps` steps of `batch` rows, or of one step when `steps` is undefined. */
function drawInputs(steps: number | undefined, batch: number, draw: Draw): NamedValues {
  const { rowOf, withheld, schedule, dimension, stream, rewardStream } = draw;
  const count = (steps ?? 1) * batch;
  const lead = steps === undefined ? [batch] : [steps, batch];
  const rows = Int32Array.from({ length: count }, (_, position) => rowOf(position));
  return {
    rows: { shape: lead, data: rows },
    sigma: {
      shape: [...lead, 1],
      data: Float32Array.from({ length: count }, () => schedule.trainingSigma(stream.normal())),
    },
    withheld: {
      shape: [...lead, 1],
      data: Float32Array.from(rows, (row) => (stream.uniform() < withheld[row]! ? 1 : 0)),
    },
    noise: { shape: [...lead, dimension], data: stream.fillNormal(new Float32Array(count * dimension)) },
    ...(rewardStream === undefined
      ? {}
      : { rewardNoise: { shape: [...lead, 1], data: rewardStream.fillNormal(new Float32Array(count)) } }),
  };
}

const defaultLabelledShare = 0.1;

function copied(values: NamedValues): NamedValues {
  return mapValues(values, ({ shape, data }) => ({ shape, data: data.slice() }));
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
  const { runtime, dimension, reward, pseudo, from, stream, observer, signal } = options;
  const { schedule = karrasSchedule(), weighting = exponentialWeights() } = options;
  const n = options.rewards.length;
  if (n < 2) throw dataError(`a denoiser needs at least 2 rows, one to train on and one to check it, got ${n}`);
  const training: DenoiserTraining = { ...denoiserTrainingFor(n, dimension), ...options.training, ...from?.size };
  const size: DenoiserSize = { dimension, width: training.width, blocks: training.blocks };
  const normalization = from?.designs ?? columnScaling(options.designs, dimension);
  const usePseudo = pseudo !== undefined;
  const all = withLabelledShare(
    trainingRows(scaleColumns(options.designs, normalization), options.rewards, reward, pseudo),
    reward,
    weighting,
    pseudo?.labelledShare ?? defaultLabelledShare,
  );

  const order = stream.split('held-out rows').permutation(n);
  const heldOutCount = Math.min(2048, Math.max(1, Math.floor(n * training.heldOutShare)));
  const heldOutRows = order.subarray(0, heldOutCount);
  const heldOut = pickRows(all, dimension, heldOutRows);
  const trained = pickRows(all, dimension, order.subarray(heldOutCount));

  const { rewardDropout, batch } = training;
  const rowStream = stream.split('rows');
  const drawRow = weightedIndices(rowWeights(trained, reward, weighting, rewardDropout));
  const draws: Draw = {
    rowOf: () => drawRow(rowStream),
    withheld: withheldShares(trained, rewardDropout),
    schedule,
    dimension,
    stream: stream.split('noise'),
    rewardStream: usePseudo ? stream.split('reward noise') : undefined,
  };
  const checkDraws = Math.max(heldOutCount, 1024);
  const loss = denoisingLoss(training.blocks);
  const data = dataValues(trained, dimension, reward, usePseudo);

  const { parameters, curve } = await fit({
    runtime,
    definition: {
      parameters: denoiserShapes(size),
      stepInputs: {
        rows: { shape: [batch], dtype: 'int' },
        sigma: { shape: [batch, 1] },
        withheld: { shape: [batch, 1] },
        noise: { shape: [batch, dimension] },
        ...(usePseudo ? { rewardNoise: { shape: [batch, 1] } } : {}),
      },
      data: mapValues(data, ({ shape }) => shape),
      loss,
      stepsPerRun,
      clipNorm: training.clipNorm,
      weightDecay: true,
      average: true,
    },
    // Handed over, as training takes them: a model's own stay as they are.
    parameters: from === undefined ? initialDenoiser(size, stream.split('initial')) : copied(from.parameters),
    data,
    steps: training.steps,
    rates: {
      learningRate: (step) => cosineSchedule(training.learningRate, step, training.steps, 100),
      weightDecay: training.weightDecay,
      averageDecay: training.averageDecay,
    },
    batches: (_from, count) => drawInputs(count, batch, draws),
    heldOut: {
      loss,
      inputs: drawInputs(undefined, checkDraws, {
        ...draws,
        rowOf: (position) => position % heldOutCount,
        withheld: withheldShares(heldOut, rewardDropout),
        stream: stream.split('held-out noise'),
        rewardStream: usePseudo ? stream.split('held-out reward noise') : undefined,
      }),
      data: dataValues(heldOut, dimension, reward, usePseudo),
    },
    runsPerCheck: Math.max(1, Math.round(training.steps / stepsPerRun / 40)),
    patience: training.patience,
    stage: 'denoiser',
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { model: { size, parameters, designs: normalization, reward, schedule }, curve, heldOut: heldOutRows };
}
