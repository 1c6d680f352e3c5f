import type { RandomStream } from '../base/index.ts';
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

/**
 * How badly the denoiser recovers each of n x d encoded designs without being told a reward: a bound on its negative log-likelihood up
 * to constants (Kingma et al. 2021), so large means far from what the data look like. n errors; a design's error depends on
 * `stream.split(index)`.
 */
export async function denoisingErrors(
  runtime: Runtime,
  model: DiffusionModel,
  designs: Float32Array,
  stream: RandomStream,
): Promise<Float64Array> {
  const { dimension } = model.size;
  const n = designs.length / dimension;
  const errors = new Float64Array(n);
  const program = await runtime.compile(supportGraph(model));
  try {
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
  } finally {
    await program.dispose();
  }
  return errors;
}
