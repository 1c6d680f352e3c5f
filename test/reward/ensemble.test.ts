import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { correlation, mean, randomStream, rankCorrelation, type Progress } from '../../src/base/index.ts';
import { input, onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import { fitEnsemble, type LabelledRows, type Surrogate } from '../../src/reward/index.ts';
import { choicesOnly } from '../../src/reward/groups.ts';
import { lossRules } from '../../src/reward/ensemble-network.ts';
import { checkedRows, ensembleTrainingFor, folds } from '../../src/reward/ensemble-training.ts';

const runtime = onnxRuntime({ threads: 2 });
afterAll(() => runtime.close());

const dimension = 4;
type Reward = (x: readonly number[]) => number;

/** Own units: about 1000 +- 60. */
const smooth: Reward = (x) => 1000 + 60 * (Math.sin(2 * x[0]!) + x[1]! * x[2]! - 0.5 * x[3]! ** 2);

/** n rows uniform on [-width, width]^4. */
function drawRows(n: number, reward: Reward, seed: number, width = 1, noise = 0): LabelledRows {
  const stream = randomStream(seed);
  const designs = new Float32Array(n * dimension).map(() => width * (2 * stream.uniform() - 1));
  const rewards = Float64Array.from(
    { length: n },
    (_, i) => reward([...designs.subarray(i * dimension, (i + 1) * dimension)]) + noise * stream.normal(),
  );
  return { designs, dimension, rewards };
}

const fitOn = (rows: LabelledRows, seed = 1): Promise<Surrogate> =>
  fitEnsemble()(rows, { runtime, stream: randomStream(seed) });

/** Coefficient of determination of predictions. */
function r2(predicted: Float64Array, truth: Float64Array): number {
  const center = mean(truth);
  const total = truth.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return 1 - truth.reduce((sum, value, i) => sum + (value - predicted[i]!) ** 2, 0) / total;
}

describe('on 800 rows of a smooth function', async () => {
  const surrogate = await fitOn(drawRows(800, smooth, 1));
  const fresh = drawRows(1000, smooth, 2);
  const predicted = await surrogate.predict(fresh.designs);
  afterAll(() => surrogate.dispose());

  test('fresh rows are predicted: R2 above 0.97, in the reward’s own units', () => {
    expect(r2(predicted.mean, fresh.rewards)).toBeGreaterThan(0.97);
    expect(mean(predicted.mean)).toBeGreaterThan(960);
    expect(mean(predicted.mean)).toBeLessThan(1010);
  });

  test('the quality it claims is nearly that on fresh rows, and not better', () => {
    const { rows, rankCorrelation: claimed, r2: claimedR2 } = surrogate.quality;
    expect(rows).toBe(800);
    expect(claimedR2).toBeGreaterThan(0.9);
    expect(claimedR2).toBeLessThan(r2(predicted.mean, fresh.rewards) + 0.01);
    expect(Math.abs(claimed - rankCorrelation(predicted.mean, fresh.rewards))).toBeLessThan(0.05);
  });

  test('two standard deviations hold 90 to 100 % of fresh rows', () => {
    const inside = fresh.rewards.filter((value, i) => Math.abs(value - predicted.mean[i]!) <= 2 * predicted.std[i]!);
    expect(inside.length / 1000).toBeGreaterThan(0.9);
    expect(mean(predicted.std)).toBeLessThan(25);
  });

  test('far from the data it is less sure: twice the standard deviation, and more', async () => {
    const far = await surrogate.predict(drawRows(500, smooth, 3, 1).designs.map((value) => 3 * value));
    expect(mean(far.std)).toBeGreaterThan(2 * mean(predicted.std));
  });

  test('designs are predicted one by one: the same alone and among thousands', async () => {
    const many = new Float32Array(5000 * dimension);
    many.set(fresh.designs.subarray(0, 2 * dimension), 4500 * dimension);
    const among = await surrogate.predict(many);
    for (const i of [0, 1]) {
      expect(among.mean[4500 + i]).toBeCloseTo(predicted.mean[i]!, 2);
      expect(among.std[4500 + i]).toBeCloseTo(predicted.std[i]!, 2);
    }
    expect((await surrogate.predict(new Float32Array(0))).mean.length).toBe(0);
  });
});

test('noise of the reward is part of the standard deviation', async () => {
  const noise = 40;
  const surrogate = await fitOn(drawRows(600, smooth, 4, 1, noise));
  const fresh = drawRows(1000, smooth, 5, 1, noise);
  const { mean: center, std } = await surrogate.predict(fresh.designs);
  expect(mean(std)).toBeGreaterThan(0.9 * noise);
  expect(mean(std)).toBeLessThan(1.6 * noise);
  const share = fresh.rewards.filter((value, i) => Math.abs(value - center[i]!) <= 2 * std[i]!).length / 1000;
  expect(share).toBeGreaterThan(0.9);
  expect(share).toBeLessThan(0.995);
  await surrogate.dispose();
});

test('rewards without any pattern are not predicted, and it says so', async () => {
  const surrogate = await fitOn(drawRows(400, () => 0, 6, 1, 10));
  expect(Math.abs(surrogate.quality.rankCorrelation)).toBeLessThan(0.2);
  expect(surrogate.quality.r2).toBeLessThan(0.1);
  await surrogate.dispose();
});

test('the same stream gives the same predictions to the last bit, another stream others', async () => {
  const rows = drawRows(120, smooth, 7);
  const fresh = drawRows(50, smooth, 8).designs;
  const [a, b, c] = [await fitOn(rows, 1), await fitOn(rows, 1), await fitOn(rows, 2)];
  const [first, second, other] = [await a.predict(fresh), await b.predict(fresh), await c.predict(fresh)];
  expect(second).toEqual(first);
  expect(b.curve).toEqual(a.curve);
  expect(other.mean).not.toEqual(first.mean);
  for (const surrogate of [a, b, c]) await surrogate.dispose();
});

describe('small and odd tables', () => {
  test.each([2, 3, 7, 10])('%d rows give finite predictions', async (n) => {
    const surrogate = await fitOn(drawRows(n, smooth, 9));
    const { mean: center, std } = await surrogate.predict(drawRows(20, smooth, 10).designs);
    expect([...center, ...std].every(Number.isFinite)).toBe(true);
    expect(std.every((value) => value >= 0)).toBe(true);
    expect(Number.isFinite(surrogate.quality.rankCorrelation)).toBe(true);
    await surrogate.dispose();
  });

  test('ten rows of a line are ordered rightly', async () => {
    const line: Reward = (x) => 5 * x[0]!;
    const surrogate = await fitOn(drawRows(10, line, 11));
    const fresh = drawRows(200, line, 12);
    expect(correlation((await surrogate.predict(fresh.designs)).mean, fresh.rewards)).toBeGreaterThan(0.4);
    await surrogate.dispose();
  });

  test('a coordinate that never changes does no harm', async () => {
    const rows = drawRows(400, smooth, 13);
    for (let i = 0; i < 400; i++) rows.designs[i * dimension + 3] = 0.5;
    const flat: Reward = (x) => smooth([x[0]!, x[1]!, x[2]!, 0.5]);
    const rewards = Float64Array.from({ length: 400 }, (_, i) => flat([...rows.designs.subarray(i * dimension)]));
    const surrogate = await fitOn({ ...rows, rewards });
    const fresh = drawRows(300, flat, 14);
    for (let i = 0; i < 300; i++) fresh.designs[i * dimension + 3] = 0.5;
    expect(r2((await surrogate.predict(fresh.designs)).mean, fresh.rewards)).toBeGreaterThan(0.9);
    await surrogate.dispose();
  });

  test('a constant reward is predicted as it is', async () => {
    const surrogate = await fitOn(drawRows(50, () => 7, 15));
    const { mean: center } = await surrogate.predict(drawRows(20, smooth, 16).designs);
    for (const value of center) expect(value).toBeCloseTo(7, 0);
    await surrogate.dispose();
  });

  test('one row is too few', async () => {
    await expect(fitOn(drawRows(1, smooth, 17))).rejects.toThrow('at least 2 labelled rows');
  });
});

test('a signal ends the fit with its reason, and progress is told before', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const seen: Progress[] = [];
  const fit = fitEnsemble({ steps: 50_000, patience: Infinity })(drawRows(100, smooth, 18), {
    runtime,
    stream: randomStream(1),
    signal: stop.signal,
    observer: (progress) => {
      seen.push(progress);
      stop.abort(reason);
    },
  });
  await expect(fit).rejects.toBe(reason);
  expect(seen.length).toBe(1);
  expect(seen[0]).toMatchObject({ stage: 'surrogate', total: 50_000 });
});

test('held-out rows: each member its own, all of the same number, the rest trained on', () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 2, max: 300 }),
    members: fc.integer({ min: 1, max: 8 }),
    heldOutShare: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
  });
  fc.assert(
    fc.property(sizes, ({ rows, members, heldOutShare }) => {
      const split = folds(rows, { members, heldOutShare }, randomStream(1));
      expect(split.length).toBe(members);
      for (const { heldOut, trained } of split) {
        expect(heldOut.length).toBe(split[0]!.heldOut.length);
        expect(heldOut.length).toBeGreaterThan(0);
        expect([...heldOut, ...trained].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
        expect(trained.length).toBeGreaterThan(0);
      }
      const all = split.flatMap(({ heldOut }) => [...heldOut]);
      if (rows >= members) expect(new Set(all).size).toBe(all.length);
    }),
  );
});

test('rows that tell when to stop are those that a member does not see, two thousand of many', () => {
  const [few, many] = [30, 9000].map((rows) => folds(rows, { members: 3, heldOutShare: 0.3 }, randomStream(1)));
  expect([...checkedRows(few!)]).toEqual(few!.flatMap(({ heldOut }) => [...heldOut]));
  const checked = checkedRows(many!);
  expect(checked).toHaveLength(6000);
  many!.forEach(({ heldOut }, member) => {
    expect(heldOut).toHaveLength(2700);
    const unseen = new Set(heldOut);
    expect([...checked.subarray(2000 * member, 2000 * (member + 1))].every((row) => unseen.has(row))).toBe(true);
  });
});

test('the likelihood learns where the noise is', async () => {
  const rows = drawRows(400, () => 0, 19, 1, 1);
  const rewards = rows.rewards.map((noise, i) => (rows.designs[i * dimension]! > 0 ? 10 : 1) * noise);
  const fit = fitEnsemble({ loss: 'likelihood', width: 32, steps: 1500 });
  const surrogate = await fit({ ...rows, rewards }, { runtime, stream: randomStream(1) });
  const fresh = drawRows(400, () => 0, 20).designs;
  const { std } = await surrogate.predict(fresh);
  const side = (right: boolean): number => mean([...std].filter((_, i) => fresh[i * dimension]! > 0.2 === right));
  expect(side(true)).toBeGreaterThan(2 * side(false));
  await surrogate.dispose();
});

test('the ranking loss does not feel the scale of the scores, and is 0 for the right direction', async () => {
  const scores = input('scores', [2, 3, 1]);
  const rewards = input('rewards', [2, 3, 1]);
  const program = await referenceRuntime.compile({ outputs: { loss: lossRules.ranking.loss(scores, rewards) } });
  const truth = Float32Array.of(1, -2, 1, 0.5, 0.5, -1);
  const lossOf = async (data: Float32Array): Promise<number> => {
    const shape = [2, 3, 1];
    return (await program.run({ scores: { shape, data }, rewards: { shape, data: truth } }))['loss']!.data[0]!;
  };
  expect(await lossOf(truth.map((value) => 8 * value))).toBeCloseTo(0, 5);
  expect(await lossOf(truth.map((value) => -value))).toBeCloseTo(2, 5);
  // One member right, the other at a right angle.
  expect(await lossOf(Float32Array.of(1, -2, 1, 1, -1, 0))).toBeCloseTo(0.5, 5);
  await program.dispose();
});

test('choices alone are learnt by one hidden layer while rows are few, numbers by two', () => {
  const [choices, mixed] = [{ groups: [0, 0, 1, 1, 1] }, { groups: [0, 0, 1] }];
  expect(ensembleTrainingFor(500, choices).layers).toBe(1);
  expect(ensembleTrainingFor(500, mixed).layers).toBe(2);
  expect(ensembleTrainingFor(5000, choices).layers).toBe(2);
  expect(choicesOnly(choices)).toBe(true);
  expect(choicesOnly(mixed)).toBe(false);
  expect(choicesOnly({})).toBe(false);
});

test('without a hidden layer it is a line', async () => {
  const line: Reward = (x) => 3 + 2 * x[0]! - x[1]!;
  const surrogate = await fitEnsemble({ layers: 0 })(drawRows(200, line, 1), { runtime, stream: randomStream(1) });
  const { mean: ends } = await surrogate.predict(Float32Array.of(-1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0));
  expect((ends[0]! + ends[2]!) / 2).toBeCloseTo(ends[1]!, 3);
  await surrogate.dispose();
});
