import { orthonormal, type Matrix } from '../matrix.ts';

const modulus = 2147483647;

/** The next state of the minimal standard generator, 16807 s mod 2^31 - 1 (Park and Miller 1988). */
function following(state: number): number {
  // The product is below 2^46, so doubles hold it exactly.
  return (16807 * state) % modulus;
}

/** n uniform numbers in (0, 1): the minimal standard generator, shuffled through a table of 32 (Bays and Durham 1976), as BBOB 2009 draws. */
export function uniforms(n: number, seed: number): Float64Array {
  let state = Math.max(1, Math.abs(seed));
  const table = new Float64Array(32);
  for (let i = 39; i >= 0; i--) {
    state = following(state);
    if (i < 32) table[i] = state;
  }
  let drawn = table[0]!;
  return Float64Array.from({ length: n }, () => {
    state = following(state);
    const place = Math.floor(drawn / 67108865);
    drawn = table[place]!;
    table[place] = state;
    return drawn === 0 ? 1e-99 : drawn / modulus;
  });
}

/** n standard normal numbers (Box and Muller 1958). */
export function normals(n: number, seed: number): Float64Array {
  const drawn = uniforms(2 * n, seed);
  return Float64Array.from({ length: n }, (_, i) => {
    const value = Math.sqrt(-2 * Math.log(drawn[i]!)) * Math.cos(2 * Math.PI * drawn[n + i]!);
    return value === 0 ? 1e-99 : value;
  });
}

/** A random rotation: normal columns made orthonormal by Gram and Schmidt. */
export function rotation(dimension: number, seed: number): Matrix {
  const drawn = normals(dimension * dimension, seed);
  return orthonormal(dimension, (column) => drawn.subarray(column * dimension, (column + 1) * dimension));
}

/** A random optimum in [-4, 4]^d, a multiple of 8e-4 and never 0. */
export function randomOptimum(dimension: number, seed: number): Float64Array {
  return uniforms(dimension, seed).map((u) => (8 * Math.floor(1e4 * u)) / 1e4 - 4 || -1e-5);
}

/** The least cost of a function's instance: a quotient of two normals in [-1000, 1000], of two decimals. */
export function optimalValue(seed: number): number {
  const [a] = normals(1, seed);
  const [b] = normals(1, seed + 1);
  const rounded = Math.floor((100 * 100 * a!) / b! + 0.5) / 100;
  return Math.min(1000, Math.max(-1000, rounded));
}
