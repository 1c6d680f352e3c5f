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
import { constrained, inTurn, toEncoded, withFixed, withinSlabs, type HalfSpaces } from './constrain.ts';
import { denoise } from './denoiser.ts';
import { classifierFree, type ConditionalDenoiser } from './guidance.ts';
import { samplers, type SamplerName } from './samplers.ts';
import type { DiffusionModel } from './train.ts';

export interface SamplingOptions {
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Linear constraints in encoded coordinates; none for most spaces. */
  readonly slabs: readonly HalfSpaces[];
}

export const defaultSampling: SamplingOptions = { sampler: 'dpm-solver-2m', steps: 24, slabs: [] };

/** Targets further than this from the mean, in standard deviations, are taken to lie here: float32 arithmetic stays finite. */
const farthestTarget = 1e4;

/**
 * The sampler as one graph, which is also the model file's: inputs `noise` [n, d], `target` [n] in the reward's own units,
 * `guidance` [], `fixed` and `fixed_mask` [n, d] (encoded coordinates) and, for a stochastic sampler of more than one step,
 * `step_noise` [steps, n, d]; outputs whatever `decode` makes of the encoded designs [n, d].
 */
export function samplingGraph(
  model: DiffusionModel,
  options: SamplingOptions,
  decode: (designs: Tensor) => Readonly<Record<string, Tensor>>,
): Graph {
  const { size, reward, designs } = model;
  const { sample, stochastic } = samplers[options.sampler];
  const shape = ['n', size.dimension];
  const parameters = mapValues(model.parameters, ({ shape: dims, data }) => constant(Float32Array.from(data), dims));
  const target = reshape(input('target', ['n']), ['n', 1]);
  const standardized = clamp(divide(subtract(target, reward.mean), reward.std), -farthestTarget, farthestTarget);
  const denoiser: ConditionalDenoiser = (x, sigma, condition) => denoise(parameters, size.blocks, x, sigma, condition);
  const guided = classifierFree(standardized, input('guidance', []))(denoiser);
  const mask = input('fixed_mask', shape);
  const hold = withFixed(input('fixed', shape), mask);
  const project = inTurn(hold, withinSlabs(options.slabs, subtract(1, mask)));
  const stepNoise = stochastic ? { stepNoise: input('step_noise', [options.steps, ...shape]) } : {};
  const z = sample(constrained(guided, project, designs), {
    noise: input('noise', shape),
    sigmas: model.schedule.sigmas(options.steps),
    ...stepNoise,
  });
  return { outputs: decode(toEncoded(z, designs)) };
}

/** Values that designs keep: d encoded coordinates and a mask of 1 where fixed. */
export interface FixedCoordinates {
  readonly values: Float64Array;
  readonly mask: Float64Array;
}

export interface SampleRequest {
  readonly dimension: number;
  readonly sampling: SamplingOptions;
  /** What each design is asked to reach, own units; its length is the number of designs. */
  readonly targets: Float64Array;
  /** Guidance weight: 0 ignores the target, 1 samples the conditional, more pushes beyond. */
  readonly guidance: number;
  readonly fixed?: FixedCoordinates;
  /** Each design draws from `stream.split(index)`, so it does not depend on how many are drawn. */
  readonly stream: RandomStream;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** Rows of one call of the runtime: bounds memory, and is how often progress and cancellation are looked at. */
const rowsPerRun = 1024;

function repeatRow(row: Float64Array | undefined, n: number, dimension: number): Values {
  const data = new Float32Array(n * dimension);
  if (row !== undefined) for (let i = 0; i < n; i++) data.set(row, i * dimension);
  return { shape: [n, dimension], data };
}

/** The inputs of the sampling graph for the designs from `from` to `to`. */
export function samplingInputs(request: SampleRequest, from: number, to: number): NamedValues {
  const { dimension, sampling, targets, guidance, fixed, stream } = request;
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
    fixed: repeatRow(fixed?.values, n, dimension),
    fixed_mask: repeatRow(fixed?.mask, n, dimension),
    ...(steps > 0 ? { step_noise: { shape: [steps, n, dimension], data: stepNoise } } : {}),
  };
}

/** Runs a sampling graph over all targets; `take` gets the outputs of each part in order. */
export async function drawSamples(
  program: Program,
  request: SampleRequest,
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
