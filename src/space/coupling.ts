import { fromCoordinate, toCoordinate } from './axis.ts';
import type { LinearRow } from './constraints.ts';
import type { Lattice } from './lattice.ts';
import { createProjector, type Projector, type Rows } from './projection.ts';
import type { Axis } from './types.ts';

/** A numeric parameter that constraints name. */
export interface CoupledVariable {
  readonly name: string;
  readonly axis: Axis;
  readonly lattice: Lattice | undefined;
  readonly fixed: number | undefined;
}

/** The variables that constraints tie together, and the polyhedron of their coordinates. Coordinates are linear in values. */
export interface Coupling {
  readonly variables: readonly CoupledVariable[];
  /** Rows of unit length over the variables' coordinates. */
  readonly rows: Rows;
  /** The length by which each row was divided. */
  readonly lengths: Float64Array;
  /** The bounds of the coordinates; equal for a fixed variable. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly projector: Projector;
}

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

/** `slack` per row widens it on both sides, in decoded units. */
export function createCoupling(
  variables: readonly CoupledVariable[],
  linearRows: readonly LinearRow[],
  slack: readonly number[],
): Coupling {
  const size = variables.length;
  const places = new Map(variables.map(({ name }, index) => [name, index]));
  const axes = new Map(variables.map(({ name, axis }) => [name, axis]));
  const count = linearRows.length;
  const weights = new Float64Array(count * size);
  const lower = new Float64Array(count);
  const upper = new Float64Array(count);
  const lengths = new Float64Array(count);
  linearRows.forEach((row, r) => {
    const encoded = encodeRow(row, (name) => axes.get(name)!);
    const length = Math.hypot(...encoded.weights) || 1;
    row.names.forEach((name, i) => (weights[r * size + places.get(name)!] = encoded.weights[i]! / length));
    lower[r] = (encoded.lower - slack[r]!) / length;
    upper[r] = (encoded.upper + slack[r]!) / length;
    lengths[r] = length;
  });
  const rows: Rows = { count, size, weights, lower, upper };
  const bound = (edge: number): Float64Array =>
    Float64Array.from(variables, ({ axis, fixed }) =>
      fixed !== undefined ? toCoordinate(axis, fixed) : axis.low === axis.high ? 0 : edge,
    );
  return { variables, rows, lengths, low: bound(-1), high: bound(1), projector: createProjector(rows) };
}

/** The coordinate of a lattice's value number `index`. */
export function latticeCoordinate(variable: CoupledVariable, lattice: Lattice, index: number): number {
  return toCoordinate(variable.axis, lattice.valueAt(index));
}

/** The value number nearest to a coordinate. */
export function nearestIndex(variable: CoupledVariable, lattice: Lattice, coordinate: number): number {
  return lattice.nearest(fromCoordinate(variable.axis, coordinate));
}
