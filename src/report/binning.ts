import { scaleLinear } from 'd3-scale';
import { extent, finiteRange, isNarrow, type ScaleKind } from './frame.ts';
import type { Bar } from './marks.ts';

const maxBins = 24;

/** What decides the edges of bins: the axis, and the step between possible values where there is one. */
export interface Grain {
  readonly scale: ScaleKind;
  readonly step?: number | undefined;
}

/**
 * Ascending edges (one more than bins) that cover all finite values to rounding; with at most 96 steps between the values every
 * bin holds equally many of the possible ones.
 */
export function binEdges(values: readonly number[], { scale, step }: Grain): readonly number[] {
  const [low, high] = finiteRange(values) ?? [0, 1];
  const present = values.filter(Number.isFinite).length;
  const wanted = Math.min(20, Math.max(6, Math.ceil(Math.sqrt(present))));
  if (step !== undefined && (high - low) / step + 1 <= 4 * maxBins) return steppedEdges(low, high, step);
  if (isNarrow(low, high)) return extent([low, high]);
  if (scale === 'log' && low > 0) return geometricEdges(low, high, wanted);
  return scaleLinear().domain([low, high]).nice(wanted).ticks(wanted);
}

function geometricEdges(low: number, high: number, count: number): readonly number[] {
  const ratio = Math.log(high / low);
  return Array.from({ length: count + 1 }, (_, i) =>
    i === 0 ? low : i === count ? high : low * Math.exp((ratio * i) / count),
  );
}

function steppedEdges(low: number, high: number, step: number): readonly number[] {
  const places = Math.round((high - low) / step) + 1;
  const width = Math.ceil(places / maxBins);
  const bins = Math.ceil(places / width);
  return Array.from({ length: bins + 1 }, (_, i) => low - step / 2 + i * width * step);
}

/** How many values lie in each bin; the last bin holds its upper edge too, and values beyond an end count at that end. */
export function countInBins(values: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(Math.max(1, edges.length - 1)).fill(0);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(counts.length - 1, Math.max(0, firstAbove(edges, value) - 1));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The index of the first of ascending numbers that is greater than `value`. */
function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Counts as shares of their sum; zeros when there is nothing. */
export function shares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/** One bar per bin, its height the share of the values in it. */
export function shareBars(values: readonly number[], edges: readonly number[]): readonly Bar[] {
  return shares(countInBins(values, edges)).map((height, i) => ({
    from: edges[i] ?? 0,
    to: edges[i + 1] ?? 0,
    height,
  }));
}

/** How often each of `choices` occurs. */
export function countChoices(values: readonly string[], choices: readonly string[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return choices.map((choice) => counts.get(choice) ?? 0);
}

/** Half the sum of absolute differences of two distributions over the same choices: 0 the same, 1 nothing in common. */
export function totalVariation(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, share, i) => sum + Math.abs(share - (b[i] ?? 0)), 0) / 2;
}

/** The largest gap between two empirical distribution functions (Kolmogorov and Smirnov), 0 to 1; 0 when either is empty. */
export function kolmogorovDistance(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  if (first.length === 0 || second.length === 0) return 0;
  let gap = 0;
  for (let i = 0, j = 0; i < first.length && j < second.length;) {
    const value = Math.min(first[i]!, second[j]!);
    while (i < first.length && first[i]! <= value) i++;
    while (j < second.length && second[j]! <= value) j++;
    gap = Math.max(gap, Math.abs(i / first.length - j / second.length));
  }
  return gap;
}

/** The quantile at `share` (0 to 1) of the finite values, interpolated linearly; NaN when there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** At most `count` of the items, evenly spaced in their order, the first and the last among them. */
export function thin<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  const stride = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => items[Math.round(i * stride)] as T);
}
