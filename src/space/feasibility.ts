import type { LinearRow } from './constraints.ts';
import { fromCoordinate } from './axis.ts';
import type { Coupling, CoupledVariable } from './coupling.ts';
import { decimalsOf, listed, rounded } from './numbers.ts';
import type { Rows } from './projection.ts';
import type { Repairer } from './repair.ts';

/** Nodes of search spent on proving that steps cannot satisfy the constraints. */
const proofNodes = 2000;

function named(row: LinearRow): string {
  return `${row.label} (${row.text})`;
}

function joined(rows: readonly LinearRow[]): string {
  const texts = rows.map(named);
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** The point of the middle of the box, from which feasibility is asked. */
function middle({ low, high }: Coupling): Float64Array {
  return low.map((bound, i) => (bound + high[i]!) / 2);
}

/** True when the polyhedron of the coupling holds a point. Otherwise its projector's `proof` says why. */
export function isFeasible(coupling: Coupling): boolean {
  const { low, high, projector } = coupling;
  const point = new Float64Array(low.length);
  return projector.project(middle(coupling), low, high, point);
}

/** By how much the multipliers show that the rows and the box exclude each other, in units of the multipliers; 0 for no proof. */
export function proofGapOf(rows: Rows, low: Float64Array, high: Float64Array, proof: Float64Array): number {
  const { count, size, weights } = rows;
  let asked = 0;
  const combined = new Float64Array(size);
  for (let r = 0; r < count; r++) {
    const y = proof[r]!;
    if (y === 0) continue;
    asked += y * (y > 0 ? rows.lower[r]! : rows.upper[r]!);
    for (let i = 0; i < size; i++) combined[i]! += y * weights[r * size + i]!;
  }
  const reached = combined.reduce((sum, c, i) => sum + c * (c > 0 ? high[i]! : low[i]!), 0);
  return Math.max(asked - reached, 0);
}

function rowRange(row: LinearRow, variables: readonly CoupledVariable[]): readonly [number, number] {
  let least = 0;
  let most = 0;
  row.names.forEach((name, i) => {
    const variable = variables.find((candidate) => candidate.name === name);
    if (variable === undefined) return;
    const ends = [-1, 1].map((end) => row.weights[i]! * (variable.fixed ?? fromCoordinate(variable.axis, end)));
    least += Math.min(...ends);
    most += Math.max(...ends);
  });
  return [rounded(least), rounded(most)];
}

/** Why the polyhedron is empty; needs a coupling whose last projection failed. */
export function emptyReason(coupling: Coupling, linearRows: readonly LinearRow[]): string {
  const { projector, variables } = coupling;
  const proven = proofGapOf(coupling.rows, coupling.low, coupling.high, projector.proof) > 0;
  if (!proven) return `no design was found that satisfies ${joined(linearRows)}`;
  const guilty = linearRows.filter((_, r) => Math.abs(projector.proof[r]!) > 1e-9);
  const [only] = guilty;
  if (only !== undefined && guilty.length === 1) {
    const [least, most] = rowRange(only, variables);
    return `${named(only)} cannot hold, since ${only.left} lies between ${least} and ${most}`;
  }
  const names = listed([...new Set(guilty.flatMap((row) => row.names))]);
  return `${joined(guilty)} contradict each other within the bounds of ${names}`;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestDivisor(b, a % b);
}

/** True when an equality over steps alone has no solution because its right side is no multiple of the steps' common divisor. */
function stepsMiss(row: LinearRow, variables: readonly CoupledVariable[], tolerance: number): boolean {
  if (row.lower !== row.upper) return false;
  let rest = row.lower;
  const strides: number[] = [];
  let decimals = 0;
  for (const [i, name] of row.names.entries()) {
    const variable = variables.find((candidate) => candidate.name === name);
    const weight = row.weights[i]!;
    if (variable === undefined) return false;
    if (variable.fixed !== undefined || variable.axis.low === variable.axis.high) {
      rest -= weight * (variable.fixed ?? variable.axis.low);
      continue;
    }
    if (variable.lattice === undefined) return false;
    rest -= weight * variable.lattice.valueAt(0);
    strides.push(weight * variable.lattice.step);
    decimals = Math.max(decimals, decimalsOf(weight) + decimalsOf(variable.lattice.step));
  }
  const unit = 10 ** decimals;
  const whole = strides.map((stride) => Math.round(stride * unit));
  if (strides.length === 0 || decimals > 15 || whole.some((stride) => Math.abs(stride) > 2 ** 50)) return false;
  const divisor = whole.reduce(greatestDivisor) / unit;
  return Math.abs(rest - Math.round(rest / divisor) * divisor) > tolerance;
}

/** Why no choice of steps satisfies the rows, if that can be proven; needs a non-empty polyhedron. */
export function steppedReason(
  coupling: Coupling,
  repairer: Repairer,
  linearRows: readonly LinearRow[],
  tolerances: readonly number[],
): string | undefined {
  const missed = linearRows.find((row, r) => stepsMiss(row, coupling.variables, tolerances[r]!));
  if (missed !== undefined)
    return `${named(missed)} cannot hold, since the steps of ${listed(missed.names)} do not meet it`;
  const result = repairer.repair(middle(coupling), proofNodes);
  if (result.found || !result.exhausted) return undefined;
  return `no choice of the steps of ${listed([...new Set(linearRows.flatMap((row) => row.names))])} satisfies ${joined(linearRows)}`;
}
