/** Sums of products over rows of matrices, four at a time: one at a time each addition waits for the one before. */

/** a[from] b[start] + a[from + 1] b[start + 1] + ..., `count` products. */
export function dotOf(a: Float64Array, from: number, b: Float64Array, start: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += a[from + k]! * b[start + k]!;
    s1 += a[from + k + 1]! * b[start + k + 1]!;
    s2 += a[from + k + 2]! * b[start + k + 2]!;
    s3 += a[from + k + 3]! * b[start + k + 3]!;
  }
  for (; k < count; k++) s0 += a[from + k]! * b[start + k]!;
  return s0 + s1 + (s2 + s3);
}

/** The squared Euclidean distance of `count` numbers of a from `from` on and of b from `start` on. */
export function squaredDistance(a: Float64Array, from: number, b: Float64Array, start: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const d0 = a[from + k]! - b[start + k]!;
    const d1 = a[from + k + 1]! - b[start + k + 1]!;
    const d2 = a[from + k + 2]! - b[start + k + 2]!;
    const d3 = a[from + k + 3]! - b[start + k + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; k < count; k++) s0 += (a[from + k]! - b[start + k]!) ** 2;
  return s0 + s1 + (s2 + s3);
}

/** Rows of a matrix, `width` numbers each. */
export interface Rows {
  readonly matrix: Float64Array;
  readonly width: number;
}

/** Adds the rows from `from` to before `to`, each times its weight (`weights[row]`), to `length` numbers of the target from `at` on. */
export function addRows(
  target: Float64Array,
  at: number,
  { matrix, width }: Rows,
  weights: Float64Array,
  [from, to]: readonly [number, number],
  length: number,
): void {
  let row = from;
  for (; row + 3 < to; row += 4) {
    const [w0, w1, w2, w3] = [weights[row]!, weights[row + 1]!, weights[row + 2]!, weights[row + 3]!];
    const [r0, r1, r2, r3] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
    for (let k = 0; k < length; k++) {
      target[at + k]! += w0 * matrix[r0 + k]! + w1 * matrix[r1 + k]! + (w2 * matrix[r2 + k]! + w3 * matrix[r3 + k]!);
    }
  }
  for (; row < to; row++) {
    const [weight, start] = [weights[row]!, row * width];
    for (let k = 0; k < length; k++) target[at + k]! += weight * matrix[start + k]!;
  }
}
