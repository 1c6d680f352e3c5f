import { quantile, type RandomStream } from '../base/index.ts';
import {
  add,
  constant,
  expandLike,
  input,
  mapValues,
  mean,
  multiply,
  reshape,
  slice,
  square,
  subtract,
  type Graph,
  type Program,
  type Runtime,
  type Tensor,
} from '../graph/index.ts';
import { toNormalized } from './constrain.ts';
import { denoise, lossWeight } from './denoiser.ts';
import type { DiffusionModel } from './train.ts';

/** Noise levels at which the denoiser knows a design from its neighbours, each used twice. */
const levels = [0.2, 0.4, 0.8, 1.6].flatMap((sigma) => [sigma, sigma]);

/** Inputs `designs` [n, d] (encoded) and `noise` [levels, n, d]; output `errors` [n]. */
function supportGraph({ size, designs, parameters }: DiffusionModel): Graph {
  const shape = ['n', size.dimension];
  const weights = mapValues(parameters, ({ shape: dims, data }) => constant(Float32Array.from(data), dims));
  const z = toNormalized(input('designs', shape), designs);
  const noise = input('noise', [levels.length, ...shape]);
  const column = slice(z, 1, 0, 1);
  const filled = (value: number): Tensor => expandLike(constant([value], [1]), column);
  const errors = levels.map((level, index) => {
    const sigma = constant([level]);
    const drawn = reshape(slice(noise, 0, index, index + 1), shape);
    const noisy = add(z, multiply(drawn, sigma));
    const estimate = denoise(weights, size.blocks, noisy, sigma, { reward: filled(0), missing: filled(1) });
    return multiply(mean(square(subtract(estimate, z)), [1]), lossWeight(sigma));
  });
  return { outputs: { errors: multiply(errors.reduce(add), 1 / levels.length) } };
}

/** Rows of one call: bounds memory. */
const rowsPerRun = 2048;

/** How unlike the data designs are, held against rows that are known to belong to it. */
export interface Support {
  /**
   * How badly the denoiser recovers each of n x d encoded designs without being told a reward: a bound on its negative log-likelihood
   * up to constants (Kingma et al. 2021), so large means far from what the data look like. A design's error depends on
   * `stream.split(index)`.
   */
  errors(designs: Float32Array, stream: RandomStream): Promise<Float64Array>;
  /** The share of reference rows with an error at least as large, in (0, 1]: a conformal p-value, uniform for designs like them. */
  trust(errors: Float64Array): Float64Array;
  /** By how much errors exceed the 95 % quantile of the reference rows, in distances from their median to it; 0 below. */
  excess(errors: Float64Array): Float64Array;
  dispose(): Promise<void>;
}

/** The support of a model; `reference` holds encoded designs of the data (m x d, m at least 1), best such that it was not trained on. */
export async function createSupport(
  runtime: Runtime,
  model: DiffusionModel,
  reference: Float32Array,
  stream: RandomStream,
): Promise<Support> {
  const { dimension } = model.size;
  const program = await runtime.compile(supportGraph(model));
  const errors: Support['errors'] = (designs, own) => denoisingErrors(program, designs, dimension, own);
  const usual = (await errors(reference, stream)).sort();
  const [middle, most] = [quantile(usual, 0.5), quantile(usual, 0.95)];
  return {
    errors,
    trust: (values) => values.map((value) => (1 + usual.length - countBelow(usual, value)) / (usual.length + 1)),
    excess: (values) => values.map((value) => Math.max(0, value - most) / Math.max(1e-9, most - middle)),
    dispose: () => program.dispose(),
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
): Promise<Float64Array> {
  const n = designs.length / dimension;
  const errors = new Float64Array(n);
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
  }
  return errors;
}
