import { describe, expect, it } from 'vitest';
import { dot } from '../../benchmarks/functions/matrix.ts';
import { sobolSequence } from '../../src/space/sobol.ts';
import { mean, randomStream } from '../../src/base/index.ts';

function points(dimension: number, count: number, seed: number): readonly Float64Array[] {
  const next = sobolSequence(dimension, randomStream(seed));
  return Array.from({ length: count }, () => next());
}

/** How many different boxes of 2^a x 2^(m - a) equal ones the points fall into. */
function boxes(sample: readonly Float64Array[], m: number, a: number): number {
  const key = ([x, y]: Float64Array): number => Math.floor(x! * 2 ** a) * 2 ** m + Math.floor(y! * 2 ** (m - a));
  return new Set(sample.map(key)).size;
}

describe('Sobol sequence', () => {
  it.each([1, 2, 3])('is a (0, m, 2)-net in its first two dimensions, block by block (seed %i)', (seed) => {
    for (const m of [3, 6, 9]) {
      const sample = points(2, 3 * 2 ** m, seed);
      for (const block of [0, 1, 2]) {
        const part = sample.slice(block * 2 ** m, (block + 1) * 2 ** m);
        for (let a = 0; a <= m; a++) expect(boxes(part, m, a)).toBe(2 ** m);
      }
    }
  });

  it('fills every stratum of each of 250 dimensions once', () => {
    const sample = points(250, 256, 4);
    for (let j = 0; j < 250; j++) expect(new Set(sample.map((point) => Math.floor(256 * point[j]!))).size).toBe(256);
  });

  it.each([
    [20, 64],
    [100, 1024],
    [200, 4096],
  ])('has no two of %i dimensions alike in %i points', (dimension, count) => {
    const sample = points(dimension, count, 5);
    const columns = Array.from({ length: dimension }, (_, j) => Float64Array.from(sample, (point) => point[j]! - 0.5));
    const correlations = columns.flatMap((a, i) => columns.slice(0, i).map((b) => (12 * dot(a, b)) / count));
    expect(Math.max(...correlations.map(Math.abs))).toBeLessThan(0.2);
    // Random points have 1 / sqrt(count).
    expect(Math.hypot(...correlations) / Math.sqrt(correlations.length)).toBeLessThan(0.3 / Math.sqrt(count));
  });

  it('integrates a smooth function of ten dimensions better than random points', () => {
    const value = (point: Float64Array): number =>
      point.reduce((product, u, j) => product * (1 + (u - 0.5) / (j + 1)), 1);
    const errors = [1, 2, 3, 4].map((seed) => Math.abs(mean(Float64Array.from(points(10, 4096, seed), value)) - 1));
    const random = [1, 2, 3, 4].map((seed) => {
      const stream = randomStream(seed);
      return Math.abs(
        mean(Float64Array.from({ length: 4096 }, () => value(new Float64Array(10).map(() => stream.uniform())))) - 1,
      );
    });
    expect(mean(Float64Array.from(errors))).toBeLessThan(mean(Float64Array.from(random)) / 3);
  });
});
