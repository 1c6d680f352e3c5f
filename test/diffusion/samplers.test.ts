import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { karrasSchedule, samplers, type Estimate, type SamplerName } from '../../src/diffusion/index.ts';
import { input, onnxRuntime, referenceRuntime, type Runtime } from '../../src/graph/index.ts';
import { evaluate } from '../graph/helpers.ts';
import {
  exactDenoiser,
  flow,
  gaussian,
  mixtureDenoiser,
  momentsOf,
  posteriorMean,
  standardErrorsFrom,
  type Mixture,
} from './gaussians.ts';

const onnx = onnxRuntime({ threads: 2 });
afterAll(() => onnx.close());

const names = Object.keys(samplers) as SamplerName[];
const solvers = names.filter((name) => !samplers[name].stochastic);
const range = { min: 1e-3, max: 80 };

/** n x 2 samples at the end of `steps` noise levels. */
async function sample(
  runtime: Runtime,
  name: SamplerName,
  estimate: Estimate,
  noise: Float64Array | Float32Array,
  sigmas: Float64Array,
): Promise<ArrayLike<number>> {
  const n = noise.length / 2;
  const steps = sigmas.length;
  const { stochastic, sample: sampler } = samplers[name];
  const stepNoise = stochastic ? { stepNoise: input('step_noise', [steps, 'n', 2]) } : {};
  const x = sampler(estimate, { noise: input('noise', ['n', 2]), sigmas, ...stepNoise });
  const drawn = randomStream(5)
    .split('steps')
    .fillNormal(new Float32Array(stochastic ? steps * noise.length : 0));
  const values = await evaluate(
    runtime,
    { x },
    {
      noise: { shape: [n, 2], data: noise },
      ...(stochastic ? { step_noise: { shape: [steps, n, 2], data: drawn } } : {}),
    },
  );
  return values['x']!.data;
}

const levels = (steps: number): Float64Array => karrasSchedule(range).sigmas(steps);

describe('order of convergence, against the exact solution for a Gaussian', () => {
  const target = gaussian([0.7, -1.2], [1.4, 0.15], 0.6);
  const noise = randomStream(1)
    .split('order')
    .fillNormal(new Float64Array(2 * 32));
  const exact = Array.from({ length: 32 }, (_, i) => {
    const start = [range.max * noise[2 * i]!, range.max * noise[2 * i + 1]!];
    return posteriorMean(target, flow(target, start, range.max, range.min), range.min);
  }).flat();

  async function errorWith(name: SamplerName, steps: number): Promise<number> {
    const x = await sample(referenceRuntime, name, exactDenoiser(target), noise, levels(steps));
    return Math.sqrt(exact.reduce((total, value, i) => total + (value - x[i]!) ** 2, 0) / exact.length);
  }

  const expected = { euler: 1, heun: 2, 'dpm-solver-2m': 2 } as const;

  test.each(Object.entries(expected) as [keyof typeof expected, number][])('%s has order %d', async (name, order) => {
    const errors = await Promise.all([64, 128, 256, 512].map((steps) => errorWith(name, steps + 1)));
    const slopes = errors.slice(1).map((error, i) => Math.log2(errors[i]! / error));
    expect(slopes.at(-1)).toBeGreaterThan(order - 0.1);
    expect(slopes.at(-1)).toBeLessThan(order + 0.2);
    // Every halving of the steps comes near it.
    for (const slope of slopes) expect(Math.abs(slope - order)).toBeLessThan(0.35);
  });

  test('at equal cost the second-order solvers beat Euler', async () => {
    const [eulerError, heunError, solverError] = await Promise.all([
      errorWith('euler', 65),
      errorWith('heun', 33),
      errorWith('dpm-solver-2m', 65),
    ]);
    expect(heunError).toBeLessThan(0.5 * eulerError);
    expect(solverError).toBeLessThan(0.5 * eulerError);
  });
});

/**
 * What a sampler of order 1 makes of a variance v along one axis: with an exact denoiser a step multiplies x by a number and adds
 * normals, so the variance it ends with is known for any number of steps.
 */
function varianceAfter(name: SamplerName, v: number, sigmas: Float64Array): number {
  const shrink = (sigma: number): number => v / (v + sigma ** 2);
  let variance = sigmas[0]! ** 2;
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const ratio = sigmas[i + 1]! / sigmas[i]!;
    const keep = name === 'euler' ? ratio : ratio ** 2;
    const fresh = name === 'euler' ? 0 : sigmas[i + 1]! ** 2 - (ratio * sigmas[i + 1]!) ** 2;
    variance = (keep + (1 - keep) * shrink(sigmas[i]!)) ** 2 * variance + fresh;
  }
  return shrink(sigmas.at(-1)!) ** 2 * variance;
}

const firstOrder: readonly SamplerName[] = ['euler', 'euler-ancestral'];

/** The variance to expect: the target's, but for what steps of order 1 are known to lose. */
function expectedVariance(name: SamplerName, v: number, steps: number): number {
  return firstOrder.includes(name) ? varianceAfter(name, v, levels(steps)) : v;
}

test.each(firstOrder)(
  '%s loses variance in proportion to the length of its steps, about 2 to 5 %% with 256',
  (name) => {
    const loss = (steps: number): number => 1 - varianceAfter(name, 1, levels(steps));
    expect(loss(256)).toBeGreaterThan(0.015);
    expect(loss(256)).toBeLessThan(0.055);
    expect(loss(512) / loss(256)).toBeCloseTo(0.5, 1);
  },
);

describe('moments, within 4 standard errors of 10,000 samples', () => {
  const n = 10_000;
  const steps = 256;
  const noise = (): Float32Array =>
    randomStream(2)
      .split('moments')
      .fillNormal(new Float32Array(2 * n));

  test.each(names)('%s samples a Gaussian with a diagonal covariance', async (name) => {
    const variances = [2.25, 0.04] as const;
    const x = await sample(onnx, name, exactDenoiser(gaussian([0.4, -2], variances, 0)), noise(), levels(steps));
    const [a, b] = variances.map((v) => expectedVariance(name, v, steps));
    expect(standardErrorsFrom(momentsOf(x), gaussian([0.4, -2], [a!, b!], 0))).toBeLessThan(4);
  });

  test.each(names)('%s samples a Gaussian with a full covariance', async (name) => {
    const variances = [1.5, 0.1] as const;
    const x = await sample(onnx, name, exactDenoiser(gaussian([0.4, -2], variances, 0.9)), noise(), levels(steps));
    const [a, b] = variances.map((v) => expectedVariance(name, v, steps));
    expect(standardErrorsFrom(momentsOf(x), gaussian([0.4, -2], [a!, b!], 0.9))).toBeLessThan(4);
  });

  test.each(firstOrder)('%s with few steps loses just as much variance as its steps do', async (name) => {
    const x = await sample(onnx, name, exactDenoiser(gaussian([0, 0], [1, 1], 0)), noise(), levels(48));
    const v = varianceAfter(name, 1, levels(48));
    expect(v).toBeLessThan(0.91);
    expect(standardErrorsFrom(momentsOf(x), gaussian([0, 0], [v, v], 0))).toBeLessThan(4);
  });

  test.each(names)('%s samples a mixture: weights and spread of both modes', async (name) => {
    const mixture: Mixture = {
      centers: [
        [1.5, 0.5],
        [-1.5, -0.5],
      ],
      weights: [0.7, 0.3],
      variance: 0.04,
    };
    const x = await sample(onnx, name, mixtureDenoiser(mixture), noise(), levels(steps));
    const modes: [number[], number[]] = [[], []];
    for (let i = 0; i < n; i++) modes[x[2 * i]! > 0 ? 0 : 1].push(x[2 * i]!, x[2 * i + 1]!);
    const share = modes[0].length / (2 * n);
    // Sampling starts from a normal distribution about 0 instead of about the mean, 0.6 away at sigma 80: 0.003 at most.
    expect(Math.abs(share - 0.7)).toBeLessThan(4 * Math.sqrt((0.7 * 0.3) / n) + 0.003);
    modes.forEach((points, k) => {
      const v = expectedVariance(name, mixture.variance, steps);
      const mode = gaussian(mixture.centers[k]!, [v, v], 0);
      expect(standardErrorsFrom(momentsOf(points), mode)).toBeLessThan(4);
    });
  });
});

test('one level is the estimate at that level', async () => {
  const target = gaussian([0.3, 0.1], [1, 0.5], 0.3);
  for (const name of solvers) {
    const x = await sample(referenceRuntime, name, exactDenoiser(target), Float64Array.of(1, -2), Float64Array.of(0.5));
    expect(Array.from(x)).toEqual(posteriorMean(target, [0.5, -1], 0.5).map((v) => expect.closeTo(v, 12) as number));
  }
});

test('a stochastic sampler without noise for its steps is refused', () => {
  const inputs = { noise: input('noise', ['n', 2]), sigmas: Float64Array.of(2, 1) };
  expect(() => samplers['euler-ancestral'].sample((x) => x, inputs)).toThrow('step noise');
});

test('from given designs, a sampler follows the flow from their noised places', async () => {
  const target = gaussian([0.7, -1.2], [1.4, 0.15], 0.6);
  const [from, n] = [0.9, 16];
  const noise = randomStream(9)
    .split('noise')
    .fillNormal(new Float64Array(2 * n));
  const origin = randomStream(9)
    .split('origin')
    .fillNormal(new Float64Array(2 * n));
  for (const name of solvers) {
    const steps = name === 'euler' ? 4000 : 400;
    const x = samplers[name].sample(exactDenoiser(target), {
      noise: input('noise', ['n', 2]),
      origin: input('origin', ['n', 2]),
      sigmas: karrasSchedule(range).sigmas(steps, from),
    });
    const shape = [n, 2];
    const values = await evaluate(
      referenceRuntime,
      { x },
      { noise: { shape, data: noise }, origin: { shape, data: origin } },
    );
    for (let i = 0; i < n; i++) {
      const start = [0, 1].map((k) => origin[2 * i + k]! + from * noise[2 * i + k]!);
      const expected = posteriorMean(target, flow(target, start, from, range.min), range.min);
      for (const k of [0, 1] as const) expect(values['x']!.data[2 * i + k]).toBeCloseTo(expected[k], 3);
    }
  }
});
