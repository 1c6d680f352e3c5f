import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mean, randomStream } from '../../src/base/index.ts';
import {
  binnedWeights,
  exponentialWeights,
  rowWeightings,
  weightedIndices,
  type WeightingName,
} from '../../src/diffusion/index.ts';

const names = Object.keys(rowWeightings) as WeightingName[];
const rewardList = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 });

describe.each(names)('%s', (name) => {
  test('weights have mean 1 and are finite and not negative', () => {
    fc.assert(
      fc.property(rewardList, (list) => {
        const weights = rowWeightings[name](Float64Array.from(list));
        expect(weights.length).toBe(list.length);
        expect(mean(weights)).toBeCloseTo(1, 9);
        expect(weights.every((weight) => weight >= 0 && Number.isFinite(weight))).toBe(true);
      }),
    );
  });

  test('a constant reward gives every row the same', () => {
    expect(Array.from(rowWeightings[name](Float64Array.of(3, 3, 3)))).toEqual([1, 1, 1]);
  });

  test('units and offset of the reward do not matter', () => {
    const rewards = Float64Array.of(1, 2, 2.5, 7, 9);
    const there = rowWeightings[name](rewards.map((r) => 1000 * r - 50));
    expect(Array.from(there)).toEqual(Array.from(rowWeightings[name](rewards), (w) => expect.closeTo(w, 9) as number));
  });
});

test('binned: a hand-computed example', () => {
  // Rewards 0, 0, 0, 1, 4 in 2 bins of width 2: shares 4/5 and 1/5. The 90 % quantile (position 3.6, its floor) is 1: tau = 3.
  const rewards = Float64Array.of(0, 0, 0, 1, 4);
  const low = Math.exp(-2 / 3) * (0.8 / (0.8 + 0.2));
  const high = 1 * (0.2 / (0.2 + 0.2));
  // Shares of the probability, spread over the rows of each bin.
  const weightLow = low / (low + high) / 0.8;
  const weightHigh = high / (low + high) / 0.2;
  const average = (4 * weightLow + weightHigh) / 5;
  const weights = binnedWeights({ bins: 2, smoothing: 0.2, limit: 100 })(rewards);
  expect(Array.from(weights)).toEqual(
    [weightLow, weightLow, weightLow, weightLow, weightHigh].map((w) => expect.closeTo(w / average, 12) as number),
  );
});

test('binned: a row weighs no more than the limit before rescaling', () => {
  // 99 rows in the lowest of 20 bins, one in the highest; the 90 % quantile (position 89.1) is 0.089.
  const rewards = Float64Array.from({ length: 100 }, (_, i) => (i === 99 ? 10 : i / 1000));
  const low = Math.exp((-19 * 0.5) / (10 - 0.089)) * (0.99 / 0.991);
  const high = 0.01 / 0.011;
  const [weightLow, weightHigh] = [low / (low + high) / 0.99, high / (low + high) / 0.01];
  expect(weightHigh).toBeGreaterThan(50);
  for (const limit of [5, 1000]) {
    const weights = binnedWeights({ bins: 20, smoothing: 1e-3, limit })(rewards);
    expect(weights[99]! / weights[0]!).toBeCloseTo(Math.min(limit, weightHigh) / weightLow, 6);
  }
});

test('exponential: exp(z) of standardised rewards, limited', () => {
  // Mean 0, standard deviation 1.
  const rewards = Float64Array.of(-1, -1, 1, 1);
  const total = 2 * Math.exp(-1) + 2 * Math.exp(1);
  expect(Array.from(exponentialWeights(1)(rewards))).toEqual(
    [-1, -1, 1, 1].map((z) => expect.closeTo((4 * Math.exp(z)) / total, 12) as number),
  );
  expect(exponentialWeights(2)(rewards)[3]! / exponentialWeights(2)(rewards)[0]!).toBeCloseTo(Math.exp(4), 9);
});

test('exponential: one far outlier counts 20 times the average and leaves the others what they are', () => {
  const rewards = Float64Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1000 : i / 1000));
  const [weights, free] = [exponentialWeights(1, 20)(rewards), exponentialWeights(1, Infinity)(rewards)];
  expect(free[0]).toBeGreaterThan(999);
  expect(weights[0]).toBeCloseTo(20, 9);
  expect(weights[999]! / weights[1]!).toBeCloseTo(free[999]! / free[1]!, 9);
  expect(weights[500]).toBeCloseTo(980 / 999, 1);
});

test('exponential: no row counts more than the limit, nor less than without it', () => {
  fc.assert(
    fc.property(rewardList, fc.double({ min: 1.01, max: 30, noNaN: true }), (list, limit) => {
      const rewards = Float64Array.from(list);
      const weights = exponentialWeights(3, limit)(rewards);
      const free = exponentialWeights(3, 1e9)(rewards);
      expect(Math.max(...weights)).toBeLessThanOrEqual(Math.min(limit, list.length) * (1 + 1e-9));
      weights.forEach((weight, i) => {
        if (weight < limit * (1 - 1e-9)) expect(weight).toBeGreaterThanOrEqual(free[i]! * (1 - 1e-9));
      });
    }),
  );
});

describe('drawing rows by weight', () => {
  test('frequencies follow the weights: chi-square of 60,000 draws below its 99.9 % quantile', () => {
    const weights = Float64Array.of(0.1, 3, 0, 1, 1, 2.5, 0.4);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const draw = weightedIndices(weights);
    const stream = randomStream(8);
    const counts = new Float64Array(weights.length);
    const n = 60_000;
    for (let i = 0; i < n; i++) counts[draw(stream)]!++;
    expect(counts[2]).toBe(0);
    const terms = Array.from(weights, (weight, i) =>
      weight === 0 ? 0 : (counts[i]! - (n * weight) / total) ** 2 / ((n * weight) / total),
    );
    // 5 degrees of freedom.
    expect(terms.reduce((sum, term) => sum + term, 0)).toBeLessThan(20.5);
  });

  test('every index is one of the rows, and a row without weight is never drawn', () => {
    const anyWeights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        anyWeights.filter((list) => list.some((weight) => weight > 0)),
        (list) => {
          const draw = weightedIndices(Float64Array.from(list));
          const stream = randomStream(1);
          for (let i = 0; i < 50; i++) expect(list[draw(stream)]).toBeGreaterThan(0);
        },
      ),
    );
  });
});
