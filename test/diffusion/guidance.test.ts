import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import {
  classifierFree,
  conditional,
  dpmSolver2M,
  heun,
  karrasSchedule,
  type ConditionalDenoiser,
  type Guidance,
  type Sampler,
} from '../../src/diffusion/index.ts';
import {
  add,
  constant,
  input,
  matMul,
  multiply,
  onnxRuntime,
  referenceRuntime,
  subtract,
  type Runtime,
} from '../../src/graph/index.ts';
import { evaluate } from '../graph/helpers.ts';
import {
  covarianceOf,
  exactDenoiser,
  fromCovariance,
  gaussian,
  momentsOf,
  posteriorMean,
  standardErrorsFrom,
  type Gaussian,
} from './gaussians.ts';

const onnx = onnxRuntime({ threads: 2 });
afterAll(() => onnx.close());

/** Designs x are Gaussian, the reward is slope . x + noise: together a joint Gaussian of three numbers. */
const prior = gaussian([0.2, -0.4], [1.2, 0.3], 0.5);
const slope = [1.5, -0.8] as const;
const noiseVariance = 0.25;

const [p, q, r] = covarianceOf(prior);
/** Covariance of x with the reward, and the reward's variance. */
const cross = [p * slope[0] + q * slope[1], q * slope[0] + r * slope[1]] as const;
const rewardVariance = slope[0] * cross[0] + slope[1] * cross[1] + noiseVariance;
const gain = [cross[0] / rewardVariance, cross[1] / rewardVariance] as const;

/** x given the reward: mean + gain (reward - its mean), and a covariance that does not depend on it. */
function given(reward: number): Gaussian {
  const surprise = reward - (slope[0] * prior.mean[0] + slope[1] * prior.mean[1]);
  return fromCovariance(
    [prior.mean[0] + gain[0] * surprise, prior.mean[1] + gain[1] * surprise],
    [p - gain[0] * cross[0], q - gain[0] * cross[1], r - gain[1] * cross[1]],
  );
}

/** The exact denoiser of the joint Gaussian: the mean of x given the reward moves with the reward. */
const exact: ConditionalDenoiser = (x, sigma, { reward, missing }) => {
  const atZero = given(0);
  const told = (): ReturnType<ConditionalDenoiser> => {
    const shift = matMul(reward, constant([gain[0], gain[1]], [1, 2]));
    return add(exactDenoiser(atZero)(subtract(x, shift), sigma), shift);
  };
  return add(multiply(told(), subtract(1, missing)), multiply(exactDenoiser(prior)(x, sigma), missing));
};

const range = { min: 1e-3, max: 160 };

async function sample(
  runtime: Runtime,
  sampler: Sampler,
  guidance: Guidance,
  reward: number,
  noise: Float32Array | Float64Array,
  steps: number,
): Promise<ArrayLike<number>> {
  const n = noise.length / 2;
  const x = sampler(guidance(exact), { noise: input('noise', ['n', 2]), sigmas: karrasSchedule(range).sigmas(steps) });
  const values = await evaluate(
    runtime,
    { x },
    { noise: { shape: [n, 2], data: noise }, reward: { shape: [n, 1], data: new Float32Array(n).fill(reward) } },
  );
  return values['x']!.data;
}

const reward = input('reward', ['n', 1]);
const targets = [-2, 0.5, 4];
const n = 10_000;
const normals = (): Float32Array => randomStream(6).fillNormal(new Float32Array(2 * n));

describe.each(targets)('a joint Gaussian at reward %d, within 4 standard errors of 10,000 samples', (target) => {
  test('the conditional denoiser samples the conditional', async () => {
    const x = await sample(onnx, dpmSolver2M, conditional(reward), target, normals(), 128);
    expect(standardErrorsFrom(momentsOf(x), given(target))).toBeLessThan(4);
  });

  test('guidance 1 samples the conditional, 0 the marginal', async () => {
    const one = await sample(onnx, dpmSolver2M, classifierFree(reward, constant([1], [])), target, normals(), 128);
    expect(standardErrorsFrom(momentsOf(one), given(target))).toBeLessThan(4);
    const none = await sample(onnx, dpmSolver2M, classifierFree(reward, constant([0], [])), target, normals(), 128);
    expect(standardErrorsFrom(momentsOf(none), prior)).toBeLessThan(4);
  });
});

/** The flow of the guided estimate from noise to sigma = range.min by Runge and Kutta's method in ln sigma, then the estimate. */
function integrate(start: readonly number[], target: number, weight: number): number[] {
  const estimate = (x: readonly number[], sigma: number): number[] => {
    const [told, untold] = [posteriorMean(given(target), x, sigma), posteriorMean(prior, x, sigma)];
    return untold.map((value, k) => value + weight * (told[k]! - value));
  };
  const slopeAt = (x: readonly number[], t: number): number[] =>
    estimate(x, Math.exp(t)).map((value, k) => x[k]! - value);
  const moved = (x: readonly number[], by: readonly number[], h: number): number[] => x.map((v, k) => v + h * by[k]!);
  const count = 4000;
  const [from, to] = [Math.log(range.max), Math.log(range.min)];
  const h = (to - from) / count;
  let x = [...start];
  for (let i = 0; i < count; i++) {
    const t = from + i * h;
    const k1 = slopeAt(x, t);
    const k2 = slopeAt(moved(x, k1, h / 2), t + h / 2);
    const k3 = slopeAt(moved(x, k2, h / 2), t + h / 2);
    const k4 = slopeAt(moved(x, k3, h), t + h);
    x = x.map((value, k) => value + (h / 6) * (k1[k]! + 2 * k2[k]! + 2 * k3[k]! + k4[k]!));
  }
  return estimate(x, range.min);
}

describe.each([0, 0.5, 1, 2.5])('guidance %d follows the sum of scores', (weight) => {
  const noise = randomStream(7).fillNormal(new Float64Array(2 * 6));
  const expected = Array.from({ length: 6 }, (_, i) =>
    integrate([range.max * noise[2 * i]!, range.max * noise[2 * i + 1]!], 2, weight),
  ).flat();

  test.each([
    ['heun', heun],
    ['dpm-solver-2m', dpmSolver2M],
  ] as const)('%s reaches where an independent integration does, to 0.002', async (_, sampler) => {
    const guidance = classifierFree(reward, constant([weight], []));
    const x = await sample(referenceRuntime, sampler, guidance, 2, noise, 400);
    expected.forEach((value, i) => expect(Math.abs(x[i]! - value)).toBeLessThan(2e-3));
  });
});

test('guidance beyond 1 pushes the mean further along the gain and narrows the spread', async () => {
  const at = async (weight: number) =>
    momentsOf(await sample(onnx, dpmSolver2M, classifierFree(reward, constant([weight], [])), 3, normals(), 128));
  const [one, three] = [await at(1), await at(3)];
  const along = ({ mean }: { mean: readonly number[] }): number => slope[0] * mean[0]! + slope[1] * mean[1]!;
  expect(along(three)).toBeGreaterThan(along(one) + 0.1);
  expect(three.covariance[0] * three.covariance[2] - three.covariance[1] ** 2).toBeLessThan(
    0.8 * (one.covariance[0] * one.covariance[2] - one.covariance[1] ** 2),
  );
});
