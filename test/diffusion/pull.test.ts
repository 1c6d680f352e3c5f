import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import {
  classifierFree,
  denoise,
  denoiserShapes,
  dpmSolver2M,
  gradientGuidances,
  karrasSchedule,
  lookAhead,
  naiveGradient,
  samplingGraph,
  samplingInputs,
  type ConditionalDenoiser,
  type DiffusionModel,
  type GradientGuidance,
  type GradientGuidanceName,
  type Guidance,
  type RewardModel,
  type SamplingOptions,
} from '../../src/diffusion/index.ts';
import {
  add,
  constant,
  divide,
  input,
  mapValues,
  matMul,
  multiply,
  onnxRuntime,
  referenceRuntime,
  sin,
  square,
  subtract,
  sum,
  tanh,
  type NamedValues,
  type Runtime,
  type Tensor,
} from '../../src/graph/index.ts';
import { doubles, evaluate, numbersOf, withProgram } from '../graph/helpers.ts';
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

/** Ignores what it is told: all that is known of the reward comes from the reward model. */
const unconditional =
  (denoiser: (x: Tensor, sigma: Tensor) => Tensor): Guidance =>
  () =>
    denoiser;
const untold: ConditionalDenoiser = (x) => x;
const names = Object.keys(gradientGuidances) as GradientGuidanceName[];

/** Designs are Gaussian and the reward is slope . x + noise. */
const prior = gaussian([0.2, -0.4], [1.2, 0.3], 0.5);
const slope = [1.5, -0.8] as const;
const std = 0.5;
const linear: RewardModel = (x) => matMul(x, constant([...slope], [2, 1]));

/** Designs of the Gaussian whose reward along + noise was seen. */
function given(g: Gaussian, along: readonly [number, number], noise: number, reward: number): Gaussian {
  const [p, q, r] = covarianceOf(g);
  const cross = [p * along[0] + q * along[1], q * along[0] + r * along[1]] as const;
  const variance = along[0] * cross[0] + along[1] * cross[1] + noise ** 2;
  const surprise = (reward - (along[0] * g.mean[0] + along[1] * g.mean[1])) / variance;
  return fromCovariance(
    [g.mean[0] + cross[0] * surprise, g.mean[1] + cross[1] * surprise],
    [p - cross[0] ** 2 / variance, q - (cross[0] * cross[1]) / variance, r - cross[1] ** 2 / variance],
  );
}

const target = input('target', ['n', 1]);
const pullOf = (model: RewardModel, strength = 1) => ({ model, target, std, strength: constant([strength], []) });

describe('look-ahead guidance for Gaussian designs and a linear reward', () => {
  test.each([0.01, 0.3, 1, 6, 40])('is the posterior mean given noisy design and reward at sigma %d', async (sigma) => {
    const guided = lookAhead(pullOf(linear), unconditional(exactDenoiser(prior)))(untold);
    const n = 20;
    const x = randomStream(1)
      .fillNormal(new Float64Array(2 * n))
      .map((value) => value * Math.hypot(1, sigma));
    const found = await numbersOf(referenceRuntime, guided(input('x', ['n', 2]), constant([sigma])), {
      x: { shape: [n, 2], data: x },
      target: { shape: [n, 1], data: new Float64Array(n).fill(3) },
    });
    for (let i = 0; i < n; i++) {
      const expected = posteriorMean(given(prior, slope, std, 3), [x[2 * i]!, x[2 * i + 1]!], sigma);
      expect(found[2 * i]).toBeCloseTo(expected[0], 9);
      expect(found[2 * i + 1]).toBeCloseTo(expected[1], 9);
    }
  });

  test.each([-2, 4])('samples the designs of reward %d, within 4 standard errors of 5,000 samples', async (reward) => {
    const n = 5000;
    const x = dpmSolver2M(lookAhead(pullOf(linear), unconditional(exactDenoiser(prior)))(untold), {
      noise: input('noise', ['n', 2]),
      sigmas: karrasSchedule({ min: 1e-3, max: 160 }).sigmas(96),
    });
    const { result } = await evaluate(
      onnx,
      { result: x },
      {
        noise: { shape: [n, 2], data: randomStream(2).fillNormal(new Float32Array(2 * n)) },
        target: { shape: [n, 1], data: new Float32Array(n).fill(reward) },
      },
    );
    expect(standardErrorsFrom(momentsOf(result!.data), given(prior, slope, std, reward))).toBeLessThan(4);
  });

  test.each([0, 1])('on top of classifier-free guidance %d, both rewards count', async (weight) => {
    const told = given(prior, [0.3, 1], 0.7, -1);
    const denoiser: ConditionalDenoiser = (x, sigma, { missing }) =>
      add(
        multiply(exactDenoiser(told)(x, sigma), subtract(1, missing)),
        multiply(exactDenoiser(prior)(x, sigma), missing),
      );
    const inner = classifierFree(target, constant([weight], []));
    const guided = lookAhead(pullOf(linear), inner)(denoiser)(input('x', ['n', 2]), constant([0.8]));
    const found = await numbersOf(referenceRuntime, guided, {
      x: doubles([1, 2], [0.9, -1.3]),
      target: doubles([1, 1], [2]),
    });
    const expected = posteriorMean(given(weight === 1 ? told : prior, slope, std, 2), [0.9, -1.3], 0.8);
    expected.forEach((value, k) => expect(found[k]).toBeCloseTo(value, 9));
  });

  test('without strength, nothing is pulled', async () => {
    const x = input('x', ['n', 2]);
    const values = { x: doubles([2, 2], [0.3, -1, 2, 5]), target: doubles([2, 1], [9, -9]) };
    for (const name of names) {
      const guided = gradientGuidances[name](pullOf(linear, 0), unconditional(exactDenoiser(prior)))(untold);
      const found = await numbersOf(referenceRuntime, guided(x, constant([0.7])), values);
      expect(found).toEqual(await numbersOf(referenceRuntime, exactDenoiser(prior)(x, constant([0.7])), values));
    }
  });
});

/** Unit variance in the first two of `dimension` coordinates, turned; nothing in the others. */
const [dimension, inner] = [8, 2];
const basis = orthonormal(inner, dimension);
const onSubspace = (x: Tensor): Tensor =>
  matMul(
    matMul(x, constant(basis.flat(), [inner, dimension]), { transposeB: true }),
    constant(basis.flat(), [inner, dimension]),
  );

/** `count` orthonormal rows (Gram and Schmidt). */
function orthonormal(count: number, width: number): number[][] {
  const rows: number[][] = [];
  const stream = randomStream(3);
  while (rows.length < count) {
    let row = Array.from({ length: width }, () => stream.normal());
    for (const other of rows) {
      const along = row.reduce((total, value, k) => total + value * other[k]!, 0);
      row = row.map((value, k) => value - along * other[k]!);
    }
    const length = Math.hypot(...row);
    rows.push(row.map((value) => value / length));
  }
  return rows;
}

describe('data on a plane in 8 dimensions, a reward that also rises off it', () => {
  // Rises 3 times as steeply off the plane as on it.
  const [first, , off] = orthonormal(3, dimension);
  const weights = first!.map((value, k) => value + 3 * off![k]!);
  const reward: RewardModel = (x) => matMul(x, constant(weights, [dimension, 1]));
  const ask = 3;

  /** Mean reward, and length off the plane as a share of the length on it. */
  async function sampled(guidance: GradientGuidance) {
    const n = 200;
    const estimate = guidance(
      { ...pullOf(reward), std: 0.02 },
      unconditional((x, sigma) => divide(onSubspace(x), add(square(sigma), 1))),
    )(untold);
    const x = dpmSolver2M(estimate, { noise: input('noise', ['n', dimension]), sigmas: karrasSchedule().sigmas(48) });
    const on = onSubspace(x);
    const length = (y: Tensor): Tensor => sum(square(y));
    const { share, total } = await evaluate(
      referenceRuntime,
      { share: divide(length(add(x, multiply(on, -1))), length(on)), total: sum(reward(x)) },
      {
        noise: { shape: [n, dimension], data: randomStream(4).fillNormal(new Float64Array(n * dimension)) },
        target: { shape: [n, 1], data: new Float64Array(n).fill(ask) },
      },
    );
    return { off: Math.sqrt(share!.data[0]!), reward: total!.data[0]! / n };
  }

  test('look-ahead keeps to the plane and reaches the reward there; the naive gradient leaves it', async () => {
    const [ahead, naive] = [await sampled(lookAhead), await sampled(naiveGradient)];
    // Measured: 2e-16 and 0.24.
    expect(ahead.off).toBeLessThan(1e-6);
    expect(ahead.reward).toBeCloseTo(ask, 1);
    expect(naive.off).toBeGreaterThan(0.1);
  });
});

/** A network with random weights everywhere: no branch is zero. */
function randomModel(): DiffusionModel {
  const size = { dimension: 3, width: 16, blocks: 2 };
  const stream = randomStream(5);
  const parameters = Object.fromEntries(
    Object.entries(denoiserShapes(size)).map(([name, shape]) => {
      const sizes = shape as readonly number[];
      const data = stream.split(name).fillNormal(new Float32Array(sizes.reduce((a, b) => a * b, 1)));
      return [name, { shape: sizes, data: data.map((value) => 0.3 * value) }];
    }),
  );
  const designs = { mean: Float64Array.of(0.1, -0.2, 0), scale: Float64Array.of(0.4, 0.3, 0.5) };
  return { size, parameters, designs, reward: { mean: 50, std: -8 }, schedule: karrasSchedule() };
}

const model = randomModel();
/** A curved reward of encoded designs, own units. */
const curved: RewardModel = (x) =>
  add(multiply(sum(tanh(multiply(x, constant([1, -2, 0.5]))), [1], true), 6), multiply(sin(sum(x, [1], true)), 3));

describe.each(names)('%s through the denoising network, told and untold', (name) => {
  const weights = mapValues(model.parameters, ({ shape, data }) => constant(Float32Array.from(data), shape));
  const network: ConditionalDenoiser = (x, sigma, condition) => denoise(weights, 2, x, sigma, condition);
  const told = classifierFree(input('told', ['n', 1]), constant([1.7], []));
  const x = input('x', ['n', 3]);
  const ask = 4;
  const condition = { told: doubles([1, 1], [0.8]), target: doubles([1, 1], [ask]) };
  const at = (values: readonly number[]): NamedValues => ({ ...condition, x: doubles([1, 3], values) });

  test.each([0.05, 0.6, 3])('is the formula by central differences, at sigma %d', async (sigma) => {
    const level = constant([sigma]);
    const start = [0.4, -1.1, 0.9];
    const plain = told(network)(x, level);
    const estimate = await numbersOf(referenceRuntime, plain, at(start));
    const predictAt = async (values: readonly number[]) =>
      (await numbersOf(referenceRuntime, curved(x), at(values)))[0]!;
    const differences = async (f: (values: readonly number[]) => Promise<number>, from: readonly number[]) => {
      const h = 1e-5;
      const moved = (k: number, by: number) => from.map((value, j) => (j === k ? value + by : value));
      return Promise.all(from.map(async (_, k) => ((await f(moved(k, h))) - (await f(moved(k, -h)))) / (2 * h)));
    };
    const gradient = await differences(predictAt, estimate);
    const carried =
      name === 'naive'
        ? gradient.map((value) => value / (1 + sigma ** 2))
        : await differences(async (values) => predictAt(await numbersOf(referenceRuntime, plain, at(values))), start);
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, value, k) => total + value * b[k]!, 0);
    const least = (1 + sigma ** 2 / 3) * dot(carried, carried);
    const variance = std ** 2 + sigma ** 2 * Math.max(dot(gradient, carried), least);
    const surprise = ((ask - (await predictAt(estimate))) * sigma ** 2) / variance;
    const guided = gradientGuidances[name](pullOf(curved), told)(network)(x, level);
    const found = await numbersOf(referenceRuntime, guided, at(start));
    found.forEach((value, k) => expect(value).toBeCloseTo(estimate[k]! + surprise * carried[k]!, 6));
  });
});

describe('a sampling graph with a reward model', () => {
  const plain: SamplingOptions = { sampler: 'heun', steps: 5, slabs: [] };
  const decode = (designs: Tensor) => ({ designs });

  async function sample(runtime: Runtime, sampling: SamplingOptions, pull: number): Promise<number[]> {
    const targets = new Float64Array(6).fill(30);
    const request = { dimension: 3, sampling, targets, guidance: 1, pull, stream: randomStream(6) };
    return withProgram(runtime, samplingGraph(model, sampling, decode), async (program) =>
      Array.from((await program.run(samplingInputs(request, 0, 6)))['designs']!.data),
    );
  }

  test.each(names)('%s: no pull gives the very numbers of a graph without one', async (gradient) => {
    const pulled = { ...plain, pull: { model: curved, std: 2, gradient } };
    const without = await sample(referenceRuntime, plain, 0);
    expect(await sample(referenceRuntime, pulled, 0)).toEqual(without);
    const moved = await sample(referenceRuntime, pulled, 1);
    expect(Math.max(...moved.map((value, i) => Math.abs(value - without[i]!)))).toBeGreaterThan(0.1);
    // The fast runtime, which may add up in another order.
    for (const pull of [0, 1]) {
      const exact = await sample(referenceRuntime, pulled, pull);
      (await sample(onnx, pulled, pull)).forEach((value, i) => expect(value).toBeCloseTo(exact[i]!, 3));
    }
  });

  test('a model that predicts the target everywhere pulls nowhere', async () => {
    const flat: RewardModel = (x) => add(multiply(sum(x, [1], true), 0), 30);
    const pulled = { ...plain, pull: { model: flat, std: 2 } };
    expect(await sample(referenceRuntime, pulled, 1)).toEqual(await sample(referenceRuntime, plain, 0));
  });
});
