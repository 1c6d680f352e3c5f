import { mean as meanOf, quantile, standardDeviation, type RandomStream } from '../base/index.ts';
import {
  add,
  constant,
  expandLike,
  input,
  mapValues,
  mean,
  multiply,
  slice,
  square,
  subtract,
  type Graph,
  type Program,
  type Runtime,
  type Tensor,
} from '../graph/index.ts';
import { toNormalized } from './constrain.ts';
import { denoise, lossWeight, type Condition } from './denoiser.ts';
import type { DiffusionModel } from './train.ts';

/** Noise levels at which the denoiser knows a design from its neighbours, each used twice. */
const levels = [0.2, 0.4, 0.8, 1.6].flatMap((sigma) => [sigma, sigma]);

/** Inputs `designs` [n, d] (encoded) and `noise` [levels, n, d]; outputs `errors` [n], and `told` [n], those when this reward is told
 *  (standardised). */
function supportGraph({ size, designs, parameters }: DiffusionModel, reward?: number): Graph {
  const weights = mapValues(parameters, ({ shape: dims, data }) => constant(Float32Array.from(data), dims));
  const z = toNormalized(input('designs', ['n', size.dimension]), designs);
  const noise = input('noise', [levels.length, 'n', size.dimension]);
  const column = slice(noise, 2, 0, 1);
  const filled = (value: number): Tensor => expandLike(constant([value], [1]), column);
  const levelOf = constant(levels, [levels.length, 1, 1]);
  const sigma = expandLike(levelOf, column);
  const noisy = add(z, multiply(noise, levelOf));
  const errorsAt = (condition: Condition): Tensor => {
    const estimate = denoise(weights, size.blocks, noisy, sigma, condition);
    const errors = multiply(mean(square(subtract(estimate, z)), [2], true), lossWeight(levelOf));
    return mean(errors, [0, 2]);
  };
  return {
    outputs: {
      errors: errorsAt({ reward: filled(0), missing: filled(1) }),
      ...(reward === undefined ? {} : { told: errorsAt({ reward: filled(reward), missing: filled(0) }) }),
    },
  };
}

/** Rows of one call: bounds memory. */
const rowsPerRun = 2048;

/** What a denoiser thinks of n designs, n numbers each. */
export interface SupportErrors {
  /**
   * How badly it recovers the design without being told a reward: a bound on its negative log-likelihood
   * up to constants (Kingma et al. 2021), so large means far from what the data look like.
   */
  readonly errors: Float64Array;
  /**
   * How much better it recovers the design when it is told that the reward is the one asked about: an estimate of
   * log p(reward | design) up to scale and a constant, by Bayes' rule (Li et al. 2023, arXiv:2303.16203, equation 6).
   * Empty where it was not asked for.
   */
  readonly evidence: Float64Array;
}

/** How unlike the data designs are, held against rows that are known to belong to it. */
export interface Support {
  /** Of n x d encoded designs. A design's errors depend on `stream.split(index)`. Without `evidence` half the work. */
  readonly errors: (
    designs: Float32Array,
    stream: RandomStream,
    options?: { readonly evidence?: boolean },
  ) => Promise<SupportErrors>;
  /** Evidence in standard deviations from its mean over the reference rows. */
  readonly standardEvidence: (evidence: Float64Array) => Float64Array;
  /** The share of reference rows with an error at least as large, in (0, 1]: a conformal p-value, uniform for designs like them. */
  readonly trust: (errors: Float64Array) => Float64Array;
  /** By how much errors exceed the 95 % quantile of the reference rows, in distances from their median to it; 0 below. */
  readonly excess: (errors: Float64Array) => Float64Array;
  readonly dispose: () => Promise<void>;
}

/**
 * The support of a model; `reference` holds encoded designs of the data (m x d, m at least 1), best such that it was not trained on.
 * Evidence is for `reward` (own units).
 */
export async function createSupport(
  runtime: Runtime,
  model: DiffusionModel,
  reference: Float32Array,
  reward: number,
  stream: RandomStream,
): Promise<Support> {
  const { dimension } = model.size;
  const told = await runtime.compile(supportGraph(model, (reward - model.reward.mean) / model.reward.std));
  const untold = await runtime.compile(supportGraph(model));
  const errors: Support['errors'] = (designs, own, { evidence = true } = {}) =>
    denoisingErrors(evidence ? told : untold, designs, dimension, own);
  const ofReference = await errors(reference.slice(), stream);
  const usual = ofReference.errors.slice().sort();
  const [center, spread] = [meanOf(ofReference.evidence), standardDeviation(ofReference.evidence) || 1];
  const [middle, most] = [quantile(usual, 0.5), quantile(usual, 0.95)];
  return {
    errors,
    standardEvidence: (evidence) => evidence.map((value) => (value - center) / spread),
    trust: (values) => values.map((value) => (1 + usual.length - countBelow(usual, value)) / (usual.length + 1)),
    excess: (values) => values.map((value) => Math.max(0, value - most) / Math.max(1e-9, most - middle)),
    dispose: async () => void (await Promise.all([told.dispose(), untold.dispose()])),
  };
}

/** How many of the rising numbers are less than the value. */
function countBelow(rising: Float64Array, value: number): number {
  let [from, to] = [0, rising.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rising[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

async function denoisingErrors(
  program: Program,
  designs: Float32Array,
  dimension: number,
  stream: RandomStream,
): Promise<SupportErrors> {
  const n = designs.length / dimension;
  const errors = new Float64Array(n);
  const evidence: number[] = [];
  for (let from = 0; from < n; from += rowsPerRun) {
    const count = Math.min(n - from, rowsPerRun);
    const noise = new Float32Array(levels.length * count * dimension);
    for (let i = 0; i < count; i++) {
      const own = stream.split(from + i);
      for (let level = 0; level < levels.length; level++) {
        const start = (level * count + i) * dimension;
        own.fillNormal(noise.subarray(start, start + dimension));
      }
    }
    const outputs = await program.run({
      designs: { shape: [count, dimension], data: designs.slice(from * dimension, (from + count) * dimension) },
      noise: { shape: [levels.length, count, dimension], data: noise },
    });
    errors.set(outputs['errors']!.data, from);
    outputs['told']?.data.forEach((told) => evidence.push(errors[evidence.length]! - told));
  }
  return { errors, evidence: Float64Array.from(evidence) };
}
