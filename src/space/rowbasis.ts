/**
 * A growing orthonormal basis Q (k x n, rows) of vectors A = R'Q with R upper triangular, by Gram-Schmidt with one repetition, which
 * keeps it orthogonal to the last bits.
 */
export class RowBasis {
  private readonly vectors: readonly Float64Array[];
  /** R, k x k in a row-major capacity x capacity array. */
  private readonly triangle: Float64Array;
  private readonly capacity: number;
  private count = 0;

  constructor(capacity: number, size: number) {
    this.capacity = capacity;
    this.vectors = Array.from({ length: capacity }, () => new Float64Array(size));
    this.triangle = new Float64Array(capacity * capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /** The memory to write the next vector to, before `push`. */
  next(): Float64Array {
    return this.vectors[this.count]!;
  }

  /** Adds the vector in `next`, which has to be independent of the others. */
  push(): void {
    const vector = this.next();
    const column = this.count;
    for (let b = 0; b < column; b++) this.triangle[b * this.capacity + column] = 0;
    for (let pass = 0; pass < 2; pass++) {
      for (let b = 0; b < column; b++) this.triangle[b * this.capacity + column]! += remove(this.vectors[b]!, vector);
    }
    const length = Math.sqrt(dot(vector, vector));
    this.triangle[column * this.capacity + column] = length;
    for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    this.count++;
  }

  /** Leaves in `vector` its part orthogonal to all vectors, and writes the coefficients (k) of the rest in terms of A. */
  split(vector: Float64Array, coefficients: Float64Array): void {
    const { count, capacity, triangle } = this;
    coefficients.fill(0, 0, count);
    for (let pass = 0; pass < 2; pass++) {
      for (let a = 0; a < count; a++) coefficients[a]! += remove(this.vectors[a]!, vector);
    }
    for (let a = count - 1; a >= 0; a--) {
      for (let b = a + 1; b < count; b++) coefficients[a]! -= triangle[a * capacity + b]! * coefficients[b]!;
      coefficients[a]! /= triangle[a * capacity + a]!;
    }
  }

  /** Adds the shortest step that changes A x by `changes` (k), which are overwritten, to x. */
  addStep(changes: Float64Array, x: Float64Array): void {
    const { count, capacity, triangle } = this;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < a; b++) changes[a]! -= triangle[b * capacity + a]! * changes[b]!;
      changes[a]! /= triangle[a * capacity + a]!;
    }
    for (let a = 0; a < count; a++) {
      const vector = this.vectors[a]!;
      for (let i = 0; i < x.length; i++) x[i]! += changes[a]! * vector[i]!;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Takes the part along a unit vector out of `vector`, and returns its length. */
function remove(unit: Float64Array, vector: Float64Array): number {
  const length = dot(unit, vector);
  for (let i = 0; i < vector.length; i++) vector[i]! -= length * unit[i]!;
  return length;
}
