import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { calibration, columnGroups, judge, sequenceSpans, widened } from '../../src/reward/index.ts';
import { createSpace } from '../../src/space/index.ts';

/** Rewards that are normal around predictions of `spread`, while `claimed` is said. */
function normal(n: number, spread: number, claimed: number, seed = 1) {
  const stream = randomStream(seed);
  const mean = Float64Array.from({ length: n }, () => 10 * stream.normal());
  const rewards = mean.map((value) => value + spread * stream.normal());
  return { heldOut: { mean, std: new Float64Array(n).fill(claimed) }, rewards };
}

describe('judge', () => {
  test('known answers', () => {
    const heldOut = { mean: Float64Array.of(1, 2, 3, NaN), std: Float64Array.of(1, 1, 0.1, NaN) };
    const { rows, rankCorrelation, r2, coverage, calibrationError } = judge(heldOut, Float64Array.of(1, 3, 5, 100));
    expect([rows, rankCorrelation]).toEqual([3, 1]);
    // Errors 0, 1, 2 around a mean of 3: 1 - 5 / 8.
    expect(r2).toBeCloseTo(3 / 8, 12);
    expect(coverage.map(({ level }) => level)).toEqual([0.5, 0.8, 0.95]);
    [1 / 3, 2 / 3, 2 / 3].forEach((share, i) => expect(coverage[i]!.share).toBeCloseTo(share, 12));
    expect(calibrationError).toBeCloseTo((0.5 - 1 / 3 + (0.8 - 2 / 3) + (0.95 - 2 / 3)) / 3, 12);
  });

  test('honest standard deviations hold what they say', () => {
    const { heldOut, rewards } = normal(20_000, 2, 2);
    for (const { level, share } of judge(heldOut, rewards).coverage) expect(Math.abs(share - level)).toBeLessThan(0.01);
    expect(judge(heldOut, rewards).calibrationError).toBeLessThan(0.01);
    expect(judge(widened(heldOut, 0.01), rewards).calibrationError).toBeGreaterThan(0.7);
  });

  test('constant rewards and no held-out rows have finite figures', () => {
    const constant = judge({ mean: Float64Array.of(7, 7), std: Float64Array.of(0, 0) }, Float64Array.of(7, 7));
    expect(constant).toMatchObject({ rows: 2, rankCorrelation: 0, r2: 0 });
    const none = judge({ mean: Float64Array.of(NaN), std: Float64Array.of(NaN) }, Float64Array.of(1));
    expect(none).toMatchObject({ rows: 0, rankCorrelation: 0, r2: 0 });
    expect(Number.isFinite(none.calibrationError)).toBe(true);
  });
});

describe('calibration', () => {
  test.each([0.5, 1, 3])('finds how much wider the truth is: %d', (ratio) => {
    const { heldOut, rewards } = normal(5000, ratio, 1);
    expect(calibration(heldOut, rewards) / ratio).toBeGreaterThan(0.95);
    expect(calibration(heldOut, rewards) / ratio).toBeLessThan(1.05);
  });

  test('a few gross outliers hardly move it', () => {
    const { heldOut, rewards } = normal(500, 1, 1);
    const before = calibration(heldOut, rewards);
    for (let i = 0; i < 5; i++) rewards[i] = 1e6;
    expect(calibration(heldOut, rewards) / before).toBeLessThan(1.1);
  });

  test('afterwards the 80 % interval holds 80 % of many rows, and the factor is positive and bounded for any', () => {
    const sizes = fc.record({
      n: fc.integer({ min: 1, max: 400 }),
      spread: fc.double({ min: 0, max: 50, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, ({ n, spread }) => {
        const { heldOut, rewards } = normal(n, spread, 1, n);
        const factor = calibration(heldOut, rewards);
        expect(factor).toBeGreaterThanOrEqual(0.1);
        expect(factor).toBeLessThanOrEqual(10);
        if (n < 100 || spread < 0.2 || spread > 8) return;
        const { share } = judge(widened(heldOut, factor), rewards).coverage[1]!;
        expect(Math.abs(share - 0.8)).toBeLessThan(0.05);
      }),
    );
  });

  test('without a scale or rows there is nothing to change', () => {
    expect(calibration({ mean: new Float64Array(0), std: new Float64Array(0) }, new Float64Array(0))).toBe(1);
    const exact = calibration({ mean: Float64Array.of(1, 2), std: Float64Array.of(0, 0) }, Float64Array.of(1, 2));
    expect(Number.isFinite(exact) && exact > 0).toBe(true);
  });
});

describe('the layout of encoded designs', () => {
  const space = createSpace({
    parameters: {
      temperature: { type: 'real', min: 0, max: 1 },
      base: { type: 'categorical', values: ['a', 'b', 'c'] },
      guide: { type: 'sequence', alphabet: 'ACGT', length: 2 },
    },
  });

  test('has a group for each parameter, and for each position of a sequence', () => {
    expect(columnGroups(space)).toEqual([0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  });

  test('says where the sequences are', () => {
    expect(sequenceSpans(space)).toEqual([{ start: 4, positions: 2, choices: 4 }]);
  });
});
