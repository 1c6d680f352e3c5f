/** A square matrix, row-major. */
export interface Matrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** The matrix with the given entries. */
export function matrixOf(size: number, entry: (row: number, column: number) => number): Matrix {
  const values = Float64Array.from({ length: size * size }, (_, at) => entry(Math.floor(at / size), at % size));
  return { size, values };
}

/** M x. */
export function times({ size, values }: Matrix, x: Float64Array): Float64Array {
  const product = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += values[i * size + j]! * x[j]!;
    product[i] = sum;
  }
  return product;
}

/** M^T x; for a rotation, its inverse. */
export function transposedTimes({ size, values }: Matrix, x: Float64Array): Float64Array {
  const product = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) product[j]! += values[i * size + j]! * x[i]!;
  return product;
}

/** A B. */
export function product(a: Matrix, b: Matrix): Matrix {
  const { size } = a;
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a.values[i * size + k]!;
      for (let j = 0; j < size; j++) values[i * size + j]! += factor * b.values[k * size + j]!;
    }
  }
  return { size, values };
}

/** diag(scales) M. */
export function scaledRows({ size, values }: Matrix, scales: Float64Array): Matrix {
  return { size, values: values.map((value, at) => scales[Math.floor(at / size)]! * value) };
}

/** The orthogonal matrix whose columns are the given ones, made orthonormal in turn (Gram and Schmidt). */
export function orthonormal(size: number, column: (j: number) => Float64Array): Matrix {
  const columns: Float64Array[] = [];
  for (let j = 0; j < size; j++) {
    const next = column(j).slice();
    for (const earlier of columns) {
      const share = dot(next, earlier);
      for (let i = 0; i < size; i++) next[i]! -= share * earlier[i]!;
    }
    const length = Math.sqrt(dot(next, next));
    columns.push(next.map((value) => value / length));
  }
  return matrixOf(size, (row, j) => columns[j]![row]!);
}

/** a . b */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
