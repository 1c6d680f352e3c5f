import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import { fitGaussianProcess } from '../../src/reward/index.ts';
import { solveHere } from '../../src/reward/gaussian-process-solve.ts';
import { solveInThread } from '../../src/reward/gaussian-process-thread.ts';
import { leaveOneOut, pick } from '../../src/reward/gaussian-process-training.ts';
import { cholesky, gramOfLower, invertLower, lowerTimes, lowerTransposedTimes } from '../../src/reward/cholesky.ts';
import { compared, covariance, type Inputs } from '../../src/reward/kernel.ts';
import { ascend } from '../../src/reward/lbfgs.ts';
import { condition, covarianceAt, predictAt, type Conditioned } from '../../src/reward/marginal-likelihood.ts';
import { drawRows, smooth } from './conformance.ts';
import { expectGradient } from './differences.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** A random positive definite matrix. */
function definite(n: number): Float64Array {
  const b = randomStream(1).fillNormal(new Float64Array(n * n));
  return b.map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let total = i === j ? 0.1 : 0;
    for (let k = 0; k < n; k++) total += b[i * n + k]! * b[j * n + k]!;
    return total;
  });
}

describe('linear algebra', () => {
  const n = 12;
  const a = definite(n);
  const v = randomStream(2).fillNormal(new Float64Array(n));
  const times = (m: Float64Array, x: Float64Array): Float64Array =>
    x.map((_, i) => x.reduce((total, value, j) => total + m[i * n + j]! * value, 0));

  test('L L’ is the matrix; its inverse solves', async () => {
    const l = (await cholesky(a, n))!;
    const product = lowerTimes(l, lowerTransposedTimes(l, v));
    times(a, v).forEach((value, i) => expect(product[i]).toBeCloseTo(value, 10));
    const inverse = await invertLower(l, n);
    const solved = lowerTransposedTimes(inverse, lowerTimes(inverse, times(a, v)));
    v.forEach((value, i) => expect(solved[i]).toBeCloseTo(value, 8));
    const gram = await gramOfLower(inverse, n);
    const full = gram.map(
      (_, at) => gram[Math.max(Math.floor(at / n), at % n) * n + Math.min(Math.floor(at / n), at % n)]!,
    );
    times(full, times(a, v)).forEach((value, i) => expect(value).toBeCloseTo(v[i]!, 8));
  });

  test('a matrix that is not positive definite has no factor', async () => {
    expect(await cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  });
});

test('L-BFGS climbs Rosenbrock’s valley to its top, and stays where there is no value', async () => {
  const evaluate = ([x, y]: Float64Array) =>
    Promise.resolve({
      value: -((1 - x!) ** 2) - 100 * (y! - x! ** 2) ** 2,
      gradient: Float64Array.of(2 * (1 - x!) + 400 * x! * (y! - x! ** 2), -200 * (y! - x! ** 2)),
    });
  const options = { iterations: 200, firstStep: 0.5, smallestGain: 1e-14, onIteration: () => undefined };
  const top = await ascend(evaluate, Float64Array.of(-1.2, 1), options);
  for (const value of top) expect(value).toBeCloseTo(1, 4);
  const start = Float64Array.of(3);
  expect(await ascend(() => Promise.resolve(undefined), start, options)).toBe(start);
});

/** A number and a choice of three options, whose coordinates share a length scale. */
const groups = [0, 1, 1, 1];
const drawn = randomStream(3).fillNormal(new Float64Array(15));
const inputs: Inputs = {
  designs: Float64Array.from({ length: 15 * 4 }, (_, at) => {
    const [i, k] = [Math.floor(at / 4), at % 4];
    return k === 0 ? drawn[i]! : (i % 3 === k - 1 ? 1 : -1) / Math.sqrt(8);
  }),
  groups,
};
const y = Float64Array.from({ length: 15 }, (_, i) => Math.sin(drawn[i]!) + (i % 3));
const theta = Float64Array.of(0.3, 0.8, -1.5, -0.4, -0.2, -2);

test('the log posterior has the gradient of central differences', () => expectGradient(inputs, theta, y));

test('the log likelihood of two rewards is that of their bivariate normal distribution', async () => {
  const two: Inputs = { designs: Float64Array.of(0, 1), groups: [0] };
  const scales = Float64Array.of(0, 0, 0, 0, -1);
  const known = covariance(await compared(two, scales), scales);
  const r = Math.sqrt(5);
  expect(known[2]).toBeCloseTo((1 + r + 5 / 3) * Math.exp(-r), 12);
  const [own, shared] = [1 + 1e-4 + Math.exp(-1), known[2]!];
  // Rewards of +1 and -1: their mean is 0, and they are an eigenvector of own - shared.
  const expected = -0.5 * (2 / (own - shared) + Math.log(own ** 2 - shared ** 2) + 2 * Math.log(2 * Math.PI));
  const { logLikelihood, mean } = (await condition(two, scales, Float64Array.of(1, -1)))!;
  expect(mean).toBeCloseTo(0, 12);
  expect(logLikelihood).toBeCloseTo(expected, 10);
});

test('rows beyond the bound are held out, and rows of both ends of the order are kept', async () => {
  const rows = drawRows(200, smooth, 1);
  const context = { runtime, stream: randomStream(1) };
  const bounded = await fitGaussianProcess({ rows: 60, hyperparameterRows: 40 })(rows, context);
  expect(bounded.settings['rows']).toBe(60);
  expect(bounded.quality.rows).toBe(200);
  const { mean: predicted } = await bounded.predict(rows.designs);
  const same = predicted.filter((value, row) => value === bounded.heldOut.mean[row]);
  expect(same).toHaveLength(140);
  const order = [...rows.rewards.keys()].sort((a, b) => rows.rewards[a]! - rows.rewards[b]!);
  for (const row of [...order.slice(0, 15), ...order.slice(-15)]) {
    expect(predicted[row]).not.toBe(bounded.heldOut.mean[row]);
  }
  await bounded.dispose();
});

test('leaving one out in closed form is what a process without that row predicts', async () => {
  const conditioned = (await condition(inputs, theta, y))!;
  const left = leaveOneOut(conditioned, y);
  for (const row of [0, 4, 14]) {
    const kept = Uint32Array.from([...y.keys()].filter((i) => i !== row));
    const without = (await condition(
      pick(inputs, kept),
      theta,
      Float64Array.from(kept, (i) => y[i]!),
    ))!;
    // The estimated mean moves when a row leaves; the closed form keeps it.
    const white = without.whitened.map((value, i) => value + (without.mean - conditioned.mean) * ones(without)[i]!);
    const kept0 = { ...without, mean: conditioned.mean, whitened: white };
    const predicted = predictAt(pick(inputs, kept), theta, kept0, pick(inputs, Uint32Array.of(row)));
    expect(left.mean[row]).toBeCloseTo(predicted.mean[0]!, 10);
    expect(left.std[row]).toBeCloseTo(predicted.std[0]!, 10);
  }
});

/** L^-1 1. */
const ones = ({ whitening, whitened }: Conditioned): Float64Array =>
  lowerTimes(whitening, new Float64Array(whitened.length).fill(1));

test('predictions as tensors are those in float64, whatever the number of calls they take', async () => {
  const rows = drawRows(80, smooth, 1, 1, 3);
  const context = { runtime: referenceRuntime, stream: randomStream(1) };
  const [exact, fast] = [
    await fitGaussianProcess()(rows, context),
    await fitGaussianProcess()(rows, { ...context, runtime }),
  ];
  const fresh = drawRows(3000, smooth, 2).designs;
  const [a, b] = [await exact.predict(fresh.slice(0, 300)), await fast.predict(fresh)];
  a.mean.forEach((value, i) => expect(Math.abs(b.mean[i]! - value)).toBeLessThan(0.2));
  a.std.forEach((value, i) => expect(Math.abs(b.std[i]! / value - 1)).toBeLessThan(0.02));
  await Promise.all([exact.dispose(), fast.dispose()]);
});

test('covariances are those that an added row leaves, with the variances of predictions', async () => {
  const stream = randomStream(9);
  const draw = (n: number): Inputs => ({ designs: stream.fillNormal(new Float64Array(2 * n)), groups: [0, 1] });
  const [known, others] = [draw(8), draw(4)];
  const scales = Float64Array.of(0.3, 0.6, -1, -0.5, 0.2, -2);
  const y = stream.fillNormal(new Float64Array(8));
  const conditioned = (await condition(known, scales, y))!;
  const covariances = await covarianceAt(known, scales, conditioned, others);
  const { std } = predictAt(known, scales, conditioned, others);
  std.forEach((one, i) => expect(covariances[i * 4 + i]).toBeCloseTo(one ** 2, 10));
  // Told the first of the others as well, the rest varies as the covariances say.
  const more: Inputs = { designs: Float64Array.of(...known.designs, ...others.designs.slice(0, 2)), groups: [0, 1] };
  const told = (await condition(more, scales, Float64Array.of(...y, 0.7)))!;
  const after = await covarianceAt(more, scales, told, others);
  for (let i = 1; i < 4; i++) {
    for (let j = 1; j < 4; j++) {
      const expected = covariances[i * 4 + j]! - (covariances[i * 4]! * covariances[j]!) / covariances[0]!;
      expect(after[i * 4 + j]).toBeCloseTo(expected, 8);
    }
  }
});

describe('a thread for large tables', () => {
  const all = { inputs, y };
  const task = { part: all, known: all, iterations: 5 };

  test('fits them, tells progress, and stops when told to', async () => {
    const rows = drawRows(260, smooth, 1);
    const fit = fitGaussianProcess({ rows: 100, hyperparameterRows: 60, iterations: 5 });
    const told: number[] = [];
    const observer = ({ done }: { readonly done: number }) => told.push(done);
    const fitted = await fit(rows, { runtime, stream: randomStream(1), observer });
    expect(told.at(-1)).toBeGreaterThan(1);
    expect(fitted.quality.r2).toBeGreaterThan(0.9);
    await fitted.dispose();
    const controller = new AbortController();
    const stopping = () => controller.abort(new Error('enough'));
    const context = { runtime, stream: randomStream(1), observer: stopping, signal: controller.signal };
    await expect(fit(rows, context)).rejects.toThrow('enough');
  });

  test('solves to the same numbers, and tells each iteration', async () => {
    const told: number[] = [];
    const watch = { onIteration: (_: number, value: number) => told.push(value), signal: undefined };
    const here = await solveHere(task, watch);
    const there = await solveInThread(task, watch);
    expect(there).toEqual(here);
    expect(told.length).toBeGreaterThan(2);
    expect(told.slice(told.length / 2)).toEqual(told.slice(0, told.length / 2));
  });

  test('says what was wrong', async () => {
    const broken = { inputs: { designs: inputs.designs.map(() => NaN), groups }, y };
    const watch = { onIteration: () => undefined, signal: undefined };
    await expect(solveInThread({ ...task, known: broken }, watch)).rejects.toThrow('not positive definite');
  });

  test('stops when told to', async () => {
    const rows = 500;
    const large = {
      inputs: { designs: randomStream(5).fillNormal(new Float64Array(rows * 4)), groups },
      y: randomStream(6).fillNormal(new Float64Array(rows)),
    };
    const controller = new AbortController();
    const watch = { onIteration: () => controller.abort(new Error('enough')), signal: controller.signal };
    await expect(solveInThread({ part: large, known: large, iterations: 1000 }, watch)).rejects.toThrow('enough');
    await expect(solveInThread(task, watch)).rejects.toThrow('enough');
    const upset = { onIteration: () => expect.fail('upset'), signal: undefined };
    await expect(solveInThread(task, upset)).rejects.toThrow('upset');
    const unheard = { onIteration: () => undefined, signal: undefined };
    const both = await Promise.all([solveInThread(task, unheard), solveInThread(task, unheard)]);
    expect(both[0]).toEqual(both[1]);
  });
});
