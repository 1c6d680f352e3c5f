/** A real number in [min, max]; with `step`, one of min, min + step, ... not above max. Log scale needs min > 0. */
export interface RealParameter {
  readonly type: 'real';
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log';
  readonly step?: number;
}

/** A whole number in [min, max]; with `step`, one of min, min + step, ... not above max. Log scale needs min > 0. */
export interface IntegerParameter {
  readonly type: 'integer';
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log';
  readonly step?: number;
}

/** One of a list of values whose order means something. */
export interface OrdinalParameter {
  readonly type: 'ordinal';
  readonly values: readonly (number | string)[];
}

/** One of a list of values without order. */
export interface CategoricalParameter {
  readonly type: 'categorical';
  readonly values: readonly (number | string)[];
}

/** A text of `length` letters, each from `alphabet`. */
export interface SequenceParameter {
  readonly type: 'sequence';
  readonly alphabet: string;
  readonly length: number;
}

export type Parameter = RealParameter | IntegerParameter | OrdinalParameter | CategoricalParameter | SequenceParameter;

/** The value of a parameter in a design: a number for real and integer, the listed value otherwise, a text for a sequence. */
export type Value = number | string;

/** One candidate experiment: a value for every parameter, by name. */
export type Design = Readonly<Record<string, Value>>;

export interface Relation {
  readonly equals?: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The named parameters' values add up to, or stay within, the relation's bounds. */
export interface SumConstraint extends Relation {
  readonly sum: readonly string[];
}

/** The weighted sum of the named parameters' values obeys the relation. */
export interface LinearConstraint extends Relation {
  readonly linear: Readonly<Record<string, number>>;
}

export type Constraint = SumConstraint | LinearConstraint;

/** `space.json`, and the same object in code. Insertion order of `parameters` is the order of columns. */
export interface SpaceDefinition {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly constraints?: readonly Constraint[];
}

/**
 * The scale of a scalar coordinate: -1 stands for `low`, +1 for `high`, linear between them or, if `log`, linear in the
 * logarithm. `high` is the largest value of the parameter (the last step, not necessarily `max`). For an ordinal parameter the
 * values are the positions in its list, 0 to n - 1. When low = high the coordinate is 0.
 */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/**
 * Where a parameter lives in an encoded vector. `scalar`: one coordinate in [-1, 1]; `onehot`: `positions` groups of
 * `choices` coordinates, +1 at the choice and -1 elsewhere.
 */
export type EncodedColumn = {
  readonly name: string;
  readonly parameter: Parameter;
  readonly offset: number;
  readonly width: number;
} & (
  | { readonly kind: 'scalar'; readonly axis: Axis }
  | { readonly kind: 'onehot'; readonly positions: number; readonly choices: number }
);

export type ScalarColumn = Extract<EncodedColumn, { kind: 'scalar' }>;
export type OnehotColumn = Extract<EncodedColumn, { kind: 'onehot' }>;

/** lower <= weights . vector <= upper in encoded coordinates (d weights); the linear constraints as the sampler sees them. */
export interface EncodedConstraint {
  readonly weights: Float64Array;
  readonly lower: number;
  readonly upper: number;
}

/** A search space: what a design is, how it becomes a vector of `dimension` numbers, and when it is feasible. */
export interface Space {
  readonly definition: SpaceDefinition;
  readonly names: readonly string[];
  readonly dimension: number;
  readonly columns: readonly EncodedColumn[];
  /** The linear constraints over all `dimension` coordinates, but those on single-valued parameters only. */
  readonly constraints: readonly EncodedConstraint[];
  /** Values fixed by `fix`, by parameter name. No constraint above depends on them. */
  readonly fixed: Design;
  /** A space in which the named parameters keep the given values. Throws a usage error for an unknown name, a value outside its
   *  parameter, or values that contradict the constraints. */
  fix(values: Design): Space;
  /** The encoded vector (`dimension` float64s). Throws a data error when a value is missing or outside its parameter; constraints
   *  and fixed values are not looked at, since a measured design need not obey them to be learnt from. */
  encode(design: Design): Float64Array;
  /** n designs as an n x dimension float32 matrix, row-major. */
  encodeAll(designs: readonly Design[]): Float32Array;
  /** The nearest design of the space to a vector, bounds, steps, fixed values and constraints obeyed; undefined when no repair
   *  was found. The design starts at `offset` (0) of `vector`. Sums and inequalities hold to 1e-9 (for sums below 1 or above
   *  100,000 in size: to 1e-9 of the size or 1e-14 of it). Throws a data error when a coordinate is not finite. */
  decode(vector: ArrayLike<number>, offset?: number): Design | undefined;
  /** Why the design is not in the space, as one sentence without the final dot, or undefined. Steps, to 1e-6 of a step, fixed values
   *  and constraints, to 1e-6 of each one's scale, are checked too. Other keys of the design are ignored. */
  problemWith(design: Design): string | undefined;
  /** True when constraints hold to `tolerance` (absolute, in decoded units; by default as exactly as `decode` makes them). */
  satisfies(design: Design, tolerance?: number): boolean;
  /** Number of distinct designs with the fixed values, ignoring constraints; Infinity when a free real has no step. */
  readonly size: number;
  /** Decimals that the values of a real or integer parameter have, from its step and min; undefined for other parameters and for a
   *  real without a step. */
  decimals(name: string): number | undefined;
}

/** Designs already taken. Two designs are distinct when a coordinate differs by at least one step, or, where there is none, by
 *  more than 1e-3 of the range. */
export interface DesignSet {
  has(design: Design): boolean;
  add(design: Design): void;
  /** Adds a design unless the set has it; whether it was added. */
  addNew(design: Design): boolean;
  readonly size: number;
}
