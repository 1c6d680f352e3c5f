/** The least and the largest value of a coordinate. */
export type Interval = readonly [min: number, max: number];

/** A cost over a box, to be minimized. */
export interface BoxFunction {
  readonly name: string;
  /** One interval for each of the d coordinates. */
  readonly bounds: readonly Interval[];
  /** The cost of a point of d coordinates; the point is not changed. */
  readonly evaluate: (x: Float64Array) => number;
}

/** A cost whose minimum is known. */
export interface TestFunction extends BoxFunction {
  /** A point of the least cost, d coordinates inside the bounds. */
  readonly optimum: Float64Array;
  readonly optimalValue: number;
}

/** The same interval d times. */
export function box(dimension: number, min: number, max: number): readonly Interval[] {
  return Array.from({ length: dimension }, () => [min, max] as const);
}
