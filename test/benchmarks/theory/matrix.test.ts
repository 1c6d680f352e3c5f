import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applied,
  dot,
  gram,
  length,
  orthonormalColumns,
  symmetricEigen,
  times,
  transposedTimes,
} from '../../../benchmarks/theory/experiments/matrix.ts';
import {
  meanError,
  principalBasis,
  subspaceDistance,
  logLogSlope,
} from '../../../benchmarks/theory/experiments/measures.ts';
import { ridge } from '../../../benchmarks/theory/experiments/ridge.ts';
import { randomStream } from '../../../src/base/index.ts';

const seeds = fc.integer({ min: 0, max: 1e6 });
const normals = (seed: number, n: number): Float64Array => randomStream(seed).fillNormal(new Float64Array(n));

describe('small matrices', () => {
  it('are products of their eigenvectors and falling eigenvalues', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 9 }), (seed, n) => {
        const matrix = gram(normals(seed, 2 * n * n), n);
        const { values, vectors } = symmetricEigen(matrix, n);
        for (let j = 0; j < n; j++) {
          const vector = Float64Array.from({ length: n }, (_, i) => vectors[i * n + j]!);
          expect(length(vector)).toBeCloseTo(1, 10);
          times(matrix, vector).forEach((value, i) => expect(value).toBeCloseTo(values[j]! * vector[i]!, 8));
          if (j > 0) expect(values[j]).toBeLessThanOrEqual(values[j - 1]!);
        }
        const b = normals(seed + 1, n);
        const solved = applied({ values, vectors }, (value) => 1 / (value + 1), b);
        times(matrix, solved).forEach((value, i) => expect(value + solved[i]!).toBeCloseTo(b[i]!, 8));
      }),
      { numRuns: 30 },
    );
  });

  it('have orthonormal columns that span the same space', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [n, k] = [7, 3];
        const matrix = normals(seed, n * k);
        const q = orthonormalColumns(matrix, n, k);
        gram(q, k).forEach((value, at) => expect(value).toBeCloseTo(at % (k + 1) === 0 ? 1 : 0, 12));
        for (let column = 0; column < k; column++) {
          const v = Float64Array.from({ length: n }, (_, i) => matrix[i * k + column]!);
          times(q, transposedTimes(q, v)).forEach((value, i) => expect(value).toBeCloseTo(v[i]!, 9));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('ridge regression', () => {
  it('finds a plane from exact rows as its weight falls', () => {
    const rows = normals(3, 40 * 5);
    const theta = Float64Array.of(1, -2, 0.5, 0, 3);
    const found = ridge(rows, times(rows, theta), 1e-9);
    found.forEach((value, i) => expect(value).toBeCloseTo(theta[i]!, 7));
  });

  it("has X'(y - X theta) = weight theta, on a subspace too", () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.01, max: 100, noNaN: true }), (seed, weight) => {
        const thin = normals(seed, 30 * 2);
        const rows = Float64Array.from(
          { length: 30 * 4 },
          (_, at) => thin[2 * Math.floor(at / 4) + (at % 2)]! * (1 + (at % 4)),
        );
        const y = normals(seed + 1, 30);
        const theta = ridge(rows, y, weight);
        const left = transposedTimes(
          rows,
          y.map((value, i) => value - times(rows, theta)[i]!),
        );
        left.forEach((value, i) => expect(value).toBeCloseTo(weight * theta[i]!, 6));
      }),
      { numRuns: 20 },
    );
  });
});

describe('the distance of subspaces', () => {
  it('is the sine of the angle of two lines', () => {
    for (const angle of [0, 0.3, 1, Math.PI / 2]) {
      const turned = Float64Array.of(Math.cos(angle), Math.sin(angle), 0);
      expect(subspaceDistance(turned, Float64Array.of(1, 0, 0), 1)).toBeCloseTo(Math.sin(angle), 7);
    }
  });

  it('knows no bases, only subspaces: symmetric, 0 for a turned basis, between 0 and 1', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [n, k] = [6, 2];
        const a = orthonormalColumns(normals(seed, n * k), n, k);
        const b = orthonormalColumns(normals(seed + 1, n * k), n, k);
        const turned = orthonormalColumns(
          Float64Array.from({ length: n * k }, (_, at) =>
            at % 2 === 0 ? a[at]! + 2 * a[at + 1]! : a[at - 1]! - a[at]!,
          ),
          n,
          k,
        );
        expect(subspaceDistance(a, turned, k)).toBeLessThan(1e-6);
        const distance = subspaceDistance(a, b, k);
        expect(subspaceDistance(b, a, k)).toBeCloseTo(distance, 10);
        expect(subspaceDistance(b, turned, k)).toBeCloseTo(distance, 10);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });

  it('is 0 from rows that lie on the subspace to their principal directions', () => {
    const [n, k] = [6, 2];
    const basis = orthonormalColumns(normals(5, n * k), n, k);
    const rows = Float64Array.from(Array.from({ length: 50 }, (_, row) => [...times(basis, normals(row, k))]).flat());
    expect(subspaceDistance(principalBasis(rows, n, k), basis, k)).toBeLessThan(1e-6);
  });
});

describe('slopes and errors', () => {
  it('find the power of a power law', () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0.1, max: 9, noNaN: true }), (b, a) => {
        const x = [10, 40, 160, 640];
        expect(
          logLogSlope(
            x,
            x.map((value) => a * value ** b),
          ),
        ).toBeCloseTo(b, 9);
      }),
    );
  });

  it('of a mean is what is left after chance: about none for the truth, and all of a shift', () => {
    const [n, d] = [4000, 3];
    const latents = normals(8, n * d);
    const shifted = latents.map((value, at) => value + (at % d === 0 ? 0.5 : 0));
    expect(meanError(latents, new Float64Array(d))).toBeLessThan(0.04);
    expect(meanError(shifted, new Float64Array(d))).toBeCloseTo(0.5, 1);
    const centre = Float64Array.of(0.5, 0, 0);
    expect(dot(centre, centre)).toBe(0.25);
  });
});
