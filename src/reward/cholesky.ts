import { inSlices } from './slices.ts';

/** L, lower triangular, with L L' = A; n x n, row-major. Only A's lower triangle is read. Undefined unless A is positive definite. */
export async function cholesky(a: Float64Array, n: number, signal?: AbortSignal): Promise<Float64Array | undefined> {
  const l = new Float64Array(n * n);
  let definite = true;
  await inSlices(n, signal, (i) => {
    for (let j = 0; j <= i && definite; j++) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) definite = rest > 0;
      l[i * n + j] = i === j ? Math.sqrt(rest) : rest / l[j * n + j]!;
    }
  });
  return definite ? l : undefined;
}

/** The inverse of a lower triangular n x n matrix, lower triangular as well. */
export async function invertLower(l: Float64Array, n: number, signal?: AbortSignal): Promise<Float64Array> {
  const inverse = new Float64Array(n * n);
  await inSlices(n, signal, (i) => {
    const row = i * n;
    for (let k = 0; k < i; k++) {
      const factor = l[row + k]!;
      for (let j = 0; j <= k; j++) inverse[row + j]! -= factor * inverse[k * n + j]!;
    }
    const pivot = l[row + i]!;
    for (let j = 0; j < i; j++) inverse[row + j]! /= pivot;
    inverse[row + i] = 1 / pivot;
  });
  return inverse;
}

/** The lower triangle of M' M for a lower triangular n x n matrix M: with M = L^-1 that of (L L')^-1. */
export async function gramOfLower(m: Float64Array, n: number, signal?: AbortSignal): Promise<Float64Array> {
  const gram = new Float64Array(n * n);
  await inSlices(n, signal, (k) => {
    for (let i = 0; i <= k; i++) {
      const factor = m[k * n + i]!;
      for (let j = 0; j <= i; j++) gram[i * n + j]! += factor * m[k * n + j]!;
    }
  });
  return gram;
}

/** M v of a lower triangular n x n matrix. */
export function lowerTimes(m: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  return v.map((_, i) => {
    let total = 0;
    for (let j = 0; j <= i; j++) total += m[i * n + j]! * v[j]!;
    return total;
  });
}

/** M' v of a lower triangular n x n matrix. */
export function lowerTransposedTimes(m: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) result[j]! += m[i * n + j]! * v[i]!;
  }
  return result;
}
