import { matrixOf, product, scaledRows, type Matrix } from '../matrix.ts';
import { randomOptimum, rotation } from './random.ts';
import { condition, type Cost } from './transforms.ts';

/** What an instance of a function is made from. */
export interface Instance {
  readonly dimension: number;
  readonly seed: number;
}

/** A function without its offset: the cost is 0 at the optimum. */
export interface Shape {
  readonly optimum: Float64Array;
  readonly cost: Cost;
}

/** A BBOB function, made for an instance. */
export type MakeShape = (instance: Instance) => Shape;

/** The optimum that most functions have. */
export function optimumOf({ dimension, seed }: Instance): Float64Array {
  return randomOptimum(dimension, seed);
}

/** R, the rotation applied first. */
export function outerRotation({ dimension, seed }: Instance): Matrix {
  return rotation(dimension, seed + 1_000_000);
}

/** Q, the second rotation. */
export function innerRotation({ dimension, seed }: Instance): Matrix {
  return rotation(dimension, seed);
}

/** Λ^alpha Q */
export function stretched(instance: Instance, alpha: number): Matrix {
  return scaledRows(innerRotation(instance), condition(instance.dimension, alpha));
}

/** R Λ^alpha Q */
export function illConditioned(instance: Instance, alpha: number): Matrix {
  return product(outerRotation(instance), stretched(instance, alpha));
}

/** The factor of the Rosenbrock functions, and where their valley ends after a rotation: R^T (1/2, ..., 1/2) / factor. */
export function rosenbrockFactor(dimension: number): number {
  return Math.max(1, Math.sqrt(dimension) / 8);
}

/** factor M */
export function multiple({ size, values }: Matrix, factor: number): Matrix {
  return matrixOf(size, (row, column) => factor * values[row * size + column]!);
}
