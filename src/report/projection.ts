import { randomStream } from '../base/index.ts';

/** The leading principal axes of a set of vectors. */
export interface Projection {
  /** Mean of the fitted vectors, d. */
  readonly mean: Float64Array;
  /** Two orthonormal axes, d each, largest variance first; zeros where the vectors span fewer directions. */
  readonly axes: readonly [Float64Array, Float64Array];
  /** Share of the total variance along each axis, 0 to 1. */
  readonly explained: readonly [number, number];
}

type Block = Float64Array[];

const blockSize = 10;
const tolerance = 1e-12;
const workLimit = 3e9;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + factor * source[i]!;
}

/** Modified Gram and Schmidt, twice for orthogonality to rounding; directions that vanish become zero. */
function orthonormalize(block: Block): void {
  block.forEach((vector, k) => {
    const before = Math.sqrt(dot(vector, vector));
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of block.slice(0, k)) addScaled(vector, earlier, -dot(vector, earlier));
    }
    const norm = Math.sqrt(dot(vector, vector));
    if (norm <= 1e-12 * before || norm === 0) vector.fill(0);
    else for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! / norm;
  });
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix (rows), largest first, by cyclic Jacobi rotations
 * (Golub and Van Loan, Matrix Computations, 8.5).
 */
export function symmetricEigen(matrix: readonly Float64Array[]): {
  values: number[];
  vectors: Float64Array[];
} {
  const a = matrix.map((row) => Float64Array.from(row));
  const n = a.length;
  const vectors = a.map((_, i) => Float64Array.from({ length: n }, (_unused, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60 && offDiagonal(a) > 1e-30 * (1e-300 + squares(a)); sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => vectors[i]!) };
}

function squares(a: readonly Float64Array[]): number {
  return a.reduce((sum, row) => sum + dot(row, row), 0);
}

function offDiagonal(a: readonly Float64Array[]): number {
  return a.reduce((sum, row, i) => row.reduce((rest, value, j) => (i === j ? rest : rest + value * value), sum), 0);
}

/** One Jacobi rotation in the plane of p and q; `vectors` holds eigenvectors as rows. */
function rotate(a: readonly Float64Array[], vectors: readonly Float64Array[], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) turn(row, row, p, q, c, s);
  for (let k = 0; k < a.length; k++) turn(a[p]!, a[q]!, k, k, c, s);
  for (let k = 0; k < a.length; k++) turn(vectors[p]!, vectors[q]!, k, k, c, s);
}

function turn(first: Float64Array, second: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [first[i]!, second[j]!];
  first[i] = c * x - s * y;
  second[j] = s * x + c * y;
}

/** The centred rows' scatter applied to each vector of the block: X^T (X v), without forming X^T X. */
function applyScatter(rows: readonly Float64Array[], block: Block): Block {
  const result = block.map((vector) => new Float64Array(vector.length));
  for (const row of rows) block.forEach((vector, k) => addScaled(result[k]!, row, dot(row, vector)));
  return result;
}

function combine(block: Block, weights: Float64Array): Float64Array {
  const sum = new Float64Array(block[0]?.length ?? 0);
  block.forEach((vector, k) => addScaled(sum, vector, weights[k]!));
  return sum;
}

function leadingDirections(rows: readonly Float64Array[], dimension: number): { values: number[]; vectors: Block } {
  const size = Math.min(dimension, blockSize);
  // A fixed start: the same picture for the same rows.
  const start = randomStream(0).split('projection');
  let block: Block = Array.from({ length: size }, () => start.fillNormal(new Float64Array(dimension)));
  orthonormalize(block);
  const rounds = Math.min(300, Math.max(12, Math.floor(workLimit / (4 * rows.length * dimension * size + 1))));
  let values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const image = applyScatter(rows, block);
    const eigen = symmetricEigen(block.map((v) => Float64Array.from(image, (w) => dot(v, w))));
    const settled = values.length > 0 && eigen.values.every((value, k) => k > 1 || close(value, values[k] ?? 0));
    values = eigen.values;
    block = eigen.vectors.map((weights) => combine(settled ? block : image, weights));
    orthonormalize(block);
    if (settled) break;
  }
  return { values, vectors: block };
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.abs(a);
}

/** The largest coordinate of an axis is positive, so that a picture does not depend on how the axis was found. */
function oriented(axis: Float64Array | undefined, dimension: number): Float64Array {
  if (axis === undefined) return new Float64Array(dimension);
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-9 ? value : best), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

/**
 * Principal components of the rows of an n x d row-major matrix in float64, by block power iteration with Rayleigh-Ritz
 * (Saad, Numerical Methods for Large Eigenvalue Problems, 5.2). Exact to rounding for d up to 10, close to it beyond.
 */
export function fitProjection(matrix: ArrayLike<number>, dimension: number): Projection {
  const n = dimension === 0 ? 0 : Math.floor(matrix.length / dimension);
  const mean = new Float64Array(dimension);
  for (let i = 0; i < n * dimension; i++) mean[i % dimension] = mean[i % dimension]! + matrix[i]! / n;
  const rows = Array.from({ length: n }, (_, i) => mean.map((centre, j) => matrix[i * dimension + j]! - centre));
  const total = squares(rows);
  if (!(total > 0))
    return { mean, axes: [oriented(undefined, dimension), oriented(undefined, dimension)], explained: [0, 0] };
  const { values, vectors } = leadingDirections(rows, dimension);
  const share = (k: number): number => Math.min(1, Math.max(0, (values[k] ?? 0) / total));
  return {
    mean,
    axes: [oriented(vectors[0], dimension), oriented(vectors[1], dimension)],
    explained: [share(0), share(1)],
  };
}

/** Coordinates of the rows of an n x d row-major matrix on the two axes. */
export function project(projection: Projection, matrix: ArrayLike<number>): readonly { x: number; y: number }[] {
  const dimension = projection.mean.length;
  const n = dimension === 0 ? 0 : Math.floor(matrix.length / dimension);
  return Array.from({ length: n }, (_, i) => {
    const row = projection.mean.map((centre, j) => matrix[i * dimension + j]! - centre);
    return { x: dot(row, projection.axes[0]), y: dot(row, projection.axes[1]) };
  });
}
