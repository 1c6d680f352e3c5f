import { fromCoordinate } from './axis.ts';
import { affine, latticeCoordinate, nearestIndex, type Coupling } from './coupling.ts';
import type { Lattice } from './lattice.ts';

/** Lattice positions by variable; entries of variables without steps, or fixed, are not used. */
type Indices = Int32Array | Float64Array;

/** A variable whose value is still to be chosen among steps. */
interface Stepped {
  readonly at: number;
  readonly lattice: Lattice;
}

/** Finds feasible values near a target. */
export interface Repairer {
  /** Values (by variable) near `target` coordinates, or undefined when `nodes` nodes of search found none. */
  repair(target: Float64Array, nodes: number): RepairResult;
}

export type RepairResult =
  | { readonly found: true; readonly values: Float64Array }
  /** `exhausted`: the search was complete, so there is nothing to find. */
  | { readonly found: false; readonly exhausted: boolean };

/** Rows have unit length, so violations are in coordinates. */
const tolerance = 1e-11;
/** Coordinates closer than this are the same. */
const coordinateError = 1e-14;

export function createRepairer(coupling: Coupling): Repairer {
  const { variables, rows, isExact, isTight } = coupling;
  const { count, size, weights } = rows;
  const stepped: readonly Stepped[] = variables.flatMap(({ lattice, fixed }, at) =>
    lattice === undefined || fixed !== undefined ? [] : [{ at, lattice }],
  );
  const isStepped = new Uint8Array(size);
  for (const { at } of stepped) isStepped[at] = 1;
  const extents = continuousExtents(coupling, isStepped);

  const coordinateOf = (at: number, lattice: Lattice, index: number): number =>
    latticeCoordinate(variables[at]!, lattice, index);
  const stepOf = (at: number, lattice: Lattice): number => lattice.step / affine(variables[at]!.axis).half;

  const low = coupling.low.slice();
  const high = coupling.high.slice();
  for (const { at, lattice } of stepped) {
    low[at] = coordinateOf(at, lattice, 0);
    high[at] = coordinateOf(at, lattice, lattice.count - 1);
  }

  function valuesAt(point: Float64Array, indices: Indices): Float64Array {
    return Float64Array.from(variables, ({ axis, lattice, fixed }, at) => {
      if (fixed !== undefined) return fixed;
      return lattice === undefined ? fromCoordinate(axis, point[at]!) : lattice.valueAt(indices[at]!);
    });
  }

  function roundAll(point: Float64Array): Float64Array {
    const indices = new Float64Array(size);
    for (const { at, lattice } of stepped) indices[at] = nearestIndex(variables[at]!, lattice, point[at]!);
    return indices;
  }

  /** Values with the steps held and the other variables projected, if that is feasible. */
  function withHeld(target: Float64Array, indices: Indices): Float64Array | undefined {
    const heldLow = low.slice();
    const heldHigh = high.slice();
    for (const { at, lattice } of stepped) {
      heldLow[at] = heldHigh[at] = coordinateOf(at, lattice, indices[at]!);
    }
    const point = new Float64Array(size);
    if (stepped.length < size) coupling.project(target, heldLow, heldHigh, point);
    const values = valuesAt(point, indices);
    return isExact(values) ? values : undefined;
  }

  /**
   * Moves single steps, cheapest in distance per violation removed first, until the stepped variables leave room for the rest.
   * For one row of equal steps this is the method of largest remainders, which is optimal.
   */
  function greedy(projected: Float64Array, indices: Indices): boolean {
    const sums = extents.lower.map(() => 0);
    const coordinates = projected.slice();
    for (const { at, lattice } of stepped) coordinates[at] = coordinateOf(at, lattice, indices[at]!);
    for (let r = 0; r < count; r++) {
      for (const { at } of stepped) sums[r]! += weights[r * size + at]! * coordinates[at]!;
    }
    const excess = (r: number, sum: number): number => Math.max(extents.lower[r]! - sum, sum - extents.upper[r]!, 0);
    let violation = sums.reduce((total, sum, r) => total + excess(r, sum), 0);
    for (let moves = 0; violation > tolerance; moves++) {
      if (moves > 20 + 4 * size) return false;
      let best = { price: Infinity, at: -1, index: 0, to: 0, violation };
      for (const { at, lattice } of stepped) {
        const jump = Math.max(Math.floor(violation / stepOf(at, lattice)), 1);
        for (const move of jump === 1 ? [-1, 1] : [-jump, -1, 1, jump]) {
          const index = indices[at]! + move;
          if (index < 0 || index >= lattice.count) continue;
          const to = coordinateOf(at, lattice, index);
          const change = to - coordinates[at]!;
          let after = 0;
          for (let r = 0; r < count; r++) after += excess(r, sums[r]! + weights[r * size + at]! * change);
          const gain = violation - after;
          if (gain <= coordinateError) continue;
          const cost = (to - projected[at]!) ** 2 - (coordinates[at]! - projected[at]!) ** 2;
          const price = cost > 0 ? cost / gain : cost * gain;
          if (price < best.price) best = { price, at, index, to, violation: after };
        }
      }
      if (best.at < 0) return false;
      const change = best.to - coordinates[best.at]!;
      for (let r = 0; r < count; r++) sums[r]! += weights[r * size + best.at]! * change;
      coordinates[best.at] = best.to;
      indices[best.at] = best.index;
      violation = best.violation;
    }
    return true;
  }

  /** Depth-first branch and bound on the steps, nearest branch first, each node bounded by its projection. */
  function search(target: Float64Array, nodes: number): RepairResult {
    let left = nodes;
    let complete = true;
    let best: { readonly values: Float64Array; readonly distance: number } | undefined;
    const visit = (nodeLow: Float64Array, nodeHigh: Float64Array): void => {
      if (left <= 0) return;
      left--;
      const point = new Float64Array(size);
      if (!coupling.project(target, nodeLow, nodeHigh, point)) {
        complete &&= coupling.proof(nodeLow, nodeHigh) !== undefined;
        return;
      }
      const distance = squaredDistance(target, point);
      if (best !== undefined && distance >= best.distance) return;
      const indices = roundAll(point);
      const branch = farthestFromStep(point, indices, nodeLow, nodeHigh);
      if (branch === undefined) {
        const values = withHeld(target, indices);
        if (values === undefined) {
          // Other steps inside this node were not looked at.
          complete = false;
          return;
        }
        best = { values, distance };
        left = Math.min(left, 2 * stepped.length);
        return;
      }
      const { at, lattice } = branch;
      const nearest = indices[at]!;
      const above = coordinateOf(at, lattice, nearest) > point[at]!;
      const floor = above ? nearest - 1 : nearest;
      const lowHigh = nodeHigh.slice();
      lowHigh[at] = coordinateOf(at, lattice, floor);
      const highLow = nodeLow.slice();
      highLow[at] = coordinateOf(at, lattice, floor + 1);
      const branches = [() => visit(nodeLow, lowHigh), () => visit(highLow, nodeHigh)];
      if (above) branches.reverse();
      for (const go of branches) go();
    };
    visit(low, high);
    return best === undefined
      ? { found: false, exhausted: complete && left > 0 }
      : { found: true, values: best.values };
  }

  /** The variable whose steps are farthest, so that fine steps are left to take up what coarse ones leave. */
  function farthestFromStep(
    point: Float64Array,
    indices: Indices,
    nodeLow: Float64Array,
    nodeHigh: Float64Array,
  ): Stepped | undefined {
    let worst: Stepped | undefined;
    let most = coordinateError;
    for (const variable of stepped) {
      const { at, lattice } = variable;
      if (nodeLow[at] === nodeHigh[at]) continue;
      const away = Math.abs(coordinateOf(at, lattice, indices[at]!) - point[at]!);
      if (away <= Math.max(most, 1e-9 * stepOf(at, lattice))) continue;
      most = away;
      worst = variable;
    }
    return worst;
  }

  return {
    repair(target, nodes) {
      const clamped = target.map((x, i) => Math.min(Math.max(x, low[i]!), high[i]!));
      const direct = valuesAt(clamped, roundAll(clamped));
      if (isTight(direct)) return { found: true, values: direct };
      const projected = new Float64Array(size);
      if (!coupling.project(target, low, high, projected)) {
        return { found: false, exhausted: coupling.proof(low, high) !== undefined };
      }
      const indices = roundAll(projected);
      if (stepped.length === 0) {
        const values = valuesAt(projected, indices);
        return isExact(values) ? { found: true, values } : { found: false, exhausted: false };
      }
      const repaired = greedy(projected, indices) ? withHeld(target, indices) : undefined;
      return repaired === undefined ? search(target, nodes) : { found: true, values: repaired };
    },
  };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** The rows' bounds for the stepped variables alone: widened by all that the others can contribute. */
function continuousExtents(
  { rows, low, high }: Coupling,
  isStepped: Uint8Array,
): { readonly lower: number[]; readonly upper: number[] } {
  const lower = Array.from(rows.lower);
  const upper = Array.from(rows.upper);
  for (let r = 0; r < rows.count; r++) {
    for (let i = 0; i < rows.size; i++) {
      if (isStepped[i] === 1) continue;
      const weight = rows.weights[r * rows.size + i]!;
      lower[r]! -= Math.max(weight * low[i]!, weight * high[i]!);
      upper[r]! -= Math.min(weight * low[i]!, weight * high[i]!);
    }
  }
  return { lower, upper };
}
