import { fromCoordinate } from './axis.ts';
import type { LinearRow } from './constraints.ts';
import { createCoupling, type CoupledVariable, type Coupling } from './coupling.ts';
import { decimalsOf, listed, rounded } from './numbers.ts';
import { createRepairer } from './repair.ts';

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

/** True when the polyhedron of the coupling holds a point. Otherwise its `proof` says why. */
function isFeasible(coupling: Coupling): boolean {
  const { low, high } = coupling;
  return coupling.project(middle(coupling), low, high, new Float64Array(low.length));
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

/** Rows without which the others would not be in conflict: each row is left out if the rest are still empty. */
function conflictAmong(
  linearRows: readonly LinearRow[],
  isEmpty: (rest: readonly LinearRow[]) => boolean,
): readonly LinearRow[] {
  return linearRows.reduce((kept, row) => {
    const rest = kept.filter((other) => other !== row);
    return rest.length > 0 && isEmpty(rest) ? rest : kept;
  }, linearRows);
}

function namesIn(linearRows: readonly LinearRow[]): string[] {
  return [...new Set(linearRows.flatMap((row) => row.names))];
}

/** Why the polyhedron is empty; needs a coupling whose last projection failed. */
function emptyReason(coupling: Coupling): string {
  const { variables, linearRows, low, high } = coupling;
  const proof = coupling.proof(low, high);
  if (proof === undefined) return `no design was found that satisfies ${joined(linearRows)}`;
  const proven = linearRows.filter((_, r) => Math.abs(proof[r]!) > 1e-9);
  const guilty = conflictAmong(proven, (rest) => !isFeasible(createCoupling(variables, rest)));
  const [only] = guilty;
  if (only !== undefined && guilty.length === 1) {
    const [least, most] = rowRange(only, variables);
    const range = least === most ? `is ${least}` : `lies between ${least} and ${most}`;
    return `${named(only)} cannot hold, since ${only.left} ${range}`;
  }
  return `${joined(guilty)} contradict each other within the bounds of ${listed(namesIn(guilty))}`;
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
  const divisor = whole.reduce(greatestDivisor, 0) / unit;
  return Math.abs(rest - Math.round(rest / divisor) * divisor) > Math.max(1e-6 * divisor, tolerance);
}

/** True when a complete search has shown that no choice of steps satisfies the rows. */
function stepsExcluded(coupling: Coupling): boolean {
  const result = createRepairer(coupling).repair(middle(coupling), proofNodes);
  return !result.found && result.exhausted;
}

/** Why no choice of steps satisfies the rows, if that can be proven; needs a polyhedron that is not empty. */
function steppedReason(coupling: Coupling): string | undefined {
  const { variables, linearRows } = coupling;
  const missed = linearRows.find((row, r) => stepsMiss(row, variables, coupling.tolerances[r]!));
  if (missed !== undefined)
    return `${named(missed)} cannot hold, since the steps of ${listed(missed.names)} do not meet it`;
  if (!stepsExcluded(coupling)) return undefined;
  const guilty = conflictAmong(linearRows, (rest) => stepsExcluded(createCoupling(variables, rest)));
  const stepped = namesIn(guilty).filter(
    (name) => variables.find((variable) => variable.name === name)?.lattice !== undefined,
  );
  return `no choice of the steps of ${listed(stepped)} satisfies ${joined(guilty)}`;
}

/** Why no design satisfies the rows of a coupling, as far as it can be proven. */
export function contradictionOf(coupling: Coupling): string | undefined {
  return isFeasible(coupling) ? steppedReason(coupling) : emptyReason(coupling);
}
