import { ignoreProgress, type Observer, type RandomStream } from '../base/index.ts';
import {
  clamp,
  constant,
  divide,
  input,
  mapValues,
  reshape,
  subtract,
  type Graph,
  type NamedValues,
  type Program,
  type Tensor,
  type Values,
} from '../graph/index.ts';
import { constrained, inTurn, toEncoded, toNormalized, withFixed, withinSlabs, type HalfSpaces } from './constrain.ts';
import { denoise } from './denoiser.ts';
import {
  classifierFree,
  gradientGuidances,
  type ConditionalDenoiser,
  type GradientGuidanceName,
  type Guidance,
  type RewardModel,
} from './guidance.ts';
import { samplers, type SamplerName } from './samplers.ts';
import type { DiffusionModel } from './train.ts';

export interface SamplingOptions {
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Linear constraints in encoded coordinates; none for most spaces. */
  readonly slabs: readonly HalfSpaces[];
  /** Pulls designs towards the target by a reward model's gradient as well. */
  readonly pull?: PullOptions;
  /** What takes targets [n, 1] in own units to the scale of the rewards that the model was trained on; own units without it. */
  readonly targetScale?: (target: Tensor) => Tensor;
  /** Starts from given designs with noise of this standard deviation (designs have unit variance) instead of from noise alone; above the
   *  schedule's smallest sigma, and cut to its largest. */
  readonly start?: { readonly sigma: number };
}

export interface PullOptions {
  /** Predicts the reward in own units of encoded designs. */
  readonly model: RewardModel;
  /** Standard deviation of rewards around what the model predicts, own units, above 0. */
  readonly std: number;
  /** 'look-ahead' unless told otherwise. */
  readonly gradient?: GradientGuidanceName;
}

/** `strength` of the noise is its share of a noised design's variance, sigma^2 / (1 + sigma^2): near 0 changes little, 1 starts from noise. */
export function sigmaOfStrength(strength: number): number {
  return Math.sqrt(strength / (1 - strength));
}

export const defaultSampling: SamplingOptions = { sampler: 'dpm-solver-2m', steps: 24, slabs: [] };

/** Targets further than this from the mean, in standard deviations, are taken to lie here: float32 arithmetic stays finite. */
const farthestTarget = 1e4;

/** Classifier-free guidance, and the reward model's gradient on top of it where there is one. `target` [n, 1] standardised. */
function guidanceOf({ reward, designs }: DiffusionModel, { pull }: SamplingOptions, target: Tensor): Guidance {
  const told = classifierFree(target, input('guidance', []));
  if (pull === undefined) return told;
  const { model, std, gradient = 'look-ahead' } = pull;
  return gradientGuidances[gradient](
    {
      model: (z) => divide(subtract(model(toEncoded(z, designs)), reward.mean), reward.std),
      target,
      std: std / Math.abs(reward.std),
      strength: input('pull', []),
    },
    told,
  );
}

/**
 * The sampler as one graph, which is also the model file's: inputs `noise` [n, d], `target` [n] in the reward's own units,
 * `guidance` [], `fixed` and `fixed_mask` [n, d] (encoded coordinates) and, for a stochastic sampler of more than one step,
 * `step_noise` [steps, n, d]; with `options.pull` also `pull` [], and with `options.start` `start` [n, d] (encoded); outputs whatever `decode` makes of the encoded designs [n, d].
 */
export function samplingGraph(
  model: DiffusionModel,
  options: SamplingOptions,
  decode: (designs: Tensor) => Readonly<Record<string, Tensor>>,
): Graph {
  const { size, reward, designs, schedule } = model;
  const { sample, stochastic } = samplers[options.sampler];
  const shape = ['n', size.dimension];
  const parameters = mapValues(model.parameters, ({ shape: dims, data }) => constant(Float32Array.from(data), dims));
  const given = reshape(input('target', ['n']), ['n', 1]);
  const target = options.targetScale?.(given) ?? given;
  const standardized = clamp(divide(subtract(target, reward.mean), reward.std), -farthestTarget, farthestTarget);
  const denoiser: ConditionalDenoiser = (x, sigma, condition) => denoise(parameters, size.blocks, x, sigma, condition);
  const guided = guidanceOf(model, options, standardized)(denoiser);
  const mask = input('fixed_mask', shape);
  const hold = withFixed(input('fixed', shape), mask);
  const project = inTurn(hold, withinSlabs(options.slabs, subtract(1, mask)));
  const stepNoise = stochastic ? { stepNoise: input('step_noise', [options.steps, ...shape]) } : {};
  const z = sample(constrained(guided, project, designs), {
    noise: input('noise', shape),
    sigmas: schedule.sigmas(options.steps, options.start?.sigma),
    ...(options.start === undefined ? {} : { origin: toNormalized(input('start', shape), designs) }),
    ...stepNoise,
  });
  return { outputs: decode(toEncoded(z, designs)) };
}

/** Values that designs keep: encoded coordinates, d for all designs or n x d for values of each one's own, and a mask (d) of 1 where
 *  fixed. */
export interface FixedCoordinates {
  readonly values: Float64Array | Float32Array;
  readonly mask: Float64Array;
}

export interface SampleRequest {
  readonly dimension: number;
  readonly sampling: SamplingOptions;
  /** What each design is asked to reach, own units; its length is the number of designs. */
  readonly targets: Float64Array;
  /** Guidance weight: 0 ignores the target, 1 samples the conditional, more pushes beyond. */
  readonly guidance: number;
  /** Strength of the reward model's gradient, where sampling has one: 0 is none, 1 (the default) is Bayes' rule. */
  readonly pull?: number;
  readonly fixed?: FixedCoordinates;
  /** Each design draws from `stream.split(index)`, so it does not depend on how many are drawn. */
  readonly stream: RandomStream;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** A request to change given designs; its `sampling` has a `start`. */
export interface RenoiseRequest extends SampleRequest {
  /** n x d in encoded coordinates, one for each target. */
  readonly designs: Float32Array;
}

/** Rows of one call of the runtime: bounds memory, and is how often progress and cancellation are looked at. */
const rowsPerRun = 1024;

function repeatRow(row: FixedCoordinates['values'] | undefined, n: number, dimension: number): Values {
  const data = new Float32Array(n * dimension);
  if (row !== undefined) for (let i = 0; i < n; i++) data.set(row, i * dimension);
  return { shape: [n, dimension], data };
}

/** Rows from `from` to `to` of n x d, or one row of d for all of them. */
function rowsOf(values: FixedCoordinates['values'] | undefined, from: number, to: number, dimension: number): Values {
  if (values === undefined || values.length === dimension) return repeatRow(values, to - from, dimension);
  return { shape: [to - from, dimension], data: Float32Array.from(values.subarray(from * dimension, to * dimension)) };
}

/** The inputs of the sampling graph for the designs from `from` to `to`. */
export function samplingInputs(request: SampleRequest | RenoiseRequest, from: number, to: number): NamedValues {
  const { dimension, sampling, targets, guidance, pull = 1, fixed, stream } = request;
  const n = to - from;
  const noise = new Float32Array(n * dimension);
  const steps = samplers[sampling.sampler].stochastic ? sampling.steps : 0;
  const stepNoise = new Float32Array(steps * n * dimension);
  for (let i = 0; i < n; i++) {
    const own = stream.split(from + i);
    own.fillNormal(noise.subarray(i * dimension, (i + 1) * dimension));
    for (let step = 0; step < steps; step++) {
      own.fillNormal(stepNoise.subarray((step * n + i) * dimension, (step * n + i + 1) * dimension));
    }
  }
  return {
    noise: { shape: [n, dimension], data: noise },
    target: { shape: [n], data: Float32Array.from(targets.subarray(from, to)) },
    guidance: { shape: [], data: Float32Array.of(guidance) },
    fixed: rowsOf(fixed?.values, from, to, dimension),
    fixed_mask: repeatRow(fixed?.mask, n, dimension),
    ...(sampling.pull === undefined ? {} : { pull: { shape: [], data: Float32Array.of(pull) } }),
    ...('designs' in request ? { start: rowsOf(request.designs, from, to, dimension) } : {}),
    ...(steps > 0 ? { step_noise: { shape: [steps, n, dimension], data: stepNoise } } : {}),
  };
}

/** Runs a sampling graph over all targets; `take` gets the outputs of each part in order. */
export async function drawSamples(
  program: Program,
  request: SampleRequest | RenoiseRequest,
  take: (outputs: NamedValues, from: number) => void,
): Promise<void> {
  const { targets, signal, observer = ignoreProgress } = request;
  for (let from = 0; from < targets.length; from += rowsPerRun) {
    signal?.throwIfAborted();
    const to = Math.min(targets.length, from + rowsPerRun);
    take(await program.run(samplingInputs(request, from, to)), from);
    observer({ stage: 'sampling', done: to, total: targets.length });
  }
}

/** n x d encoded designs from a program of `samplingGraph(model, options, (designs) => ({ designs }))`. */
export async function sampleDesigns(program: Program, request: SampleRequest): Promise<Float32Array> {
  const all = new Float32Array(request.targets.length * request.dimension);
  await drawSamples(program, request, ({ designs }, from) => all.set(designs!.data, from * request.dimension));
  return all;
}

/**
 * n x d encoded designs near the given ones (SDEdit, Meng et al. 2022, arXiv:2108.01073; for designs Yuan et al. 2025,
 * arXiv:2405.13964): noise of `sampling.start.sigma` is added, and taken away again by sampling for the targets from there on. From a
 * program of `samplingGraph(model, options, (designs) => ({ designs }))` whose options have that `start`.
 */
export function renoiseDesigns(program: Program, request: RenoiseRequest): Promise<Float32Array> {
  return sampleDesigns(program, request);
}
