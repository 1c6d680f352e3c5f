import type { Axis } from './types.ts';

/** The coordinate of a value, -1 at low to +1 at high. */
export function toCoordinate(axis: Axis, value: number): number {
  const { low, high, log } = axis;
  if (low === high) return 0;
  const part = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(Math.max(2 * part - 1, -1), 1);
}

/** The value at a coordinate; exactly low at or below -1, exactly high at or above 1. */
export function fromCoordinate(axis: Axis, coordinate: number): number {
  const { low, high, log } = axis;
  if (coordinate <= -1 || low === high) return low;
  if (coordinate >= 1) return high;
  const part = (coordinate + 1) / 2;
  const value = log ? low * Math.exp(part * Math.log(high / low)) : low + part * (high - low);
  return Math.min(Math.max(value, low), high);
}
