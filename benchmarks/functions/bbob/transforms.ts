import { times, type Matrix } from '../matrix.ts';

/** A change of variables, of d numbers to d new ones. */
export type Transform = (x: Float64Array) => Float64Array;
/** A cost of d numbers. */
export type Cost = (x: Float64Array) => number;

/** Changes of variables one after the other, the first of them applied first. */
export function chain(...transforms: readonly Transform[]): Transform {
  return (x) => transforms.reduce((point, transform) => transform(point), x);
}

/** A cost seen through changes of variables, the first of them applied first. */
export function through(transforms: readonly Transform[], cost: Cost): Cost {
  const change = chain(...transforms);
  return (x) => cost(change(x));
}

/** i / (d - 1): where coordinate i stands between the first and the last. */
function place(i: number, dimension: number): number {
  return i / (dimension - 1);
}

/** The diagonal of Λ^alpha: alpha^(i / (2 (d - 1))). */
export function condition(dimension: number, alpha: number): Float64Array {
  return Float64Array.from({ length: dimension }, (_, i) => Math.sqrt(alpha) ** place(i, dimension));
}

/** x - by. */
export function shift(by: Float64Array): Transform {
  return (x) => x.map((value, i) => value - by[i]!);
}

/** factor x + offset. */
export function affine(factor: number, offset: number): Transform {
  return (x) => x.map((value) => factor * value + offset);
}

/** diag(scales) x. */
export function scale(scales: Float64Array): Transform {
  return (x) => x.map((value, i) => scales[i]! * value);
}

/** M x. */
export function linear(matrix: Matrix): Transform {
  return (x) => times(matrix, x);
}

/** T_osz of one number: small irregular waves that keep the sign and 0. */
export function oscillated(value: number): number {
  if (value === 0) return 0;
  const [slow, fast] = value > 0 ? [1, 0.79] : [0.55, 0.31];
  const log = Math.log(Math.abs(value)) / 0.1;
  return Math.sign(value) * Math.exp(log + 0.49 * (Math.sin(slow * log) + Math.sin(fast * log))) ** 0.1;
}

/** T_osz in every coordinate. */
export const oscillate: Transform = (x) => x.map(oscillated);

/** T_asy^beta: positive coordinates are raised to a power that grows with the coordinate's place. */
export function asymmetric(beta: number): Transform {
  return (x) => x.map((value, i) => (value > 0 ? value ** (1 + beta * place(i, x.length) * Math.sqrt(value)) : value));
}

/** Squared distance to the box [-bound, bound]^d, summed over coordinates. */
export function outside(x: Float64Array, bound: number = 5): number {
  let sum = 0;
  for (const value of x) sum += Math.max(0, Math.abs(value) - bound) ** 2;
  return sum;
}

/** x^T x */
export function squares(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return sum;
}

/** The sum of x_i^2 condition^(i / (d - 1)). */
export function ellipsoid(alpha: number): Cost {
  return (x) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += alpha ** place(i, x.length) * x[i]! ** 2;
    return sum;
  };
}

/** Half up, also for negative numbers: floor(value + 1/2). */
export function rounded(value: number): number {
  return Math.floor(value + 0.5);
}
