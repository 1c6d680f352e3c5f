import { decimalsOf } from './numbers.ts';

/** The values first, first + step, ..., `count` of them, each the double nearest to its decimal value where that is possible. */
export interface Lattice {
  readonly step: number;
  readonly count: number;
  readonly decimals: number;
  readonly valueAt: (index: number) => number;
  /** The index nearest to a value, within 0 to count - 1. */
  nearest(value: number): number;
}

/** Room for errors of the last bits when steps are counted, as a part of a step. */
const slack = 1e-9;

function nearestIndex(first: number, step: number, count: number, value: number): number {
  return Math.min(Math.max(Math.round((value - first) / step), 0), count - 1);
}

/** The whole steps in a computed number of steps, the last of them not beyond `last`. */
function stepsWithin(steps: number, valueAt: (index: number) => number, last: number): number {
  const whole = Math.floor(steps + slack);
  return whole > 0 && valueAt(whole) > last ? whole - 1 : whole;
}

/**
 * Values computed as quotients of whole numbers (a division by a power of ten up to 10^22 is correctly rounded), so that
 * 0.1 + 0.2 is 0.3.
 */
function decimalLattice(first: number, step: number, last: number, decimals: number): Lattice {
  const unit = 10 ** decimals;
  const start = Math.round(first * unit);
  const stride = Math.round(step * unit);
  const valueAt = (index: number): number => (start + index * stride) / unit;
  const count = stepsWithin((last * unit - start) / stride, valueAt, last) + 1;
  return {
    step,
    count,
    decimals,
    valueAt,
    nearest: (value) => nearestIndex(first, step, count, value),
  };
}

function plainLattice(first: number, step: number, last: number, decimals: number): Lattice {
  const valueAt = (index: number): number => first + index * step;
  const count = stepsWithin((last - first) / step, valueAt, last) + 1;
  return {
    step,
    count,
    decimals,
    valueAt,
    nearest: (value) => nearestIndex(first, step, count, value),
  };
}

/** All values from `first` to at most `last`; one value at least. Needs first <= last and step > 0. */
export function createLattice(first: number, step: number, last: number): Lattice {
  const decimals = Math.max(decimalsOf(first), decimalsOf(step));
  const largest = Math.max(Math.abs(first), Math.abs(last), step) * 10 ** decimals;
  const build = decimals <= 22 && largest < Number.MAX_SAFE_INTEGER ? decimalLattice : plainLattice;
  return build(first, step, last, decimals);
}

/** The multiples of 10^-decimals in [min, max], or undefined when there are none. */
export function decimalGrid(min: number, max: number, decimals: number): Lattice | undefined {
  const unit = 10 ** decimals;
  const first = Math.ceil(min * unit - slack) / unit;
  const last = Math.floor(max * unit + slack) / unit;
  return first <= last ? createLattice(first, 1 / unit, last) : undefined;
}
