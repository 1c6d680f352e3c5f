import { randomStream } from '../../src/base/index.ts';
import type { Interval } from './function.ts';

/** n >= 2 evenly spaced values of an interval, moved together by at most half a step so that `through` is one of them, and kept inside. */
export function matched(n: number, [min, max]: Interval, through: number | undefined): readonly number[] {
  const step = (max - min) / (n - 1);
  const nearest = Math.round(((through ?? min) - min) / step);
  const move = (through ?? min) - (min + nearest * step);
  const level = (i: number): number => Math.min(max, Math.max(min, min + i * step + move));
  return Array.from({ length: n }, (_, i) => (i === nearest ? (through ?? min) : level(i)));
}

/** n labels whose order says nothing of the order of what they stand for, the same in every run. */
export function shuffledLabels(n: number, coordinate: number): readonly string[] {
  const width = String(n - 1).length;
  const order = randomStream(0).split('labels', coordinate).permutation(n);
  return Array.from(order, (label) => `c${String(label).padStart(width, '0')}`);
}
