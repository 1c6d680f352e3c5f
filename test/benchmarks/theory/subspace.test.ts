import { afterAll, describe, expect, it } from 'vitest';
import { guidingSlope } from '../../../benchmarks/theory/experiments/guidance.ts';
import { conditionalMean, exactDenoiser } from '../../../benchmarks/theory/experiments/gaussian.ts';
import { dot, gram, length, times, transposedTimes } from '../../../benchmarks/theory/experiments/matrix.ts';
import { linearReward, sampleMeasures } from '../../../benchmarks/theory/experiments/measures.ts';
import { hillOf, hillReward, regularized } from '../../../benchmarks/theory/experiments/rounds.ts';
import { drawRows, partsOf, subspaceProblem } from '../../../benchmarks/theory/experiments/subspace.ts';
import { correlation, randomStream } from '../../../src/base/index.ts';
import { gradientGuidances } from '../../../src/diffusion/index.ts';
import { constant, input, matMul, onnxRuntime, type Tensor } from '../../../src/graph/index.ts';
import { numbersOf } from '../../graph/helpers.ts';

const [ambient, latent, noise] = [10, 3, 0.2];
const problem = subspaceProblem({ ambient, latent, noise, penalty: 2 }, randomStream(1));
const unscaled = { mean: new Float64Array(ambient), scale: new Float64Array(ambient).fill(1) };
const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

describe('data on a subspace', () => {
  const n = 4000;
  const { designs, rewards } = drawRows(problem, n, randomStream(2));
  const { latents, off } = partsOf(problem, designs);

  it('lie on it, standard normal there', () => {
    expect(Math.max(...off)).toBeLessThan(1e-10);
    gram(latents, latent).forEach((value, at) => expect(value / n).toBeCloseTo(at % (latent + 1) === 0 ? 1 : 0, 1));
    expect(sampleMeasures(problem, designs).spread).toBeCloseTo(1, 1);
    expect(sampleMeasures(problem, designs).shift).toBeLessThan(0.08);
  });

  it('have rewards of the slope and noise asked for', () => {
    const exact = Float64Array.from({ length: n }, (_, row) =>
      dot(problem.beta, latents.subarray(row * latent, (row + 1) * latent)),
    );
    const left = rewards.map((reward, row) => reward - exact[row]!);
    expect(length(left) / Math.sqrt(n)).toBeCloseTo(noise, 2);
    expect(Math.abs(correlation(left, exact))).toBeLessThan(0.06);
  });

  it('are the same for the same stream, and their frame is orthonormal', () => {
    expect(drawRows(problem, 5, randomStream(2)).designs).toEqual(designs.slice(0, 5 * ambient));
    expect(length(problem.beta)).toBeCloseTo(1, 12);
    expect(length(problem.across)).toBeCloseTo(1, 12);
    expect(length(transposedTimes(problem.basis, problem.across))).toBeLessThan(1e-12);
  });

  it('lose the penalty for what is off the subspace', () => {
    const on = times(problem.basis, problem.beta);
    const design = Float32Array.from(on, (value, i) => 3 * value + 0.5 * problem.across[i]!);
    const measures = sampleMeasures(problem, design, linearReward(problem));
    expect(measures.onSupport).toBeCloseTo(3, 5);
    expect(measures.reward).toBeCloseTo(3 - 2 * 0.25, 5);
    expect(measures.offSupport).toBeCloseTo(0.5 / 3, 5);
    expect(measures.shift).toBeCloseTo(3, 5);
  });
});

describe('what is exact', () => {
  it('has the conditional mean of rows whose reward is near, and that of the denoiser where noise hides all', () => {
    const exact = conditionalMean(problem, 2);
    expect(length(exact)).toBeCloseTo(2 / (1 + noise ** 2), 12);
    const { designs, rewards } = drawRows(problem, 60_000, randomStream(3));
    const { latents } = partsOf(problem, designs);
    const near = [...rewards.keys()].filter((row) => Math.abs(rewards[row]! - 2) < 0.1);
    const centre = exact.map((_, j) => near.reduce((sum, row) => sum + latents[row * latent + j]! / near.length, 0));
    centre.forEach((value, j) => expect(value).toBeCloseTo(exact[j]!, 0));
    expect(Math.abs(dot(problem.beta, centre) - length(exact))).toBeLessThan(0.03);
    const blind = exactDenoiser(problem, unscaled, { sigma: 1e6, reward: 2 })(new Float64Array(ambient).fill(1));
    times(problem.basis, exact).forEach((value, i) => expect(blind[i]).toBeCloseTo(value, 6));
  });

  it('has the design itself where there is no noise, in scaled coordinates too', () => {
    const scaling = {
      mean: Float64Array.from({ length: ambient }, (_, i) => i / 10),
      scale: Float64Array.from({ length: ambient }, (_, i) => 0.5 + i / 5),
    };
    const design = times(problem.basis, Float64Array.of(0.5, -1, 2));
    const seen = design.map((value, i) => (value - scaling.mean[i]!) / scaling.scale[i]!);
    const found = exactDenoiser(problem, scaling, { sigma: 1e-5 })(seen);
    found.forEach((value, i) => expect(value).toBeCloseTo(seen[i]!, 6));
  });

  it('without a reward shrinks along the subspace and forgets the rest', () => {
    const x = randomStream(4).fillNormal(new Float64Array(ambient));
    const found = exactDenoiser(problem, unscaled, { sigma: 2 })(x);
    const projected = times(problem.basis, transposedTimes(problem.basis, x));
    found.forEach((value, i) => expect(value).toBeCloseTo(projected[i]! / 5, 10));
  });
});

describe('gradients added to the exact denoiser of the data', () => {
  const [n, steepness] = [6, 9];
  const x = randomStream(5).fillNormal(new Float64Array(n * ambient));
  const scaledBy = (factor: number): Tensor =>
    constant(
      Float32Array.from({ length: ambient * ambient }, (_, at) =>
        Array.from({ length: latent }, (_, j) => j).reduce(
          (sum, j) =>
            sum +
            factor *
              problem.basis[Math.floor(at / ambient) * latent + j]! *
              problem.basis[(at % ambient) * latent + j]!,
          0,
        ),
      ),
      [ambient, ambient],
    );
  const theta = constant(Float32Array.from(guidingSlope(problem, steepness)), [ambient, 1]);
  const guided = (name: 'look-ahead' | 'naive', sigma: number): Promise<number[]> => {
    const denoiser = (seen: Tensor): Tensor => matMul(seen, scaledBy(1 / (1 + sigma ** 2)));
    const pull = {
      model: (designs: Tensor) => matMul(designs, theta),
      target: constant(new Float32Array(n).fill(2), [n, 1]),
      std: noise,
      strength: constant([1], []),
    };
    const estimate = gradientGuidances[name](pull, () => denoiser)((seen) => seen);
    return numbersOf(runtime, estimate(input('x', [n, ambient]), constant([sigma])), {
      x: { shape: [n, ambient], data: Float32Array.from(x) },
    });
  };
  it.each([0.1, 1, 10])(
    'look ahead to the exact conditional at sigma %d, however steep across the subspace',
    async (sigma) => {
      const found = await guided('look-ahead', sigma);
      const exact = exactDenoiser(problem, unscaled, { sigma, reward: 2 });
      for (let row = 0; row < n; row++) {
        exact(x.slice(row * ambient, (row + 1) * ambient)).forEach((value, i) =>
          expect(found[row * ambient + i]).toBeCloseTo(value, 4),
        );
      }
    },
  );

  it('leave the subspace where they are naive', async () => {
    const off = async (name: 'look-ahead' | 'naive'): Promise<number> =>
      sampleMeasures(problem, Float32Array.from(await guided(name, 1))).offSupport;
    expect(await off('look-ahead')).toBeLessThan(1e-5);
    expect(await off('naive')).toBeGreaterThan(0.1);
  });
});

describe('the hill of rounds', () => {
  const hill = hillOf(problem, randomStream(6));

  it('is highest at its optimum, as far out as designs are', () => {
    expect(hillReward(hill, hill.optimum)).toBe(10);
    expect(length(hill.optimum)).toBeCloseTo(Math.sqrt(latent), 10);
  });

  it('less a pull to the centre is highest where rounds must end', () => {
    const pull = 0.5;
    const end = regularized(hill, pull);
    const value = (z: Float64Array): number => hillReward(hill, z) - (pull / 2) * dot(z, z);
    const stream = randomStream(7);
    for (let trial = 0; trial < 50; trial++) {
      const beside = end.map((coordinate) => coordinate + 0.3 * stream.normal());
      expect(value(beside)).toBeLessThan(value(end));
    }
    const slope = end.map((z, i) => hill.curvature[i]! * (hill.optimum[i]! - z) - pull * z);
    expect(length(slope)).toBeLessThan(1e-12);
  });
});
