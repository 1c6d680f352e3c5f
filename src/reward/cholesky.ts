import { addRows, dotOf } from './rows.ts';
import { inSlices } from './slices.ts';

/** Rows of a triangular matrix that are treated as if they were as long as the last of them. */
const block = 32;

/** L, lower triangular, with L L' = A; n x n, row-major. Only A's lower triangle is read. Undefined unless A is positive definite. */
export async function cholesky(a: Float64Array, n: number, signal?: AbortSignal): Promise<Float64Array | undefined> {
  const l = new Float64Array(n * n);
  let definite = true;
  await inSlices(n, signal, (i) => {
    for (let j = 0; j <= i && definite; j++) {
      const rest = a[i * n + j]! - dotOf(l, i * n, l, j * n, j);
      if (i === j) definite = rest > 0;
      l[i * n + j] = i === j ? Math.sqrt(rest) : rest / l[j * n + j]!;
    }
  });
  return definite ? l : undefined;
}

/** The inverse of a lower triangular n x n matrix, lower triangular as well. */
export async function invertLower(l: Float64Array, n: number, signal?: AbortSignal): Promise<Float64Array> {
  const inverse = new Float64Array(n * n);
  const rows = { matrix: inverse, width: n };
  await inSlices(n, signal, (i) => {
    const row = i * n;
    // Blocks of rows: the numbers behind a row's diagonal are 0.
    for (let from = 0; from < i; from += block) {
      const to = Math.min(i, from + block);
      addRows(inverse, row, rows, l.subarray(row, row + i), [from, to], to);
    }
    const pivot = l[row + i]!;
    for (let j = 0; j < i; j++) inverse[row + j]! /= -pivot;
    inverse[row + i] = 1 / pivot;
  });
  return inverse;
}

/** The lower triangle of M' M for a lower triangular n x n matrix M: with M = L^-1 that of (L L')^-1. */
export async function gramOfLower(m: Float64Array, n: number, signal?: AbortSignal): Promise<Float64Array> {
  const gram = new Float64Array(n * n);
  const column = new Float64Array(n);
  await inSlices(n, signal, (i) => {
    for (let k = i; k < n; k++) column[k] = m[k * n + i]!;
    addRows(gram, i * n, { matrix: m, width: n }, column, [i, n], i + 1);
  });
  return gram;
}

/** M v of a lower triangular n x n matrix. */
export function lowerTimes(m: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  return v.map((_, i) => dotOf(m, i * n, v, 0, i + 1));
}

/** M' v of a lower triangular n x n matrix. */
export function lowerTransposedTimes(m: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  const result = new Float64Array(n);
  addRows(result, 0, { matrix: m, width: n }, v, [0, n], n);
  return result;
}
