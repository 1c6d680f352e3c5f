import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { denoise, denoiserShapes, initialDenoiser, lossWeight, type DenoiserSize } from '../../src/diffusion/index.ts';
import {
  constant,
  input,
  mapValues,
  onnxRuntime,
  referenceRuntime,
  type NamedValues,
  type Runtime,
} from '../../src/graph/index.ts';
import { evaluate, numbersOf } from '../graph/helpers.ts';

const onnx = onnxRuntime({ threads: 1 });
afterAll(() => onnx.close());

const size: DenoiserSize = { dimension: 3, width: 16, blocks: 2 };

/** Parameters without zeros, as after training. */
function anyParameters(seed: number): NamedValues {
  const stream = randomStream(seed);
  return mapValues(denoiserShapes(size), (shape, name) => {
    const dims = shape as readonly number[];
    const data = stream.split(name).fillNormal(new Float32Array(dims.reduce((total, dim) => total * dim, 1)));
    return { shape: dims, data: data.map((value) => 0.3 * value) };
  });
}

interface Told {
  readonly reward: number;
  readonly missing: number;
}

/** D of one or more rows at sigma. */
async function denoised(
  runtime: Runtime,
  parameters: NamedValues,
  x: readonly number[],
  sigma: number,
  { reward, missing }: Told,
): Promise<number[]> {
  const n = x.length / size.dimension;
  const weights = mapValues(parameters, ({ shape, data }) => constant(Float64Array.from(data), shape));
  const condition = { reward: input('reward', ['n', 1]), missing: input('missing', ['n', 1]) };
  const result = denoise(weights, size.blocks, input('x', ['n', size.dimension]), input('sigma', [1]), condition);
  const values = await evaluate(
    runtime,
    { result },
    {
      x: { shape: [n, size.dimension], data: Float32Array.from(x) },
      sigma: { shape: [1], data: Float32Array.of(sigma) },
      reward: { shape: [n, 1], data: new Float32Array(n).fill(reward) },
      missing: { shape: [n, 1], data: new Float32Array(n).fill(missing) },
    },
  );
  return Array.from(values['result']!.data);
}

const x = [0.5, -1, 2, -0.25, 0.75, 1.5];

describe.each([referenceRuntime, onnx])('the null flag on $name', (runtime) => {
  const parameters = anyParameters(1);

  test('a missing reward has no influence, to the last bit', async () => {
    const withheld = await denoised(runtime, parameters, x, 0.7, { reward: 0, missing: 1 });
    for (const reward of [-3, 0.1, 5, 1e4]) {
      expect(await denoised(runtime, parameters, x, 0.7, { reward, missing: 1 })).toEqual(withheld);
    }
  });

  test('a withheld reward is told from an average one, and rewards from each other', async () => {
    const answers = await Promise.all(
      [
        { reward: 0, missing: 1 },
        { reward: 0, missing: 0 },
        { reward: 1, missing: 0 },
        { reward: 6, missing: 0 },
        { reward: 7, missing: 0 },
      ].map((told) => denoised(runtime, parameters, x, 0.7, told)),
    );
    for (const [i, a] of answers.entries()) {
      for (const b of answers.slice(i + 1)) {
        expect(Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))).toBeGreaterThan(1e-3);
      }
    }
  });

  test('each row is denoised on its own', async () => {
    const told = { reward: 1, missing: 0 };
    const both = await denoised(runtime, parameters, x, 0.7, told);
    const second = await denoised(runtime, parameters, x.slice(3), 0.7, told);
    both.slice(3).forEach((value, k) => expect(value).toBeCloseTo(second[k]!, 5));
  });
});

describe('preconditioning', () => {
  const parameters = anyParameters(2);
  const told = { reward: 0.5, missing: 0 };

  test('without noise the design is the estimate', async () => {
    const there = await denoised(referenceRuntime, parameters, x, 1e-6, told);
    there.forEach((value, i) => expect(value).toBeCloseTo(Math.fround(x[i]!), 4));
  });

  test('in noise alone a design leaves no trace: the estimate is the network at 0, of unit size', async () => {
    const sigma = 2 ** 24;
    const there = await denoised(referenceRuntime, parameters, x, sigma, told);
    const nothing = await denoised(
      referenceRuntime,
      parameters,
      x.map(() => 0),
      sigma,
      told,
    );
    there.forEach((value, i) => expect(value).toBeCloseTo(nothing[i]!, 4));
    const size = Math.max(...there.map(Math.abs));
    expect(size).toBeGreaterThan(0.05);
    expect(size).toBeLessThan(20);
  });

  test.each([0.01, 0.3, 1, 5, 40])('before training the estimate at sigma %d is x / (1 + sigma^2)', async (sigma) => {
    const start = initialDenoiser(size, randomStream(3));
    const there = await denoised(referenceRuntime, start, x, sigma, told);
    const s = Math.fround(sigma);
    there.forEach((value, i) => expect(value).toBeCloseTo(Math.fround(x[i]!) / (1 + s * s), 12));
  });

  test('the loss weight is 1 / c_out^2', async () => {
    const sigmas = [0.01, 0.5, 1, 3, 40];
    const weights = await numbersOf(referenceRuntime, lossWeight(constant(sigmas)));
    weights.forEach((weight, i) => {
      const out = sigmas[i]! / Math.sqrt(sigmas[i]! ** 2 + 1);
      expect(weight * out * out).toBeCloseTo(1, 10);
    });
  });
});

test('initial parameters: variance 1 / inputs, zero where a branch ends, the same for the same stream', () => {
  const start = initialDenoiser({ dimension: 40, width: 200, blocks: 1 }, randomStream(4));
  const variance = ({ data }: { data: ArrayLike<number> }): number =>
    Array.from(data).reduce((sum, value) => sum + value * value, 0) / data.length;
  expect(variance(start['in.weight']!) * 40).toBeCloseTo(1, 1);
  expect(variance(start['0.first.weight']!) * 200).toBeCloseTo(1, 1);
  for (const name of ['0.second.weight', 'out.weight', 'in.bias', '0.first.bias', 'out.bias', 'embed.bias']) {
    expect(variance(start[name]!)).toBe(0);
  }
  expect(initialDenoiser({ dimension: 40, width: 200, blocks: 1 }, randomStream(4))).toEqual(start);
});
