/** Dense matrices, row-major, as small as a problem's dimensions. */

/** Columns of an n x k matrix made orthonormal by Gram and Schmidt, twice for accuracy; they must be independent, so k <= n. */
export function orthonormalColumns(matrix: Float64Array, n: number, k: number): Float64Array {
  const q = matrix.slice();
  const dot = (a: number, b: number): number => {
    let total = 0;
    for (let i = 0; i < n; i++) total += q[i * k + a]! * q[i * k + b]!;
    return total;
  };
  for (let column = 0; column < k; column++) {
    for (const _ of [0, 1]) {
      for (let before = 0; before < column; before++) {
        const along = dot(before, column);
        for (let i = 0; i < n; i++) q[i * k + column]! -= along * q[i * k + before]!;
      }
    }
    const length = Math.sqrt(dot(column, column));
    for (let i = 0; i < n; i++) q[i * k + column]! /= length;
  }
  return q;
}

/** M v of an n x k matrix, n numbers. */
export function times(matrix: Float64Array, v: Float64Array): Float64Array {
  const k = v.length;
  return Float64Array.from({ length: matrix.length / k }, (_, i) => {
    let total = 0;
    for (let j = 0; j < k; j++) total += matrix[i * k + j]! * v[j]!;
    return total;
  });
}

/** M' v of an n x k matrix, k numbers. */
export function transposedTimes(matrix: Float64Array, v: Float64Array): Float64Array {
  const k = matrix.length / v.length;
  const result = new Float64Array(k);
  v.forEach((factor, i) => {
    for (let j = 0; j < k; j++) result[j]! += matrix[i * k + j]! * factor;
  });
  return result;
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

export function length(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}

/** X' X of n x k rows. */
export function gram(rows: Float32Array | Float64Array, k: number): Float64Array {
  const result = new Float64Array(k * k);
  for (let from = 0; from < rows.length; from += k) {
    for (let i = 0; i < k; i++) {
      const factor = rows[from + i]!;
      for (let j = 0; j <= i; j++) result[i * k + j]! += factor * rows[from + j]!;
    }
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) result[j * k + i] = result[i * k + j]!;
  return result;
}

/** Eigenvalues, falling, and orthonormal eigenvectors as columns. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const mostSweeps = 60;

/** Of a symmetric n x n matrix, by Jacobi's rotations (Golub and Van Loan, section 8.5). */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const v = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const size = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q]! ** 2;
    if (off <= 1e-30 * size) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: Float64Array.from({ length: n * n }, (_, at) => v[Math.floor(at / n) * n + order[at % n]!]!),
  };
}

/** Makes a[p, q] zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const tau = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  const turn = (m: Float64Array, first: number, second: number): void => {
    const [x, y] = [m[first]!, m[second]!];
    m[first] = c * x - s * y;
    m[second] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q);
}

/** f(M) b of a symmetric matrix with known eigenvectors: the solution of M x = b for f(value) = 1 / value. */
export function applied({ values, vectors }: Eigen, f: (value: number) => number, b: Float64Array): Float64Array {
  const rotated = transposedTimes(vectors, b);
  return times(
    vectors,
    rotated.map((value, i) => value * f(values[i]!)),
  );
}
