import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { fitProjection, project, symmetricEigen } from '../../src/report/projection.ts';

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}

/** n rows of d independent normals with the given standard deviations. */
function normals(n: number, deviations: readonly number[], seed: number): Float64Array {
  const random = randomStream(seed);
  return Float64Array.from(
    { length: n * deviations.length },
    (_, i) => random.normal() * (deviations[i % deviations.length] ?? 0),
  );
}

function covariance(matrix: Float64Array, d: number): Float64Array[] {
  const n = matrix.length / d;
  const mean = Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += matrix[i * d + j] ?? NaN;
    return sum / n;
  });
  return Array.from({ length: d }, (_, j) =>
    Float64Array.from({ length: d }, (_unused, k) => {
      let sum = 0;
      for (let i = 0; i < n; i++)
        sum += ((matrix[i * d + j] ?? NaN) - (mean[j] ?? NaN)) * ((matrix[i * d + k] ?? NaN) - (mean[k] ?? NaN));
      return sum / n;
    }),
  );
}

describe('symmetric eigenvalues', () => {
  it('are those of a matrix known by heart', () => {
    const { values, vectors } = symmetricEigen([Float64Array.of(2, 1), Float64Array.of(1, 2)]);
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect(Math.abs(dot(vectors[0] ?? [], [Math.SQRT1_2, Math.SQRT1_2]))).toBeCloseTo(1, 14);
  });

  it('satisfy A v = lambda v and keep the trace', () => {
    const matrix = covariance(normals(60, [3, 1, 2, 1, 0.5, 4, 1], 5), 7);
    const { values, vectors } = symmetricEigen(matrix);
    vectors.forEach((vector, k) => {
      matrix.forEach((row, i) => expect(dot(row, vector)).toBeCloseTo((values[k] ?? NaN) * (vector[i] ?? NaN), 11));
    });
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(
      matrix.reduce((sum, row, i) => sum + (row[i] ?? NaN), 0),
      11,
    );
  });
});

describe('projection', () => {
  it('recovers the axes of a known covariance', () => {
    // Variances 9 and 1 along directions turned by 30 degrees, and 0.01 along the third coordinate.
    const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    const straight = normals(20_000, [3, 1, 0.1], 1);
    const turned = Float64Array.from(straight, (value, i) => {
      const [x = 0, y = 0] = straight.subarray(i - (i % 3), i - (i % 3) + 2);
      return 5 + [c * x - s * y, s * x + c * y, value][i % 3]!;
    });
    const { axes, explained, mean } = fitProjection(turned, 3);
    expect(Math.abs(dot(axes[0], [c, s, 0]))).toBeGreaterThan(0.9999);
    expect(Math.abs(dot(axes[1], [-s, c, 0]))).toBeGreaterThan(0.9999);
    expect(explained[0]).toBeCloseTo(9 / 10.01, 2);
    expect(explained[1]).toBeCloseTo(1 / 10.01, 2);
    for (const centre of mean) expect(Math.abs(centre - 5)).toBeLessThan(0.1);
  });

  it('agrees with the whole eigenproblem beyond the size of its block, even for nearly equal variances', () => {
    const deviations = Array.from({ length: 40 }, (_, i) => 1 + 0.01 * i);
    const matrix = normals(300, deviations, 2);
    const { values, vectors } = symmetricEigen(covariance(matrix, 40));
    const trace = values.reduce((a, b) => a + b);
    const { axes, explained } = fitProjection(matrix, 40);
    expect(explained[0]).toBeCloseTo((values[0] ?? NaN) / trace, 8);
    expect(explained[1]).toBeCloseTo((values[1] ?? NaN) / trace, 8);
    expect(Math.abs(dot(axes[0], vectors[0] ?? []))).toBeGreaterThan(0.9999);
    expect(Math.abs(dot(axes[1], vectors[1] ?? []))).toBeGreaterThan(0.9999);
  });

  it('has orthonormal axes, and coordinates whose variances are the explained ones', () => {
    const matrix = normals(200, [2, 1, 1, 0.5], 3);
    const fitted = fitProjection(matrix, 4);
    expect(dot(fitted.axes[0], fitted.axes[0])).toBeCloseTo(1, 12);
    expect(dot(fitted.axes[1], fitted.axes[1])).toBeCloseTo(1, 12);
    expect(dot(fitted.axes[0], fitted.axes[1])).toBeCloseTo(0, 12);
    const places = project(fitted, matrix);
    const total = covariance(matrix, 4).reduce((sum, row, i) => sum + (row[i] ?? NaN), 0);
    const variance = (values: readonly number[]): number => dot(values, values) / values.length;
    expect(variance(places.map((place) => place.x)) / total).toBeCloseTo(fitted.explained[0], 10);
    expect(variance(places.map((place) => place.y)) / total).toBeCloseTo(fitted.explained[1], 10);
  });

  it('does not depend on the order of the rows or on earlier calls', () => {
    const rows = Array.from({ length: 50 }, (_, i) => [...normals(1, [2, 1, 1], 100 + i)]);
    const forward = fitProjection(rows.flat(), 3);
    const backward = fitProjection([...rows].reverse().flat(), 3);
    forward.axes[0].forEach((value, j) => expect(value).toBeCloseTo(backward.axes[0][j] ?? NaN, 9));
    expect(fitProjection(rows.flat(), 3)).toEqual(forward);
  });

  it('is at rest when there is nothing to see', () => {
    expect(fitProjection([1, 2, 1, 2, 1, 2], 2).explained).toEqual([0, 0]);
    expect(project(fitProjection([1, 2, 1, 2], 2), [1, 2])).toEqual([{ x: 0, y: 0 }]);
    const line = fitProjection([0, 0, 1, 1, 2, 2], 2);
    expect(line.explained[0]).toBeCloseTo(1, 12);
    expect(line.explained[1]).toBeCloseTo(0, 12);
    expect(fitProjection([3, 1, 2], 1).explained).toEqual([1, 0]);
  });
});
