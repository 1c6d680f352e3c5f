import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binEdges,
  countChoices,
  countInBins,
  kolmogorovDistance,
  quantile,
  thin,
  totalVariation,
} from '../../src/report/binning.ts';

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('bins', () => {
  it('hold every finite value once, between ascending edges', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(finite, fc.constant(NaN)), { maxLength: 300 }), (values) => {
        const edges = binEdges(values, { scale: 'linear' });
        const present = values.filter(Number.isFinite);
        expect(sum(countInBins(values, edges))).toBe(present.length);
        edges.slice(1).forEach((edge, i) => expect(edge).toBeGreaterThan(edges[i] ?? Infinity));
        if (present.length > 0) {
          const rounding = 1e-9 * ((edges.at(-1) ?? 0) - (edges[0] ?? 0));
          expect((edges[0] ?? NaN) - rounding).toBeLessThanOrEqual(Math.min(...present));
          expect((edges.at(-1) ?? NaN) + rounding).toBeGreaterThanOrEqual(Math.max(...present));
        }
      }),
    );
  });

  it('are the possible values where these are few', () => {
    const edges = binEdges([1, 2, 2, 5], { scale: 'linear', step: 1 });
    expect(edges).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
    expect(countInBins([1, 2, 2, 5], edges)).toEqual([1, 2, 0, 0, 1]);
  });

  it('hold equally many steps where the possible values are many', () => {
    const edges = binEdges([0, 59], { scale: 'linear', step: 1 });
    const widths = edges.slice(1).map((edge, i) => edge - (edges[i] ?? 0));
    expect(new Set(widths)).toEqual(new Set([3]));
    expect(edges).toHaveLength(21);
  });

  it('grow by one factor on a log scale', () => {
    const edges = binEdges([0.001, 1000], { scale: 'log' });
    expect(edges[0]).toBe(0.001);
    expect(edges.at(-1)).toBe(1000);
    for (const [i, edge] of edges.slice(1).entries()) expect(edge / (edges[i] ?? NaN)).toBeCloseTo(10, 9);
  });

  it('are one bin for a constant', () => {
    const edges = binEdges([3, 3, 3], { scale: 'linear' });
    expect(countInBins([3, 3, 3], edges)).toEqual([3]);
  });
});

describe('differences of distributions', () => {
  it('are 0 for the same, 1 for values that have nothing in common', () => {
    expect(kolmogorovDistance([1, 2, 3], [3, 2, 1])).toBe(0);
    expect(kolmogorovDistance([1, 2], [5, 6, 7])).toBe(1);
    expect(totalVariation([0.5, 0.5, 0], [0.5, 0.5, 0])).toBe(0);
    expect(totalVariation([1, 0], [0, 1])).toBe(1);
    expect(kolmogorovDistance([], [1])).toBe(0);
  });

  it('are what counting by hand gives', () => {
    expect(kolmogorovDistance([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
    expect(kolmogorovDistance([0, 0, 0, 1], [0, 1, 1, 1])).toBe(0.5);
    expect(totalVariation([0.7, 0.2, 0.1], [0.5, 0.2, 0.3])).toBeCloseTo(0.2, 12);
  });

  it('are the same from either side', () => {
    const values = fc.array(finite, { minLength: 1, maxLength: 50 });
    fc.assert(fc.property(values, values, (a, b) => kolmogorovDistance(a, b) === kolmogorovDistance(b, a)));
  });
});

describe('summaries', () => {
  it('interpolate quantiles and leave out what is missing', () => {
    expect(quantile([4, 1, NaN, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20], 0.1)).toBe(11);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('count choices by name', () => {
    expect(countChoices(['a', 'b', 'a', 'x'], ['a', 'b', 'c'])).toEqual([2, 1, 0]);
  });

  it('thin evenly and keep both ends', () => {
    const items = Array.from({ length: 1001 }, (_, i) => i);
    expect(thin(items, 5)).toEqual([0, 250, 500, 750, 1000]);
    expect(thin(items, 2000)).toBe(items);
  });
});
