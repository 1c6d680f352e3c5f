import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, type SymbolType } from 'd3-shape';
import { element, pixels, type Markup } from './svg.ts';
import type { Scales } from './frame.ts';

/** The CSS class that colours a mark: a role, a place on the reward ramp, or a series. */
export type Tone =
  'data' | 'proposal' | 'best' | 'unlabelled' | 'failed' | 'diagonal' | 'halo' | `ramp${number}` | `series${number}`;

export interface Point {
  readonly x: number;
  readonly y: number;
  /** What a reader sees when pointing at the mark. */
  readonly title?: string;
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly height: number;
}

export interface Interval {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface Reference {
  readonly at: number;
  readonly label: string;
}

export type Shape = 'circle' | 'square' | 'diamond';

const shapes: { readonly [S in Shape]: SymbolType } = {
  circle: symbolCircle,
  square: symbolSquare,
  diamond: symbolDiamond,
};

function isDrawn(point: Point): boolean {
  return Number.isFinite(point.x) && Number.isFinite(point.y);
}

/** Filled rectangles from the bottom of the plot area. One bar's area is its width times its height on the scales. */
export function bars(data: readonly Bar[], { x, y }: Scales, tone: Tone): Markup {
  const base = y.range()[0] ?? 0;
  const outlines = data
    .filter((bar) => bar.height > 0)
    .map(({ from, to, height }) => {
      const gap = x(to) - x(from) > 4 ? 0.5 : 0;
      return `M${pixels(x(from) + gap)} ${pixels(base)}V${pixels(y(height))}H${pixels(x(to) - gap)}V${pixels(base)}z`;
    });
  return element('path', { class: `bars ${tone}`, d: outlines.join('') });
}

/** The skyline of neighbouring bars, faintly filled: readable over `bars` on the same scales. */
export function skyline(data: readonly Bar[], { x, y }: Scales, tone: Tone): Markup {
  const base = pixels(y.range()[0] ?? 0);
  const first = data[0];
  if (first === undefined) return element('path', { class: `skyline ${tone}`, d: '' });
  const steps = data.map(({ to, height }) => `V${pixels(y(height))}H${pixels(x(to))}`);
  return element('path', { class: `skyline ${tone}`, d: `M${pixels(x(first.from))} ${base}${steps.join('')}V${base}` });
}

/** Round dots, all in one path (a stroke without length has a round cap), so that thousands stay light. */
export function dots(data: readonly Point[], { x, y }: Scales, tone: Tone): Markup {
  const places = data.filter(isDrawn).map((point) => `M${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}h0`);
  return element('path', { class: `dots ${tone}`, d: places.join('') });
}

/** Small crosses, all in one path. */
export function crosses(data: readonly Point[], { x, y }: Scales, tone: Tone): Markup {
  const places = data.filter(isDrawn).map((point) => {
    const [left, top] = [(x(point.x) - 2.5).toFixed(1), (y(point.y) - 2.5).toFixed(1)];
    return `M${left} ${top}l5 5m0-5l-5 5`;
  });
  return element('path', { class: `crosses ${tone}`, d: places.join('') });
}

/** One mark per point, `area` in square pixels. */
export function symbols(data: readonly Point[], { x, y }: Scales, tone: Tone, shape: Shape, area: number): Markup {
  const outline = symbol(shapes[shape], area).digits(2)() ?? '';
  const marks = data.filter(isDrawn).map((point) => {
    const place = { d: outline, transform: `translate(${pixels(x(point.x))} ${pixels(y(point.y))})` };
    return element('path', place, point.title === undefined ? undefined : element('title', {}, point.title));
  });
  return element('g', { class: `symbols ${tone}` }, marks);
}

/** A line through the points in their order. */
export function lines(data: readonly Point[], { x, y }: Scales, tone: Tone): Markup {
  const path = line<Point>()
    .defined(isDrawn)
    .x((point) => x(point.x))
    .y((point) => y(point.y))
    .digits(1);
  return element('path', { class: `lines ${tone}`, d: path(data) ?? '' });
}

/** The area between two lines through the same places. */
export function band(data: readonly Interval[], { x, y }: Scales, tone: Tone): Markup {
  const point = (at: number, value: number): string => `${pixels(x(at))} ${pixels(y(value))}`;
  const outline = [
    ...data.map(({ x: at, high }) => point(at, high)),
    ...data.map(({ x: at, low }) => point(at, low)).reverse(),
  ];
  return element('path', { class: `band ${tone}`, d: outline.length === 0 ? '' : `M${outline.join('L')}z` });
}

/** A vertical stroke from `low` to `high` at each place, with caps. */
export function whiskers(data: readonly Interval[], { x, y }: Scales, tone: Tone): Markup {
  const strokes = data.map(({ x: at, low, high }) => {
    const [left, right] = [pixels(x(at) - 3.5), pixels(x(at) + 3.5)];
    const [bottom, top] = [pixels(y(low)), pixels(y(high))];
    return `M${left} ${bottom}H${right}M${left} ${top}H${right}M${pixels(x(at))} ${bottom}V${top}`;
  });
  return element('path', { class: `whiskers ${tone}`, d: strokes.join('') });
}

/** Dashed vertical lines, each with its label on the side that has more room, one below the other. */
export function verticalRules(data: readonly Reference[], { x, y }: Scales, tone: Tone): Markup {
  const [bottom = 0, top = 0] = y.range();
  const [left = 0, right = 0] = x.range();
  const rules = data.map(({ at, label }, i) => {
    const place = x(at);
    const onLeft = place > (left + right) / 2;
    const text = { x: place + (onLeft ? -5 : 5), y: top + 11 + 15 * i, 'text-anchor': onLeft ? 'end' : 'start' };
    return [element('line', { x1: place, x2: place, y1: bottom, y2: top }), element('text', text, label)];
  });
  return element('g', { class: `rules ${tone}` }, rules);
}

/** Dashed horizontal lines, each with its label, where it has one, above its right end (below it, where the top is too near). */
export function horizontalRules(data: readonly Reference[], { x, y }: Scales, tone: Tone): Markup {
  const [left = 0, right = 0] = x.range();
  const top = y.range()[1] ?? 0;
  const rules = data.map(({ at, label }) => {
    const place = y(at);
    const text = { x: right - 2, y: place - top > 18 ? place - 5 : place + 13, 'text-anchor': 'end' };
    const stroke = element('line', { x1: left, x2: right, y1: place, y2: place });
    return label === '' ? stroke : [stroke, element('text', text, label)];
  });
  return element('g', { class: `rules ${tone}` }, rules);
}
