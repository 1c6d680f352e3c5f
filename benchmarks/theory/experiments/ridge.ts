import { applied, gram, symmetricEigen, transposedTimes } from './matrix.ts';

/** theta = (X'X + weight I)^-1 X'y, the pseudo-labeller of Yuan et al. (2023), algorithm 1; `rows` n x k, k numbers. */
export function ridge(rows: Float32Array | Float64Array, y: Float64Array, weight = 1): Float64Array {
  const k = rows.length / y.length;
  const moment = transposedTimes(Float64Array.from(rows), y);
  return applied(symmetricEigen(gram(rows, k), k), (value) => 1 / (Math.max(0, value) + weight), moment);
}
