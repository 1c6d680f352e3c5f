import { rounded } from './numbers.ts';
import type { Constraint, Design, Relation } from './types.ts';

/** A constraint in decoded units: lower <= sum of weight x value <= upper. */
export interface LinearRow {
  /** Where it stands in the definition: "constraints[0]". */
  readonly label: string;
  /** What it says: "a + 2 b <= 10". */
  readonly text: string;
  readonly left: string;
  readonly names: readonly string[];
  readonly weights: readonly number[];
  readonly lower: number;
  readonly upper: number;
}

/** The weights by name; a sum has ones. */
export function weightsOf(constraint: Constraint): readonly (readonly [string, number])[] {
  return 'sum' in constraint ? constraint.sum.map((name) => [name, 1] as const) : Object.entries(constraint.linear);
}

function termText(name: string, weight: number, first: boolean): string {
  const size = Math.abs(weight) === 1 ? name : `${Math.abs(weight)} ${name}`;
  if (first) return weight < 0 ? `-${size}` : size;
  return weight < 0 ? ` - ${size}` : ` + ${size}`;
}

function relationText({ equals, atLeast, atMost }: Relation): string {
  const parts = [
    equals === undefined ? [] : [`= ${equals}`],
    atLeast === undefined ? [] : [`>= ${atLeast}`],
    atMost === undefined ? [] : [`<= ${atMost}`],
  ];
  return parts.flat().join(' and ');
}

/** The constraint as one row; terms of weight 0 are left out. */
export function linearRow(constraint: Constraint, index: number): LinearRow {
  const terms = weightsOf(constraint).filter(([, weight]) => weight !== 0);
  const left = terms.map(([name, weight], at) => termText(name, weight, at === 0)).join('');
  return {
    label: `constraints[${index}]`,
    text: `${left} ${relationText(constraint)}`,
    left,
    names: terms.map(([name]) => name),
    weights: terms.map(([, weight]) => weight),
    lower: Math.max(constraint.equals ?? -Infinity, constraint.atLeast ?? -Infinity),
    upper: Math.min(constraint.equals ?? Infinity, constraint.atMost ?? Infinity),
  };
}

/** The weighted sum of a design's values; NaN when one is not a number. */
export function rowValue(row: LinearRow, design: Design): number {
  let sum = 0;
  for (let i = 0; i < row.names.length; i++) {
    const value = design[row.names[i]!];
    sum += typeof value === 'number' ? row.weights[i]! * value : NaN;
  }
  return sum;
}

/** How far the design is outside the row's bounds, 0 inside. */
export function rowViolation(row: LinearRow, design: Design): number {
  const value = rowValue(row, design);
  return Number.isNaN(value) ? Infinity : Math.max(row.lower - value, value - row.upper, 0);
}

/** The size of a row's sum: the largest it can be before signs cancel. `magnitude` is a parameter's largest absolute value. */
export function rowScale(row: LinearRow, magnitude: (name: string) => number): number {
  return row.names.reduce((sum, name, i) => sum + Math.abs(row.weights[i]!) * magnitude(name), 0);
}

/** 1e-9 for sums of size 1 to 100,000; relative to the size outside, down to what doubles can hold. */
export function exactTolerance(scale: number): number {
  return Math.max(1e-9 * Math.min(scale, 1), 1e-14 * scale);
}

/** The rounding error of a sum, about. */
export function roundingTolerance(scale: number): number {
  return 1e-15 * scale;
}

/** Why measured values break a row: "a + b is 1.2, but constraints[0] needs a + b = 1". */
export function rowProblem(row: LinearRow, design: Design, tolerance: number): string | undefined {
  if (rowViolation(row, design) <= tolerance) return undefined;
  return `${row.left} is ${rounded(rowValue(row, design))}, but ${row.label} asks for ${row.text}`;
}
