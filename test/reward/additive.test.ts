import { afterAll, describe, expect, test } from 'vitest';
import { correlation, randomStream } from '../../src/base/index.ts';
import { constant, onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import {
  additiveCovariance,
  additiveLayout,
  additiveSlope,
  frequency,
  harmonicShares,
  prepared,
} from '../../src/reward/additive.ts';
import { cholesky } from '../../src/reward/cholesky.ts';
import { covariancesWith } from '../../src/reward/gaussian-process-graph.ts';
import { fitGaussianProcess } from '../../src/reward/index.ts';
import { crossCovariance, priorVariance, type Inputs } from '../../src/reward/kernel.ts';
import { optionValue } from '../../src/reward/options.ts';

/** A number, a choice of three options, and another number. */
const groups = [0, 1, 1, 1, 2];
const d = groups.length;
const layout = additiveLayout({ groups })!;
const rangeOne = 1 / 2;
const choiceOne = 1 / Math.sqrt(8);
const unit = Float64Array.of(rangeOne, choiceOne, choiceOne, choiceOne, rangeOne);

/** n x d encoded designs. */
function drawEncoded(n: number, seed: number): Float64Array {
  const stream = randomStream(seed);
  const designs = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const option = stream.integer(3);
    const choice = [0, 1, 2].map((one) => (one === option ? 1 : -1));
    designs.set([2 * stream.uniform() - 1, ...choice, 2 * stream.uniform() - 1], i * d);
  }
  return designs;
}

const inUnits = (encoded: Float64Array): Inputs => ({
  designs: encoded.map((value, at) => value * unit[at % d]!),
  groups,
});

describe('the covariance of sums of functions of one parameter', () => {
  const { designs } = inUnits(drawEncoded(40, 1));
  const logLength = Math.log(0.07);
  const alike = additiveCovariance(layout, d, logLength);
  const ready = prepared(designs, d, layout);

  test('is the series’ own, number by number and choice by choice', () => {
    const { shares } = harmonicShares(layout.harmonics, logLength);
    const ofNumbers = (a: number, b: number): number =>
      shares.reduce((sum, share, j) => sum + share * Math.cos(frequency(j) * (a - b)), 0);
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 40; j++) {
        const [a, b] = [designs.subarray(i * d, (i + 1) * d), designs.subarray(j * d, (j + 1) * d)];
        const choice = [1, 2, 3].every((k) => optionValue(a[k]!) === optionValue(b[k]!)) ? 1 : 0;
        const expected = (ofNumbers(a[0]!, b[0]!) + choice + ofNumbers(a[4]!, b[4]!)) / 3;
        expect(alike(ready, i, ready, j)).toBeCloseTo(expected, 5);
      }
    }
  });

  test('is 1 of a design with itself, and positive definite', async () => {
    const k = Float64Array.from({ length: 1600 }, (_, at) => alike(ready, Math.floor(at / 40), ready, at % 40));
    for (let i = 0; i < 40; i++) {
      expect(k[i * 40 + i]).toBeCloseTo(1, 9);
      k[i * 40 + i]! += 1e-4;
    }
    expect(await cholesky(k, 40)).toBeDefined();
  });

  test('has the slope of central differences', () => {
    const slope = additiveSlope(layout, d, logLength);
    const [up, down] = [1e-5, -1e-5].map((by) => additiveCovariance(layout, d, logLength + by));
    for (let i = 0; i < 40; i++) {
      const difference = (up!(ready, i, ready, 7) - down!(ready, i, ready, 7)) / 2e-5;
      expect(slope(ready, i, ready, 7)).toBeCloseTo(difference, 6);
    }
  });

  test('repeats beyond the range as the series does', () => {
    const far = prepared(Float64Array.of(0, 0, 0, 0, 0, 5.9, 0, 0, 0, 0), d, layout);
    const near = prepared(Float64Array.of(0, 0, 0, 0, 0, -0.1, 0, 0, 0, 0), d, layout);
    expect(alike(far, 0, far, 1)).toBeCloseTo(alike(near, 0, near, 1), 9);
  });
});

test('one parameter, and more than 60 numbers, have no additive part; many numbers have fewer harmonics', () => {
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);
  expect(additiveLayout({ groups: [0] })).toBeUndefined();
  expect(additiveLayout({ groups: [0, 0, 0] })).toBeUndefined();
  expect(additiveLayout({ groups: numbers(2) })?.harmonics).toBe(24);
  expect(additiveLayout({ groups: numbers(60) })?.harmonics).toBe(8);
  expect(additiveLayout({ groups: numbers(61) })).toBeUndefined();
  expect(additiveLayout({ groups: numbers(200), harmonics: 2400 })?.harmonics).toBe(12);
});

test('tensors hold the covariances of float64, and their weighted sums', async () => {
  const [known, others] = [drawEncoded(12, 2), drawEncoded(9, 3)];
  const theta = Float64Array.of(0.2, 0.4, -0.3, Math.log(0.05), -0.5, 0.3, -2);
  const covariances = covariancesWith(inUnits(known), unit, theta);
  const weights = randomStream(4).fillNormal(new Float64Array(12));
  const program = await referenceRuntime.compile({
    outputs: {
      whole: covariances.whole(constant(others, [9, d])),
      weighted: covariances.weighted(constant(others, [9, d]), weights),
    },
  });
  const { whole, weighted } = await program.run({});
  const expected = crossCovariance(inUnits(known), inUnits(others), theta);
  for (let i = 0; i < 9; i++) {
    const row = expected(i);
    row.forEach((value, j) => expect(whole!.data[i * 12 + j]).toBeCloseTo(value, 4));
    expect(weighted!.data[i]).toBeCloseTo(
      row.reduce((sum, value, j) => sum + value * weights[j]!, 0),
      4,
    );
  }
  const own = crossCovariance(inUnits(known), inUnits(known), theta);
  for (let i = 0; i < 12; i++) expect(own(i)[i]).toBeCloseTo(priorVariance({ groups }, theta), 9);
  await program.dispose();
});

describe('a Gaussian process with an additive part', () => {
  const runtime = onnxRuntime({ threads: 1 });
  afterAll(() => runtime.close());

  test('learns a sum of rough functions from few rows, and says so of rows it has not seen', async () => {
    const width = 8;
    // Rastrigin's function: ten waves a number, of which a product of smooth correlations sees noise.
    const rastrigin = (x: Float32Array): number =>
      x.reduce((sum, value) => sum + (5 * value) ** 2 - 10 * Math.cos(10 * Math.PI * value), 0);
    const draw = (n: number, seed: number) => {
      const stream = randomStream(seed);
      const designs = new Float32Array(n * width).map(() => 2 * stream.uniform() - 1);
      const rewards = Float64Array.from({ length: n }, (_, i) =>
        rastrigin(designs.subarray(i * width, (i + 1) * width)),
      );
      return { designs, rewards, dimension: width };
    };
    const surrogate = await fitGaussianProcess()(draw(300, 1), { runtime, stream: randomStream(1) });
    const fresh = draw(300, 2);
    const { mean } = await surrogate.predict(fresh.designs);
    expect(correlation(mean, fresh.rewards)).toBeGreaterThan(0.95);
    expect(surrogate.quality.r2).toBeGreaterThan(0.9);
    await surrogate.dispose();
  });

  test('takes no trend for a wave: beyond the rows a linear reward goes on', async () => {
    const stream = randomStream(3);
    const draw = (): Float32Array => new Float32Array(40 * 4).map(() => -1 + (2 / 3) * stream.uniform());
    const linear = (x: ArrayLike<number>): number => x[0]! + 2 * x[1]! - x[2]! + 0.5 * x[3]!;
    const designs = draw();
    const rewards = Float64Array.from({ length: 40 }, (_, i) => linear(designs.subarray(4 * i, 4 * i + 4)));
    const fit = fitGaussianProcess();
    const surrogate = await fit({ designs, rewards, dimension: 4 }, { runtime, stream: randomStream(1) });
    const diagonal = [-0.33, 0, 0.5, 1].map((value) => Array<number>(4).fill(value));
    const { mean } = await surrogate.predict(Float32Array.from(diagonal.flat()));
    for (let i = 0; i < 3; i++) expect(mean[i + 1]).toBeGreaterThan(mean[i]! + 0.3);
    expect(mean[2]).toBeCloseTo(linear(diagonal[2]!), 0);
    await surrogate.dispose();
  });
});
