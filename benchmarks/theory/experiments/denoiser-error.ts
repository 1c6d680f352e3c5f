import type { RandomStream } from '../../../src/base/index.ts';
import { denoise, karrasSchedule, type DiffusionModel } from '../../../src/diffusion/index.ts';
import { constant, input, mapValues, type Runtime } from '../../../src/graph/index.ts';
import { exactDenoiser } from './gaussian.ts';
import { drawRows, type SubspaceProblem } from './subspace.ts';

const heldOut = 512;
const usual = karrasSchedule();

/**
 * The root of what the denoiser's loss has above the least possible: of the mean of lambda(sigma) |D - D*|^2 / dimension over new rows,
 * their measured rewards and the package's training noise, with D* the exact conditional mean.
 */
export async function denoiserError(
  runtime: Runtime,
  { size, parameters, designs: scaling, reward: { mean, std } }: DiffusionModel,
  problem: SubspaceProblem,
  stream: RandomStream,
): Promise<number> {
  const { dimension, blocks } = size;
  const { designs, rewards } = drawRows(problem, heldOut, stream.split('rows'));
  const noise = stream.split('noise');
  const sigmas = Float64Array.from({ length: heldOut }, () => usual.trainingSigma(noise.normal()));
  const noisy = designs.map((value, at) => {
    const [row, i] = [Math.floor(at / dimension), at % dimension];
    return (value - scaling.mean[i]!) / scaling.scale[i]! + sigmas[row]! * noise.normal();
  });
  const column = ['n', 1];
  const constants = mapValues(parameters, ({ shape, data }) => constant(Float32Array.from(data), shape));
  const condition = { reward: input('reward', column), missing: input('missing', column) };
  const denoised = denoise(constants, blocks, input('x', ['n', dimension]), input('sigma', column), condition);
  const program = await runtime.compile({ outputs: { denoised } });
  const shape = [heldOut, 1];
  const outputs = await program.run({
    x: { shape: [heldOut, dimension], data: noisy.slice() },
    sigma: { shape, data: Float32Array.from(sigmas) },
    reward: { shape, data: Float32Array.from(rewards, (reward) => (reward - mean) / std) },
    missing: { shape, data: new Float32Array(heldOut) },
  });
  await program.dispose();
  let total = 0;
  for (let row = 0; row < heldOut; row++) {
    const sigma = sigmas[row]!;
    const exact = exactDenoiser(problem, scaling, { sigma, reward: rewards[row]! });
    const weight = 1 + 1 / sigma ** 2;
    exact(Float64Array.from(noisy.subarray(row * dimension, (row + 1) * dimension))).forEach((value, i) => {
      total += weight * (outputs['denoised']!.data[row * dimension + i]! - value) ** 2;
    });
  }
  return Math.sqrt(total / (heldOut * dimension));
}
