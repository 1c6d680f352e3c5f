/** A symmetric matrix as V^T diag(values) V; the rows of V (n x n, row-major) are orthonormal eigenvectors. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const mostIterations = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric n x n matrix (row-major): Householder's tridiagonal form, then the QL algorithm with implicit
 * shifts (Golub and Van Loan 2013, sections 8.3.1 and 8.3.5). Absolute errors are of the size of the largest eigenvalue's rounding.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const vectors = identity(n);
  const reduced = tridiagonalized(matrix, vectors, n);
  const values = Float64Array.from({ length: n }, (_, i) => reduced[i * n + i]!);
  const beside = Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? reduced[i * n + i + 1]! : 0));
  for (let first = 0; first < n; first++) isolate(values, beside, vectors, first);
  return { values, vectors };
}

export function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
}

/** H A H^T, tridiagonal, for the product H of n - 2 reflections, which `vectors` is multiplied with. */
function tridiagonalized(matrix: Float64Array, vectors: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  for (let k = 0; k + 2 < n; k++) {
    const u = new Float64Array(n);
    u.set(a.subarray(k * n + k + 1, (k + 1) * n), k + 1);
    const end = (u[k + 1]! > 0 ? -1 : 1) * norm(u);
    u[k + 1]! -= end;
    const length = norm(u);
    if (length === 0) continue;
    for (let j = k + 1; j < n; j++) u[j]! /= length;
    reflectBoth(a, u, n, k + 1);
    reflectRows(vectors, u, n, k + 1);
    a[k * n + k + 1] = end;
  }
  return a;
}

/** (I - 2 u u^T) A (I - 2 u u^T) in the block from row and column `from` on. */
function reflectBoth(a: Float64Array, u: Float64Array, n: number, from: number): void {
  const image = new Float64Array(n);
  let along = 0;
  for (let i = from; i < n; i++) {
    let sum = 0;
    for (let j = from; j < n; j++) sum += a[i * n + j]! * u[j]!;
    image[i] = sum;
    along += u[i]! * sum;
  }
  for (let i = from; i < n; i++) image[i] = 2 * (image[i]! - along * u[i]!);
  for (let i = from; i < n; i++) {
    const [ui, wi] = [u[i]!, image[i]!];
    for (let j = from; j < n; j++) a[i * n + j]! -= ui * image[j]! + wi * u[j]!;
  }
}

/** (I - 2 u u^T) V */
function reflectRows(v: Float64Array, u: Float64Array, n: number, from: number): void {
  const sums = new Float64Array(n);
  for (let i = from; i < n; i++) {
    const factor = u[i]!;
    for (let j = 0; j < n; j++) sums[j]! += factor * v[i * n + j]!;
  }
  for (let i = from; i < n; i++) {
    const factor = 2 * u[i]!;
    for (let j = 0; j < n; j++) v[i * n + j]! -= factor * sums[j]!;
  }
}

/** Turns the tridiagonal matrix until its `first` row has nothing beside the diagonal. */
function isolate(values: Float64Array, beside: Float64Array, vectors: Float64Array, first: number): void {
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const last = blockEnd(values, beside, first);
    if (last === first) return;
    const gap = (values[first + 1]! - values[first]!) / (2 * beside[first]!);
    const shift = values[first]! - beside[first]! / (gap + (gap < 0 ? -1 : 1) * Math.hypot(gap, 1));
    chase(values, beside, vectors, first, last, shift);
  }
}

/** The last row of the block that begins at `first` and is not split by a negligible entry. */
function blockEnd(values: Float64Array, beside: Float64Array, first: number): number {
  let last = first;
  while (last + 1 < values.length) {
    const size = Math.abs(values[last]!) + Math.abs(values[last + 1]!);
    if (Math.abs(beside[last]!) <= Number.EPSILON * size) break;
    last++;
  }
  return last;
}

/** One implicit QL step: a bulge is chased from the last row of a block to its first. */
function chase(
  values: Float64Array,
  beside: Float64Array,
  vectors: Float64Array,
  first: number,
  last: number,
  shift: number,
): void {
  let [cosine, sine, carried] = [1, 1, 0];
  let bulge = values[last]! - shift;
  for (let i = last - 1; i >= first; i--) {
    const [across, along] = [sine * beside[i]!, cosine * beside[i]!];
    const length = Math.hypot(across, bulge);
    beside[i + 1] = length;
    if (length === 0) {
      values[i + 1]! -= carried;
      beside[last] = 0;
      return;
    }
    sine = across / length;
    cosine = bulge / length;
    const corner = values[i + 1]! - carried;
    const turned = (values[i]! - corner) * sine + 2 * cosine * along;
    carried = sine * turned;
    values[i + 1] = corner + carried;
    bulge = cosine * turned - along;
    turnRows(vectors, values.length, i, cosine, sine);
  }
  values[first]! -= carried;
  beside[first] = bulge;
  beside[last] = 0;
}

/** Turns rows i and i + 1 into each other. */
function turnRows(v: Float64Array, n: number, i: number, cosine: number, sine: number): void {
  for (let at = i * n; at < (i + 1) * n; at++) {
    const [upper, lower] = [v[at]!, v[at + n]!];
    v[at] = cosine * upper - sine * lower;
    v[at + n] = sine * upper + cosine * lower;
  }
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
