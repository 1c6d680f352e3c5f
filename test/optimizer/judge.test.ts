import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quantile, randomStream } from '../../src/base/index.ts';
import { onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import { createJudge, evidenceWeight, type Judge, type JudgeOptions } from '../../src/optimizer/judge.ts';
import { labelledRows, trainOnTable, type TrainedDenoiser } from '../../src/optimizer/models.ts';
import { noCurve, type Feasibility, type Predictions, type Surrogate } from '../../src/reward/index.ts';
import type { Table } from '../../src/table/index.ts';
import { planeRows, planeTable, tinyTraining } from './tiny.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

const table = planeTable(60);
const mirrored = planeTable(
  planeRows(60).map((row) => ({ ...row, reward: -row.reward! })),
  { direction: 'minimize' },
);
const train = (of: Table): Promise<TrainedDenoiser> =>
  trainOnTable(of, runtime, { stream: randomStream(1), weighting: 'exponential', training: tinyTraining });
let trained: TrainedDenoiser;
let trainedMirrored: TrainedDenoiser;
beforeAll(async () => {
  trained = await train(table);
  trainedMirrored = await train(mirrored);
});

/** A surrogate that says what it is told to. */
function surrogateOf(predict: (vector: Float32Array) => { mean: number; std: number }): Surrogate {
  const predictAll = (designs: Float32Array): Predictions => {
    const each = Array.from({ length: designs.length / 2 }, (_, i) => predict(designs.subarray(2 * i, 2 * i + 2)));
    return { mean: Float64Array.from(each, ({ mean }) => mean), std: Float64Array.from(each, ({ std }) => std) };
  };
  const nothing = new Float64Array();
  return {
    name: 'forest',
    predict: (designs) => Promise.resolve(predictAll(designs)),
    heldOut: { mean: nothing, std: nothing },
    quality: { rows: 0, rankCorrelation: 0, r2: 0, coverage: [], calibrationError: 0 },
    curve: noCurve,
    settings: {},
    dispose: () => Promise.resolve(),
  };
}

const feasibilityOf = (probability: number): Feasibility => ({
  predict: (designs) => Promise.resolve(new Float64Array(designs.length / 2).fill(probability)),
  quality: { rows: 0, failed: 0, auc: 0.5, brier: 0.25 },
  dispose: () => Promise.resolve(),
});

const slanted = surrogateOf(([x, y]) => ({ mean: 3 + x! - 0.5 * y!, std: 0.4 + 0.1 * x! }));
const noRows = { designs: new Float32Array(), residuals: new Float64Array() };

async function judged(designs: Float32Array, change: Partial<JudgeOptions> = {}, informed = true) {
  const judge: Judge = await createJudge({
    runtime: referenceRuntime,
    model: trained.model,
    reference: trained.reference,
    surrogate: slanted,
    unseen: noRows,
    rewards: table.rewards,
    direction: 'maximize',
    caution: 0.5,
    stream: randomStream(2),
    ...change,
  });
  try {
    return { ...(await judge.judge(designs, { informed })), weight: judge.evidenceWeight };
  } finally {
    await judge.dispose();
  }
}

const numbers = fc.array(
  fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -10, max: 10, noNaN: true })),
  { maxLength: 60 },
);

describe('what evidence is worth', () => {
  const weightOf = (pairs: readonly (readonly [number, number])[]): number =>
    evidenceWeight(
      Float64Array.from(pairs, ([evidence]) => evidence),
      Float64Array.from(pairs, ([, residual]) => residual),
    );

  test('before any row says so is 0.3', () => {
    expect(weightOf([])).toBe(0.3);
  });

  test('is the slope of residuals on it with the least squares, 50 rows of 0.3 among them, but never less than 0', () => {
    fc.assert(
      fc.property(numbers, (pairs) => {
        const loss = (weight: number): number =>
          pairs.reduce((sum, [evidence, residual]) => sum + (residual - weight * evidence) ** 2, 0) +
          50 * (weight - 0.3) ** 2;
        const weight = weightOf(pairs);
        expect(weight).toBeGreaterThanOrEqual(0);
        for (const other of [0, weight / 2, weight + 0.01, weight + 1]) {
          expect(loss(weight)).toBeLessThanOrEqual(loss(other) * (1 + 1e-12));
        }
      }),
    );
  });

  test('comes to the slope of many rows, and to nothing where it misleads', () => {
    const stream = randomStream(7);
    const rows = (slope: number) =>
      Array.from({ length: 5000 }, () => {
        const evidence = stream.normal();
        return [evidence, slope * evidence + stream.normal()] as const;
      });
    expect(Math.abs(weightOf(rows(0.8)) - 0.8)).toBeLessThan(0.06);
    expect(weightOf(rows(-0.5))).toBe(0);
  });
});

describe('a judgement', () => {
  const inside = table.space.encodeAll(table.designs.slice(0, 30));
  /** The upper right corner; the data end at 0.2. */
  const far = Float32Array.from({ length: 2 * 20 }, (_, i) => 0.8 + 0.005 * i);

  test('has the predictions of the surrogate, in own units, doubted nowhere less than the surrogate does', async () => {
    const { mean, std, trust, feasible } = await judged(inside);
    const predicted = await slanted.predict(inside);
    expect(mean).toEqual(predicted.mean);
    for (let i = 0; i < mean.length; i++) {
      expect(std[i]).toBeGreaterThanOrEqual(predicted.std[i]!);
      expect(trust[i]).toBeGreaterThan(0);
      expect(trust[i]).toBeLessThanOrEqual(1);
      expect(feasible[i]).toBe(1);
      // What more than a twentieth of the data is stranger than is not doubted.
      if (trust[i]! > 0.07) expect(std[i]).toBe(predicted.std[i]);
    }
    expect(Array.from(trust).filter((one) => one > 0.07).length).toBeGreaterThan(15);
  });

  test('doubts what is off the data, trusts it less, and puts it lower', async () => {
    const flat = surrogateOf(() => ({ mean: 3, std: 0.5 }));
    const [near, off] = [await judged(inside, { surrogate: flat }), await judged(far, { surrogate: flat })];
    const top = (values: Float64Array): number => Math.max(...values);
    expect(top(off.trust)).toBeLessThan(0.05);
    expect(quantile(near.trust, 0.5)).toBeGreaterThan(0.2);
    expect(Math.min(...off.std)).toBeGreaterThan(quantile(near.std, 0.9));
    expect(top(off.bound)).toBeLessThan(quantile(near.bound, 0.1));
  });

  test('told not to doubt more, doubts what is off the data no more than the surrogate does, and trusts it as little', async () => {
    const [told, untold] = [await judged(far, { doubtOffData: 0 }), await judged(far)];
    expect(told.std).toEqual(told.surrogateStd);
    expect(told.trust).toEqual(untold.trust);
    expect(Math.max(...told.trust)).toBeLessThan(0.05);
  });

  test('doubts what is remote from measured designs, five times the more', async () => {
    const near = await judged(inside);
    const far = { remoteness: (designs: Float32Array) => new Float64Array(designs.length / 2).fill(2) };
    const remote = await judged(inside, far);
    expect(remote.mean).toEqual(near.mean);
    expect(remote.surrogateStd).toEqual((await slanted.predict(inside)).std);
    remote.std.forEach((std, i) => expect(std).toBeCloseTo(near.std[i]! + 10 * remote.surrogateStd[i]!, 9));
  });

  test('told not to doubt more, doubts what is remote no more than what is near', async () => {
    const remoteness = (designs: Float32Array) => new Float64Array(designs.length / 2).fill(2);
    const { std, surrogateStd } = await judged(inside, { remoteness, doubtOffData: 0 });
    expect(std).toEqual(surrogateStd);
  });

  test('without doubt and evidence is the prediction', async () => {
    const certain = surrogateOf(([x, y]) => ({ mean: 1 + x! * y!, std: 0 }));
    const { mean, bound, informed } = await judged(Float32Array.from([...inside, ...far]), { surrogate: certain });
    expect(bound).toEqual(mean);
    expect(informed).toEqual(mean);
  });

  test('gives up caution times the standard deviation', async () => {
    const [bold, careful] = [await judged(inside, { caution: 0 }), await judged(inside, { caution: 2 })];
    expect(careful.std).toEqual(bold.std);
    bold.bound.forEach((bound, i) => expect(careful.bound[i]).toBeCloseTo(bound - 2 * bold.std[i]!, 9));
  });

  test('with exploration gains what the surrogate doubts, and gives up what is doubted off the data', async () => {
    const [caution, exploration] = [0.5, 1.5];
    for (const designs of [inside, far]) {
      const { mean, std, bound } = await judged(designs, { caution, exploration });
      const own = (await slanted.predict(designs)).std;
      bound.forEach((one, i) => {
        expect(one).toBeCloseTo(mean[i]! + exploration * own[i]! - caution * (std[i]! - own[i]!), 9);
      });
    }
    // Negative, it is caution.
    const [as, without] = [await judged(far, { caution, exploration: -caution }), await judged(far, { caution })];
    as.bound.forEach((one, i) => expect(one).toBeCloseTo(without.bound[i]!, 9));
  });

  test('informed, is moved by evidence within three of the surrogate\u2019s standard deviations times its weight', async () => {
    const { mean, bound, informed, weight } = await judged(far, { caution: 0 });
    expect(bound).toEqual(mean);
    const { std } = await slanted.predict(far);
    expect(weight).toBe(0.3);
    informed.forEach((one, i) => expect(Math.abs(one - mean[i]!)).toBeLessThanOrEqual(3 * 0.3 * std[i]! + 1e-9));
    // Beside rows that are all alike any evidence is beyond measure, and is cut.
    const middle = table.space.encode({ x: 0.3, y: 0.3 });
    const alike = Float32Array.from({ length: 2 * 20 }, (_, i) => middle[i % 2]!);
    const wild = await judged(far, { caution: 0, reference: alike });
    const shares = wild.informed.map((one, i) => Math.abs(one - wild.mean[i]!) / std[i]!);
    expect(Math.max(...shares)).toBeCloseTo(3 * 0.3, 9);
    const near = await judged(inside, { caution: 0 });
    const moves = near.informed.map((one, i) => one - near.mean[i]!);
    expect(Math.max(...moves)).toBeGreaterThan(0);
    expect(Math.min(...moves)).toBeLessThan(0);
  });

  test('has none of the evidence where it is not asked for, and the same otherwise', async () => {
    const [asked, unasked] = [await judged(inside), await judged(inside, {}, false)];
    expect(asked.informed).not.toEqual(asked.bound);
    expect(unasked.informed).toEqual(unasked.bound);
    unasked.bound.forEach((bound, i) => expect(bound).toBeCloseTo(asked.bound[i]!, 5));
  });

  test('learns from unseen rows what the evidence is worth', async () => {
    const designs = table.space.encodeAll(table.designs);
    // At caution 0 and a standard deviation of 1 the informed bound less the mean is the evidence times 0.3.
    const sure = surrogateOf(() => ({ mean: 0, std: 1 }));
    const told = await judged(designs, { surrogate: sure, caution: 0 });
    const evidence = told.informed.map((moved) => moved / told.weight);
    const along = { designs, residuals: evidence.map((value) => 2 * value) };
    const against = { designs, residuals: evidence.map((value) => -2 * value) };
    expect((await judged(designs, { surrogate: sure, unseen: along })).weight).toBeGreaterThan(0.6);
    expect((await judged(designs, { surrogate: sure, unseen: against })).weight).toBe(0);
  });

  test('of what may fail lies between success and a poor reward of the data, by the probability', async () => {
    const failure = quantile(table.rewards, 0.1);
    const surrogate = surrogateOf(([x]) => ({ mean: 4 + 6 * x!, std: 0.3 }));
    const at = (probability: number) => judged(inside, { surrogate, feasibility: feasibilityOf(probability) });
    const [success, never, half] = [await judged(inside, { surrogate }), await at(0), await at(0.5)];
    expect((await at(1)).bound).toEqual(success.bound);
    expect((await at(1)).informed).toEqual(success.informed);
    expect((await at(0)).informed).toEqual(success.informed.map((one) => Math.min(one, failure)));
    success.bound.forEach((bound, i) => {
      expect(never.bound[i]).toBe(Math.min(bound, failure));
      expect(half.bound[i]).toBeCloseTo((bound + never.bound[i]!) / 2, 9);
    });
    expect(never.feasible).toEqual(new Float64Array(30));
    const better = success.bound.filter((bound) => bound > failure).length;
    expect(better).toBeGreaterThan(0);
    expect(better).toBeLessThan(30);
  });

  test('of what may fail when less is better takes the poor reward from the other end', async () => {
    const highest = surrogateOf(() => ({ mean: -1e6, std: 0 }));
    const { bound } = await judged(inside, {
      surrogate: highest,
      feasibility: feasibilityOf(0),
      rewards: mirrored.rewards,
      direction: 'minimize',
      model: trainedMirrored.model,
    });
    for (const one of bound) expect(one).toBeCloseTo(-quantile(mirrored.rewards, 0.9), 9);
  });

  test('of a mirrored table to minimize is the same, its rewards apart', async () => {
    const negative = surrogateOf(([x, y]) => ({ mean: -(3 + x! - 0.5 * y!), std: 0.4 + 0.1 * x! }));
    const designs = Float32Array.from([...inside, ...far]);
    const up = await judged(designs, { feasibility: feasibilityOf(0.7) });
    const down = await judged(designs, {
      feasibility: feasibilityOf(0.7),
      surrogate: negative,
      model: trainedMirrored.model,
      reference: trainedMirrored.reference,
      rewards: labelledRows(mirrored).rewards,
      direction: 'minimize',
    });
    down.mean.forEach((mean, i) => {
      expect(mean).toBe(-up.mean[i]!);
      expect(down.bound[i]).toBeCloseTo(up.bound[i]!, 4);
      expect(down.informed[i]).toBeCloseTo(up.informed[i]!, 4);
      expect(down.std[i]! / up.std[i]!).toBeCloseTo(1, 4);
    });
    expect(down.trust).toEqual(up.trust);
  });

  test('of no designs is empty', async () => {
    const { bound, trust } = await judged(new Float32Array());
    expect([bound.length, trust.length]).toEqual([0, 0]);
  });

  test('doubt grows by the same factor whatever the surrogate says', async () => {
    const [one, other] = [1, 7].map((std) => surrogateOf(() => ({ mean: 0, std })));
    const [a, b] = [await judged(far, { surrogate: one! }), await judged(far, { surrogate: other! })];
    a.std.forEach((std, i) => expect(b.std[i]! / std).toBeCloseTo(7, 9));
    expect(Math.min(...a.std)).toBeGreaterThan(1);
  });
});
