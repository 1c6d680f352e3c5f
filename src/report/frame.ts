import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';

export type Scale = ScaleContinuousNumeric<number, number>;

export interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

/** A picture's size and, inside it, the edges of the plot area, in pixels from the top left corner. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export type ScaleKind = 'linear' | 'log';

/** Smallest and largest finite value, undefined when there is none. */
export function finiteRange(values: Iterable<number>): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** True when float64 cannot resolve a few hundred places between the two. */
export function isNarrow(low: number, high: number): boolean {
  return high - low <= Math.max(1e-12 * Math.max(Math.abs(low), Math.abs(high)), 1e-290);
}

/** The finite values' range; [0, 1] when there is none, and room on both sides of what is a single value for the eye. */
export function extent(values: Iterable<number>): readonly [number, number] {
  const [low, high] = finiteRange(values) ?? [0, 1];
  if (!isNarrow(low, high)) return [low, high];
  const room = Math.abs(low) < 1e-280 ? 0.5 : Math.abs(low) * 0.05;
  return [low - room, high + room];
}

export function padded([low, high]: readonly [number, number], share: number): readonly [number, number] {
  return [low - (high - low) * share, high + (high - low) * share];
}

const makeScale: { readonly [K in ScaleKind]: () => Scale } = { linear: scaleLinear, log: scaleLog };

/** A scale from `domain` to pixels. */
export function scale(kind: ScaleKind, domain: readonly [number, number], range: readonly [number, number]): Scale {
  return makeScale[kind]().domain(domain).range(range);
}

function specifier(domain: readonly number[]): string | undefined {
  const size = Math.max(...domain.map(Math.abs));
  return size >= 1e5 || size < 1e-3 ? '~e' : undefined;
}

function isLog(ruler: Scale): boolean {
  return 'base' in ruler;
}

/** About `count` round values of the scale's domain, and how they print; on a log scale some stay without a label. */
export function ticksOf(ruler: Scale, count: number): readonly Tick[] {
  const format = ruler.tickFormat(count, isLog(ruler) ? '~g' : specifier(ruler.domain()));
  return ruler.ticks(count).map((at) => ({ at, label: format(at) }));
}

/** Width in pixels that `text` needs at most, in the axis font (11 px). */
export function textWidth(text: string): number {
  return [...text].length * 6.3;
}

export function widestLabel(ticks: readonly Tick[]): number {
  return Math.max(0, ...ticks.map((tick) => textWidth(tick.label)));
}

/** As many ticks, at most `count`, as fit beside each other on the scale's range without touching. */
export function fittingTicks(ruler: Scale, count: number): readonly Tick[] {
  for (let wanted = count; wanted > 1; wanted--) {
    const ticks = ticksOf(ruler, wanted);
    if (fits(ruler, ticks)) return ticks;
  }
  return ticksOf(ruler, 1);
}

function fits(ruler: Scale, ticks: readonly Tick[]): boolean {
  let end = -Infinity;
  for (const { at, label } of ticks.filter((tick) => tick.label !== '')) {
    const half = textWidth(label) / 2;
    if (ruler(at) - half < end + 8) return false;
    end = ruler(at) + half;
  }
  return true;
}

/** A frame with just the room on the left that the labels of the vertical axis need. */
export function frameFor(width: number, height: number, ticks: readonly Tick[], labelled: boolean): Frame {
  const left = Math.max(26, widestLabel(ticks) + 12);
  return { width, height, left, right: width - 18, top: 24, bottom: height - (labelled ? 40 : 22) };
}
