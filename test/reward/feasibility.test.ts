import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { mean, randomStream, standardDeviation, type Progress } from '../../src/base/index.ts';
import { onnxRuntime } from '../../src/graph/index.ts';
import { areaUnderCurve } from '../../src/reward/feasibility.ts';
import {
  fitEnsemble,
  fitFeasibility,
  fitForest,
  fitGaussianProcess,
  type Feasibility,
  type FeasibilityRows,
  type FitSurrogate,
} from '../../src/reward/index.ts';
import { plattScaling, sigmoid } from '../../src/reward/platt.ts';

const runtime = onnxRuntime({ threads: 2 });
afterAll(() => runtime.close());

const fitOn = (rows: FeasibilityRows, seed = 1, fit: FitSurrogate = fitEnsemble({ layers: 2 })): Promise<Feasibility> =>
  fitFeasibility(rows, { runtime, stream: randomStream(seed) }, fit);

/** A known region in which nothing works. */
interface Region {
  readonly dimension: number;
  readonly draw: (stream: ReturnType<typeof randomStream>) => readonly number[];
  readonly works: (x: readonly number[]) => boolean;
}

/** Uniform in the square [-1, 1]^2, an eighth of which is a disc where nothing works. */
const disc: Region = {
  dimension: 2,
  draw: (stream) => [2 * stream.uniform() - 1, 2 * stream.uniform() - 1],
  works: ([x, y]) => Math.hypot(x! - 0.3, y! + 0.2) > 0.4,
};

/** Two categories of 4 and 5 values, one-hot, and a number: two of the 20 pairs never work. */
const pairs: Region = {
  dimension: 10,
  draw: (stream) => {
    const x = new Array<number>(10).fill(0);
    x[stream.integer(4)] = 1;
    x[4 + stream.integer(5)] = 1;
    x[9] = 2 * stream.uniform() - 1;
    return x;
  },
  works: (x) => !(x[1] === 1 && x[6] === 1) && !(x[2] === 1 && x[4] === 1),
};

function drawRows({ dimension, draw, works }: Region, n: number, seed: number): FeasibilityRows {
  const stream = randomStream(seed);
  const rows = Array.from({ length: n }, () => draw(stream));
  return { designs: Float32Array.from(rows.flat()), dimension, feasible: rows.map(works) };
}

/** Mean distance of predicted probability from the share that works, over ten bins of equal width, by their rows. */
function calibrationError(p: Float64Array, works: readonly boolean[]): number {
  const bins = Array.from({ length: 10 }, (_, bin) =>
    Array.from(p.keys()).filter((i) => Math.min(9, Math.floor(10 * p[i]!)) === bin),
  ).filter((bin) => bin.length > 0);
  return bins.reduce((sum, bin) => {
    const gap = mean(bin.map((i) => p[i]!)) - mean(bin.map((i) => Number(works[i])));
    return sum + (bin.length / p.length) * Math.abs(gap);
  }, 0);
}

const brier = (p: Float64Array, works: readonly boolean[]): number =>
  mean(p.map((v, i) => (v - Number(works[i])) ** 2));

describe.each([
  ['a disc', disc, 400],
  ['forbidden pairs', pairs, 600],
] as const)('%s', (_, region, n) => {
  test('is told apart on fresh rows, with calibrated probabilities, as the quality says', async () => {
    const model = await fitOn(drawRows(region, n, 1));
    const fresh = drawRows(region, 2000, 2);
    const p = await model.predict(fresh.designs);
    expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(areaUnderCurve(p, fresh.feasible)).toBeGreaterThan(0.95);
    expect(calibrationError(p, fresh.feasible)).toBeLessThan(0.06);
    // The base rate alone has 0.11 and 0.09.
    expect(brier(p, fresh.feasible)).toBeLessThan(0.035);
    expect(Math.abs(model.quality.brier - brier(p, fresh.feasible))).toBeLessThan(0.02);
    expect(Math.abs(model.quality.auc - areaUnderCurve(p, fresh.feasible))).toBeLessThan(0.05);
    await model.dispose();
  });
});
test.each([
  ['a forest', fitForest()],
  ['a Gaussian process', fitGaussianProcess()],
] as const)('%s tells a disc apart too', async (_name, fit) => {
  const model = await fitOn(drawRows(disc, 250, 1), 1, fit);
  const fresh = drawRows(disc, 1000, 2);
  const p = await model.predict(fresh.designs);
  expect(areaUnderCurve(p, fresh.feasible)).toBeGreaterThan(0.93);
  expect(calibrationError(p, fresh.feasible)).toBeLessThan(0.08);
  await model.dispose();
});

/** The rows with all but the first `failed` failures taken out. */
function withFailures({ designs, dimension, feasible }: FeasibilityRows, failed: number): FeasibilityRows {
  let left = failed;
  const kept = Array.from(feasible.keys()).filter((row) => feasible[row] === true || left-- > 0);
  return {
    designs: Float32Array.from(kept.flatMap((row) => [...designs.slice(row * dimension, (row + 1) * dimension)])),
    dimension,
    feasible: kept.map((row) => feasible[row]!),
  };
}

describe('few failures', () => {
  const rows = drawRows(disc, 150, 3);
  const fresh = drawRows(disc, 1000, 4);

  test('none of them: everything works', async () => {
    const model = await fitOn(withFailures(rows, 0));
    expect(new Set(await model.predict(fresh.designs))).toEqual(new Set([1]));
    expect(model.quality).toMatchObject({ failed: 0, auc: 0.5, brier: 0 });
  });

  test.each([1, 2])('%d of them say how often, not where', async (failed) => {
    const some = withFailures(rows, failed);
    const n = some.feasible.length;
    const model = await fitOn(some);
    expect(new Set(await model.predict(fresh.designs))).toEqual(new Set([(n - failed + 1) / (n + 2)]));
    expect(model.quality).toMatchObject({ rows: n, failed, auc: 0.5 });
  });

  test('3 of them move no probability far from the base rate, and 10 do', async () => {
    const [three, ten] = [await fitOn(withFailures(rows, 3)), await fitOn(withFailures(rows, 10))];
    expect(Math.min(...(await three.predict(fresh.designs)))).toBeGreaterThan(0.6);
    expect(mean(await three.predict(fresh.designs))).toBeGreaterThan(0.9);
    const p = await ten.predict(fresh.designs);
    expect(Math.min(...p)).toBeLessThan(0.5);
    expect(areaUnderCurve(p, fresh.feasible)).toBeGreaterThan(0.9);
    await Promise.all([three.dispose(), ten.dispose()]);
  });

  test('rows that nearly all failed are fitted too, and so are ten rows', async () => {
    const few = drawRows(disc, 60, 5);
    const turned = { ...few, feasible: few.feasible.map((value) => !value) };
    const model = await fitOn(turned);
    expect(mean(await model.predict(fresh.designs))).toBeLessThan(0.5);
    await model.dispose();
    const ten = await fitOn({
      designs: few.designs.slice(0, 20),
      dimension: 2,
      feasible: [0, 1, 1, 0, 1, 0, 1, 1, 1, 0].map(Boolean),
    });
    expect((await ten.predict(fresh.designs)).every((value) => value > 0 && value < 1)).toBe(true);
    await ten.dispose();
  });
});

test('failures without a pattern are not predicted: all designs near the base rate, and it says so', async () => {
  const { designs } = drawRows(disc, 300, 6);
  const stream = randomStream(7);
  const feasible = Array.from({ length: 300 }, () => stream.uniform() > 0.2);
  const model = await fitOn({ designs, dimension: 2, feasible });
  const p = await model.predict(drawRows(disc, 500, 8).designs);
  const base = mean(feasible.map(Number));
  expect(Math.abs(mean(p) - base)).toBeLessThan(0.03);
  expect(mean(p.map((value) => Math.abs(value - base)))).toBeLessThan(0.06);
  expect(Math.abs(model.quality.auc - 0.5)).toBeLessThan(0.12);
  await model.dispose();
});

test('the same stream gives the same probabilities to the last bit', async () => {
  const [rows, fresh] = [drawRows(disc, 100, 9), drawRows(disc, 50, 10).designs];
  const quick = fitEnsemble({ steps: 100 });
  const [a, b, c] = [await fitOn(rows, 1, quick), await fitOn(rows, 1, quick), await fitOn(rows, 2, quick)];
  expect(await b.predict(fresh)).toEqual(await a.predict(fresh));
  expect(await c.predict(fresh)).not.toEqual(await a.predict(fresh));
  await Promise.all([a, b, c].map((model) => model.dispose()));
});

test('progress is that of all fits, and a signal ends them with its reason', async () => {
  const rows = drawRows(disc, 100, 11);
  const seen: Progress[] = [];
  const context = { runtime, stream: randomStream(1), observer: (progress: Progress) => seen.push(progress) };
  const model = await fitFeasibility(rows, context, fitEnsemble({ steps: 200, patience: Infinity }));
  await model.dispose();
  expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done)].sort((a, b) => a - b));
  expect(seen.every(({ stage, total }) => stage === 'feasibility' && total === 600)).toBe(true);
  expect(seen.at(-1)?.done).toBe(600);
  const reason = new Error('enough');
  await expect(fitFeasibility(rows, { ...context, signal: AbortSignal.abort(reason) }, fitEnsemble())).rejects.toBe(
    reason,
  );
});

test('the area under the curve is the share of pairs in the right order, ties half', () => {
  const row = fc.record({ score: fc.integer({ min: 0, max: 5 }), label: fc.boolean() });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      const [right, wrong] = [rows.filter(({ label }) => label), rows.filter(({ label }) => !label)];
      const pairsInOrder = right.flatMap((a) => wrong.map((b) => (Math.sign(a.score - b.score) + 1) / 2));
      const area = areaUnderCurve(
        Float64Array.from(rows, ({ score }) => score),
        rows.map(({ label }) => label),
      );
      expect(area).toBeCloseTo(pairsInOrder.length === 0 ? 0.5 : mean(pairsInOrder), 12);
    }),
  );
});

describe('Platt scaling', () => {
  const stream = randomStream(12);
  const scores = Float64Array.from({ length: 20_000 }, () => 3 + 2 * stream.normal());

  test('finds the slope and intercept that labels were drawn with', () => {
    const labels = Array.from(scores, (score) => stream.uniform() < sigmoid(0.8 * score - 1));
    const { slope, intercept } = plattScaling(scores, labels);
    // The standard errors are 0.013 and 0.036.
    expect(Math.abs(slope - 0.8)).toBeLessThan(0.05);
    expect(Math.abs(intercept + 1)).toBeLessThan(0.15);
  });

  test('is at the minimum of its loss: the gradient vanishes', () => {
    const few = scores.slice(0, 40);
    const labels = Array.from(few, (score) => stream.uniform() < sigmoid(score - 3));
    const [positive, negative] = [true, false].map((kind) => labels.filter((label) => label === kind).length);
    const targets = labels.map((label) => (label ? (positive! + 1) / (positive! + 2) : 1 / (negative! + 2)));
    const { slope, intercept } = plattScaling(few, labels);
    const residuals = targets.map((target, i) => sigmoid(slope * few[i]! + intercept) - target);
    const [center, spread] = [mean(few), standardDeviation(few)];
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 8);
    const along = residuals.reduce((sum, r, i) => sum + (r * (few[i]! - center)) / spread, slope * spread);
    expect(along).toBeCloseTo(0, 8);
  });

  test('gives the base rate where scores are all equal, or order the labels backwards', () => {
    const labels = [true, true, true, false];
    const base = mean([0.8, 0.8, 0.8, 1 / 3]);
    for (const bad of [Float64Array.of(1, 1, 1, 1), Float64Array.of(0, 1, 2, 3)]) {
      const { slope, intercept } = plattScaling(bad, labels);
      expect([slope, sigmoid(intercept)]).toEqual([0, expect.closeTo(base, 12)]);
    }
  });

  test('keeps separated classes short of certainty, the more so the fewer they are', () => {
    const probability = (n: number): number => {
      const separated = Float64Array.from({ length: 2 * n }, (_, i) => (i < n ? -1 : 1));
      const { slope, intercept } = plattScaling(
        separated,
        Array.from(separated, (score) => score > 0),
      );
      return sigmoid(slope + intercept);
    };
    const rising = [3, 10, 100, 1000].map(probability);
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    expect(rising[0]).toBeLessThan(0.8);
    expect(rising[3]).toBeGreaterThan(0.98);
    expect(rising[3]).toBeLessThan(1);
  });
});
