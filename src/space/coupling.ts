import { fromCoordinate, toCoordinate } from './axis.ts';
import { exactTolerance, roundingTolerance, rowScale, type LinearRow } from './constraints.ts';
import type { Lattice } from './lattice.ts';
import { createProjector, type Rows } from './projection.ts';
import { proofGap } from './proof.ts';
import type { Axis } from './types.ts';

/** A numeric parameter that constraints name. */
export interface CoupledVariable {
  readonly name: string;
  readonly axis: Axis;
  readonly lattice: Lattice | undefined;
  readonly fixed: number | undefined;
}

/** A gap below this, per unit of multipliers, may be a rounding error. */
const leastGap = 1e-12;

/** The variables that constraints tie together, and the polyhedron of their coordinates. Coordinates are linear in values. */
export interface Coupling {
  readonly variables: readonly CoupledVariable[];
  readonly linearRows: readonly LinearRow[];
  /** Rows of unit length over the variables' coordinates. The loose ones are wider by half of what rounding may use. */
  readonly rows: Rows;
  /** The bounds of the coordinates; equal for a fixed variable. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** As a projector does; where the exact rows leave nothing, on the loose ones. */
  project(target: Float64Array, low: Float64Array, high: Float64Array, point: Float64Array): boolean;
  /** Whether the last projection, which failed, has proven that there is nothing to find; and its multipliers (by row). */
  proof(low: Float64Array, high: Float64Array): Float64Array | undefined;
  /** How exactly each row has to hold in printed designs, in decoded units. */
  readonly tolerances: readonly number[];
  /** Whether values (by variable) satisfy the rows as exactly as printed designs have to. */
  readonly isExact: Check;
  /** Whether they do but for the rounding errors of the sums. */
  readonly isTight: Check;
}

export type Check = (values: ArrayLike<number>) => boolean;

/** The value of a variable per unit of its coordinate, and at coordinate 0. */
export function affine({ low, high }: Axis): { readonly half: number; readonly center: number } {
  return { half: (high - low) / 2, center: low + (high - low) / 2 };
}

/** Bounds and weights of a row over coordinates instead of values. */
export function encodeRow(
  row: LinearRow,
  axisOf: (name: string) => Axis,
): { readonly weights: readonly number[]; readonly lower: number; readonly upper: number } {
  let shift = 0;
  const weights = row.names.map((name, i) => {
    const { half, center } = affine(axisOf(name));
    shift += row.weights[i]! * center;
    return row.weights[i]! * half;
  });
  return { weights, lower: row.lower - shift, upper: row.upper - shift };
}

/** The size of each row's sum. */
export function rowScales(linearRows: readonly LinearRow[], axisOf: (name: string) => Axis): number[] {
  return linearRows.map((row) =>
    rowScale(row, (name) => {
      const { low, high } = axisOf(name);
      return Math.max(Math.abs(low), Math.abs(high));
    }),
  );
}

function createCheck(
  linearRows: readonly LinearRow[],
  placeOf: (name: string) => number,
  tolerances: readonly number[],
): Check {
  const checks = linearRows.map(({ names, weights, lower, upper }, r) => ({
    places: names.map(placeOf),
    weights,
    least: lower - tolerances[r]!,
    most: upper + tolerances[r]!,
  }));
  return (values) =>
    checks.every(({ places, weights, least, most }) => {
      let sum = 0;
      for (let i = 0; i < places.length; i++) sum += weights[i]! * values[places[i]!]!;
      return sum >= least && sum <= most;
    });
}

function unitRows(
  linearRows: readonly LinearRow[],
  size: number,
  placeOf: (name: string) => number,
  axisOf: (name: string) => Axis,
  slack: readonly number[],
): Rows {
  const count = linearRows.length;
  const weights = new Float64Array(count * size);
  const lower = new Float64Array(count);
  const upper = new Float64Array(count);
  linearRows.forEach((row, r) => {
    const encoded = encodeRow(row, axisOf);
    const length = Math.hypot(...encoded.weights) || 1;
    row.names.forEach((name, i) => (weights[r * size + placeOf(name)] = encoded.weights[i]! / length));
    lower[r] = (encoded.lower - slack[r]!) / length;
    upper[r] = (encoded.upper + slack[r]!) / length;
  });
  return { count, size, weights, lower, upper };
}

/** The coupling of variables by rows that name no others. */
export function createCoupling(variables: readonly CoupledVariable[], linearRows: readonly LinearRow[]): Coupling {
  const places = new Map(variables.map(({ name }, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name)!;
  const axisOf = (name: string): Axis => variables[placeOf(name)]!.axis;
  const scales = rowScales(linearRows, axisOf);
  const exact = scales.map(exactTolerance);
  const rowsWith = (part: number): Rows =>
    unitRows(
      linearRows,
      variables.length,
      placeOf,
      axisOf,
      exact.map((tolerance) => part * tolerance),
    );
  const rows = rowsWith(0);
  const projector = createProjector(rows);
  const looseRows = rowsWith(0.5);
  const looseProjector = createProjector(looseRows);
  const bound = (edge: number): Float64Array =>
    Float64Array.from(variables, ({ axis, fixed }) =>
      fixed !== undefined ? toCoordinate(axis, fixed) : axis.low === axis.high ? 0 : edge,
    );
  return {
    variables,
    linearRows,
    rows,
    low: bound(-1),
    high: bound(1),
    project: (target, low, high, point) =>
      projector.project(target, low, high, point) || looseProjector.project(target, low, high, point),
    proof: (low, high) => {
      const { proof } = looseProjector;
      const size = proof.reduce((sum, y) => sum + Math.abs(y), 0);
      return proofGap(looseRows, low, high, proof) > leastGap * size ? proof : undefined;
    },
    tolerances: exact,
    isExact: createCheck(linearRows, placeOf, exact),
    isTight: createCheck(linearRows, placeOf, scales.map(roundingTolerance)),
  };
}

/** The coordinate of a lattice's value number `index`. */
export function latticeCoordinate(variable: CoupledVariable, lattice: Lattice, index: number): number {
  return toCoordinate(variable.axis, lattice.valueAt(index));
}

/** The value number nearest to a coordinate. */
export function nearestIndex(variable: CoupledVariable, lattice: Lattice, coordinate: number): number {
  return lattice.nearest(fromCoordinate(variable.axis, coordinate));
}
