import { randomStream, type RandomStream } from '../../src/base/index.ts';
import {
  renoiseDesigns,
  rewardNormalization,
  samplingGraph,
  sampleDesigns,
  trainDenoiser,
  uniformWeights,
  type DiffusionModel,
  type FixedCoordinates,
  type NoiseSchedule,
  type SampleRequest,
  type SamplingOptions,
} from '../../src/diffusion/index.ts';
import type { LossCurve, Runtime } from '../../src/graph/index.ts';

/** Designs of two coordinates, independent and normal, and a reward in own units that is linear in them plus noise. */
export const joint = {
  mean: [0.1, -0.2],
  std: [0.25, 0.15],
  /** reward = offset + slope . x + normal of this standard deviation. */
  offset: 50,
  slope: [40, -40],
  noise: 5,
} as const;

const rewardMean = joint.offset + joint.slope[0] * joint.mean[0] + joint.slope[1] * joint.mean[1];
const rewardVariance = (joint.slope[0] * joint.std[0]) ** 2 + (joint.slope[1] * joint.std[1]) ** 2 + joint.noise ** 2;
/** Mean and standard deviation of the reward over all designs. */
export const reward: { readonly mean: number; readonly std: number } = {
  mean: rewardMean,
  std: Math.sqrt(rewardVariance),
};

/** Mean and standard deviation of coordinate k given the reward. */
export function conditionalOf(k: 0 | 1, target: number): { readonly mean: number; readonly std: number } {
  const cross = joint.slope[k] * joint.std[k] ** 2;
  return {
    mean: joint.mean[k] + (cross / rewardVariance) * (target - rewardMean),
    std: Math.sqrt(joint.std[k] ** 2 - cross ** 2 / rewardVariance),
  };
}

export interface Rows {
  readonly designs: Float32Array;
  readonly rewards: Float64Array;
}

export function drawRows(n: number, stream: RandomStream = randomStream(21)): Rows {
  const designs = new Float32Array(2 * n);
  const rewards = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (const k of [0, 1] as const) designs[2 * i + k] = joint.mean[k] + joint.std[k] * stream.normal();
    rewards[i] =
      joint.offset +
      joint.slope[0] * designs[2 * i]! +
      joint.slope[1] * designs[2 * i + 1]! +
      joint.noise * stream.normal();
  }
  return { designs, rewards };
}

/** A small denoiser of the joint distribution, all rows weighted alike. */
export async function trainOn(
  { designs, rewards }: Rows,
  runtime: Runtime,
  schedule?: NoiseSchedule,
): Promise<{ model: DiffusionModel; curve: LossCurve }> {
  return trainDenoiser({
    runtime,
    designs,
    dimension: 2,
    rewards,
    reward: rewardNormalization(rewards, 'maximize'),
    weighting: uniformWeights,
    training: { width: 64, blocks: 2, batch: 128, steps: 1500 },
    stream: randomStream(22),
    ...(schedule === undefined ? {} : { schedule }),
  });
}

export interface DrawOptions {
  readonly sampling: SamplingOptions;
  readonly target: number;
  readonly guidance: number;
  readonly n: number;
  readonly fixed?: FixedCoordinates;
  readonly pull?: number;
  /** n x 2 designs to start from. */
  readonly designs?: Float32Array;
}

/** n x 2 samples. */
export async function draw(
  model: DiffusionModel,
  runtime: Runtime,
  { sampling, target, guidance, n, fixed, pull, designs: start }: DrawOptions,
): Promise<Float32Array> {
  const program = await runtime.compile(samplingGraph(model, sampling, (designs) => ({ designs })));
  try {
    const request: SampleRequest = {
      dimension: 2,
      sampling,
      targets: new Float64Array(n).fill(target),
      guidance,
      stream: randomStream(23),
      ...(fixed === undefined ? {} : { fixed }),
      ...(pull === undefined ? {} : { pull }),
    };
    return await (start === undefined
      ? sampleDesigns(program, request)
      : renoiseDesigns(program, { ...request, designs: start }));
  } finally {
    await program.dispose();
  }
}
