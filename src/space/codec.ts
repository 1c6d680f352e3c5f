import type { Lattice } from './lattice.ts';
import type { Axis, Value } from './types.ts';

export type CodecShape =
  | { readonly kind: 'scalar'; readonly axis: Axis }
  | { readonly kind: 'onehot'; readonly positions: number; readonly choices: number };

/** Everything one parameter knows: its values, their texts, and their coordinates. */
export interface Codec {
  readonly shape: CodecShape;
  readonly width: number;
  /** Number of values; Infinity for a real without a step. */
  readonly count: number;
  /** The steps of a real or integer parameter. */
  readonly lattice: Lattice | undefined;
  /** What is accepted, as a noun: "a number from 20 to 90 in steps of 0.5". */
  readonly accepts: string;
  /** Value number `index` of a finite parameter, in its order. */
  readonly valueAt: (index: number) => Value;
  /** The position of a value among the parameter's values; needs a finite parameter and a value of it. */
  indexOf(value: Value): number;
  /** What is wrong with a value, to follow the parameter's name: "is 95, outside 20 to 90". */
  problemWith(value: unknown): string | undefined;
  /** The value in the parameter's own spelling: the listed number for its text, the step for its neighbour in floating point. */
  normalize(value: Value): Value;
  /** The value that a text spells; undefined when it spells none of this type. Bounds are `problemWith`'s. */
  coerce(text: string): Value | undefined;
  /** Writes `width` coordinates at `offset`. Needs a value of the parameter. */
  encode(value: Value, target: Float64Array | Float32Array, offset: number): void;
  /** The nearest value to the coordinates at `offset`. */
  decode(vector: ArrayLike<number>, offset: number): Value;
}
