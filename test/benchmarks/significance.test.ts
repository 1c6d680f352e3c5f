import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm, signedRankTest } from '../../benchmarks/index.ts';

/** Differences with the ranks 1 to n, negative where listed. */
function ranked(n: number, negative: readonly number[]): number[] {
  return Array.from({ length: n }, (_, i) => (negative.includes(i + 1) ? -(i + 1) : i + 1));
}

/** The probability of a sum of positive ranks of at most the observed one, over all 2^n signs one by one. */
function lessByEnumeration(differences: readonly number[]): number {
  const kept = differences.filter((value) => value !== 0);
  const sizes = kept.map(Math.abs);
  const rank = (size: number): number =>
    sizes.filter((other) => other < size).length + (sizes.filter((other) => other === size).length + 1) / 2;
  const ranks = sizes.map(rank);
  const observed = ranks.reduce((sum, value, i) => sum + (kept[i]! > 0 ? value : 0), 0);
  let count = 0;
  for (let signs = 0; signs < 2 ** kept.length; signs++) {
    const sum = ranks.reduce((total, value, i) => total + ((signs >> i) & 1 ? value : 0), 0);
    if (sum <= observed) count++;
  }
  return count / 2 ** kept.length;
}

describe("Wilcoxon's signed-rank test", () => {
  it("gives Darwin's maize the exact 0.0413 of the textbooks", () => {
    const maize = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
    const { statistic, pairs, twoSided, greater } = signedRankTest(maize);
    expect([statistic, pairs]).toEqual([96, 15]);
    expect(twoSided).toBeCloseTo(0.041259765625, 12);
    expect(greater).toBeCloseTo(0.041259765625 / 2, 12);
  });

  it.each([
    // Tables of critical values: n, ranks of the smaller sum, one-sided probability.
    [5, [], 1 / 32],
    [8, [1, 2], 5 / 256],
    [8, [5], 10 / 256],
    [10, [10], 43 / 1024],
  ])('of %i pairs with the negative ranks %j has p = %f', (n, negative, p) => {
    expect(signedRankTest(ranked(n, negative)).greater).toBeCloseTo(p, 12);
    expect(signedRankTest(ranked(n, negative).map((value) => -value)).less).toBeCloseTo(p, 12);
  });

  it('agrees with counting all signs, with ties and zeros', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 10 }), (differences) => {
        expect(signedRankTest(differences).less).toBeCloseTo(lessByEnumeration(differences), 10);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('says nothing of pairs without a difference', () => {
    expect(signedRankTest([0, 0])).toEqual({ statistic: 0, pairs: 0, less: 1, greater: 1, twoSided: 1 });
  });
});

describe("Holm's adjustment", () => {
  it('has known values, in the order given, never above 1 and never falling', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.6, 0.5])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
