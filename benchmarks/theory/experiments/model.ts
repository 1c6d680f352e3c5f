import type { RandomStream } from '../../../src/base/index.ts';
import {
  defaultSampling,
  karrasSchedule,
  rewardNormalization,
  rowWeightings,
  sampleDesigns,
  samplingGraph,
  trainDenoiser,
  vpCosineSchedule,
  type DenoiserTraining,
  type DiffusionModel,
  type NoiseSchedule,
  type SamplingOptions,
  type WeightingName,
} from '../../../src/diffusion/index.ts';
import { add, input, matMul, type Program, type Runtime, type Tensor } from '../../../src/graph/index.ts';
import { processorSeconds } from './processor.ts';
import { ridge } from './ridge.ts';
import { times } from './matrix.ts';
import { drawRows, type SubspaceProblem } from './subspace.ts';

/** A way of training. */
export interface Variation {
  readonly name: string;
  readonly weighting: WeightingName;
  readonly training: Partial<DenoiserTraining>;
  /** Another noise than the package's: ln sigma normal in training, or the schedule of Guo et al. (2024). */
  readonly noise?: { readonly mean: number; readonly std: number } | 'vp-cosine';
}

function scheduleOf({ noise }: Variation): NoiseSchedule {
  return noise === 'vp-cosine' ? vpCosineSchedule() : karrasSchedule(undefined, noise);
}

export interface RowCounts {
  readonly labelled: number;
  readonly unlabelled: number;
}

/**
 * Algorithm 1 of Yuan et al. (2023): ridge regression on the labelled rows labels the others, with noise of the measured rewards' standard
 * deviation added anew each time a row is drawn, and a conditional denoiser is trained on all.
 */
export async function trainOn(
  runtime: Runtime,
  problem: SubspaceProblem,
  { labelled, unlabelled }: RowCounts,
  variation: Variation,
  stream: RandomStream,
): Promise<DiffusionModel> {
  const { ambient, noise } = problem;
  const n = labelled + unlabelled;
  const { designs, rewards } = drawRows(problem, n, stream.split('rows'));
  const theta = ridge(designs.subarray(0, labelled * ambient), rewards.subarray(0, labelled));
  const told = rewards.map((reward, row) => (row < labelled ? reward : NaN));
  const pseudo = { mean: times(Float64Array.from(designs), theta), std: new Float64Array(n).fill(noise) };
  const { model } = await trainDenoiser({
    runtime,
    designs,
    dimension: ambient,
    rewards: told,
    reward: rewardNormalization(rewards.subarray(0, labelled), 'maximize'),
    ...(unlabelled === 0 ? {} : { pseudo }),
    weighting: rowWeightings[variation.weighting],
    training: variation.training,
    schedule: scheduleOf(variation),
    stream: stream.split('training'),
  });
  return model;
}

/** Goes on training the denoiser without a reward on designs, n x D: what is asked of it with weight 0 follows them. */
export async function trainFurther(
  runtime: Runtime,
  model: DiffusionModel,
  designs: Float32Array,
  steps: number,
  stream: RandomStream,
): Promise<DiffusionModel> {
  const { size, reward, schedule } = model;
  const rewards = new Float64Array(designs.length / size.dimension).fill(NaN);
  const training = { steps, learningRate: 5e-4, averageDecay: 0.98 };
  const tuned = await trainDenoiser({
    ...{ runtime, designs, dimension: size.dimension, rewards, reward },
    ...{ training, schedule, from: model, stream },
  });
  return tuned.model;
}

/** What is asked of a sampler. */
export interface DrawRequest {
  /** Own units of the reward. */
  readonly target: number;
  /** Classifier-free weight: 0 is the distribution of the data, 1 the conditional. */
  readonly guidance: number;
  readonly count: number;
  readonly stream: RandomStream;
  /** The gradient of a reward that guides, D numbers, and its value at 0; see `linearModel`. */
  readonly plane?: { readonly slope: Float64Array; readonly at0: number };
}

export interface Drawn {
  /** n x D. */
  readonly designs: Float32Array;
  /** Of processor time. */
  readonly seconds: number;
}

export interface OpenSampler {
  readonly draw: (request: DrawRequest) => Promise<Drawn>;
  readonly close: () => Promise<void>;
}

/** A guiding reward at0 + slope' x, both told with each request, so that it can change without a new graph. */
export function linearModel(dimension: number): (designs: Tensor) => Tensor {
  const [slope, at0] = [input('slope', [dimension, 1]), input('at0', [1])];
  return (designs) => add(matMul(designs, slope), at0);
}

export async function openSampler(
  runtime: Runtime,
  model: DiffusionModel,
  options: Partial<SamplingOptions> = {},
): Promise<OpenSampler> {
  const sampling = { ...defaultSampling, ...options };
  const { dimension } = model.size;
  const program = await runtime.compile(samplingGraph(model, sampling, (designs) => ({ designs })));
  return {
    draw: async ({ target, guidance, count, stream, plane }) => {
      const from = processorSeconds();
      const targets = new Float64Array(count).fill(target);
      const told = plane === undefined ? program : withPlane(program, plane);
      const designs = await sampleDesigns(told, { dimension, sampling, targets, guidance, stream });
      return { designs, seconds: processorSeconds() - from };
    },
    close: () => program.dispose(),
  };
}

function withPlane(program: Program, { slope, at0 }: NonNullable<DrawRequest['plane']>): Program {
  return {
    ...program,
    run: (inputs) =>
      program.run({
        ...inputs,
        slope: { shape: [slope.length, 1], data: Float32Array.from(slope) },
        at0: { shape: [1], data: Float32Array.of(at0) },
      }),
  };
}
