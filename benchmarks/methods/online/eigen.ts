/** A symmetric matrix as V^T diag(values) V; the rows of V (n x n, row-major) are orthonormal eigenvectors. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const tolerance = 1e-14;
const mostSweeps = 30;

/**
 * Eigenvalues and eigenvectors of a symmetric n x n matrix (row-major), by cyclic Jacobi rotations (Golub and Van Loan, section 8.5).
 * `start`, an orthogonal matrix that nearly diagonalizes it, saves sweeps.
 */
export function symmetricEigen(matrix: Float64Array, n: number, start?: Float64Array): Eigen {
  const vectors = start?.slice() ?? identity(n);
  const a = start === undefined ? matrix.slice() : conjugated(matrix, vectors, n);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q]!;
        if (Math.abs(off) <= tolerance * Math.sqrt(Math.abs(a[p * n + p]! * a[q * n + q]!))) continue;
        rotate(a, vectors, n, p, q);
        rotated = true;
      }
    }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

/** Makes a_pq zero by a rotation of rows and columns p and q. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const [app, aqq, apq] = [a[p * n + p]!, a[q * n + q]!, a[p * n + q]!];
  const slope = (aqq - app) / (2 * apq);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = tangent * cosine;
  turnRows(a, n, p, q, cosine, sine);
  turnRows(vectors, n, p, q, cosine, sine);
  a[p * n + p] = app - tangent * apq;
  a[q * n + q] = aqq + tangent * apq;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  for (let k = 0; k < n; k++) {
    a[k * n + p] = a[p * n + k]!;
    a[k * n + q] = a[q * n + k]!;
  }
}

function turnRows(m: Float64Array, n: number, p: number, q: number, cosine: number, sine: number): void {
  for (let k = 0; k < n; k++) {
    const [first, second] = [m[p * n + k]!, m[q * n + k]!];
    m[p * n + k] = cosine * first - sine * second;
    m[q * n + k] = sine * first + cosine * second;
  }
}

export function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
}

/** V A V^T */
function conjugated(a: Float64Array, vectors: Float64Array, n: number): Float64Array {
  return timesTransposed(timesTransposed(vectors, a, n), vectors, n);
}

/** A B^T */
function timesTransposed(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[j * n + k]!;
      product[i * n + j] = sum;
    }
  }
  return product;
}
