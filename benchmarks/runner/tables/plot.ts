import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { quantile } from '../../../src/base/index.ts';
import { escaped } from './document.ts';
import { costAt, playedCells, type OnlineTaskCells } from './online.ts';
import type { OnlineCell } from '../cells.ts';

const size = { width: 760, height: 420, left: 72, right: 590, top: 34, bottom: 370 } as const;

/** Okabe and Ito's colours, told apart by people who see few of them, and dashes from the second round on. */
const colours = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000', '#8a8a00'] as const;
const dashes = ['', '6 3', '2 3'] as const;

interface Point {
  readonly evaluations: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

interface Curve {
  readonly method: string;
  readonly points: readonly Point[];
}

/** Regret over evaluations, median and quartiles over seeds, as far as all seeds got. */
export function curveOf(method: string, cells: readonly OnlineCell[]): Curve {
  const played = playedCells(cells);
  const end = Math.min(...played.map(({ curve }) => curve.at(-1)!.evaluations));
  const places = [...new Set(played.flatMap(({ curve }) => curve.map(({ evaluations }) => evaluations)))];
  const points = places
    .filter((evaluations) => evaluations <= end)
    .sort((a, b) => a - b)
    .flatMap((evaluations): Point[] => {
      const regrets = played.flatMap((cell) => {
        const cost = costAt(cell, evaluations);
        return cost === undefined || cell.facts === undefined ? [] : [cost - cell.facts.least];
      });
      if (regrets.length < played.length) return [];
      const sorted = Float64Array.from(regrets);
      const [low, middle, high] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
      return [{ evaluations, low, middle, high }];
    });
  return { method, points };
}

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, content = ''): string {
  const texts = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 100) / 100 : escaped(value)}"`,
  );
  return content === '' ? `<${name}${texts.join('')}/>` : `<${name}${texts.join('')}>${content}</${name}>`;
}

function label(text: string, attributes: Attributes): string {
  return element('text', { 'font-size': 12, fill: '#333', ...attributes }, escaped(text));
}

type Ruler = (value: number) => number;

function axes(
  x: ReturnType<typeof scaleLinear>,
  y: ReturnType<typeof scaleLinear> | ReturnType<typeof scaleLog>,
  yName: string,
): readonly string[] {
  const { left, right, top, bottom } = size;
  const ruler = y as Ruler;
  const tell = y.tickFormat(6, '~g');
  return [
    ...y
      .ticks(6)
      .flatMap((tick) => [
        element('line', { x1: left, x2: right, y1: ruler(tick), y2: ruler(tick), stroke: '#e5e5e5' }),
        ...(tell(tick) === '' ? [] : [label(tell(tick), { x: left - 8, y: ruler(tick) + 4, 'text-anchor': 'end' })]),
      ]),
    ...x
      .ticks(6)
      .map((tick) => label(String(tick), { x: (x as Ruler)(tick), y: bottom + 18, 'text-anchor': 'middle' })),
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: '#333' }),
    label('evaluations', { x: (left + right) / 2, y: bottom + 38, 'text-anchor': 'middle' }),
    label(yName, { x: left, y: top - 12 }),
  ];
}

/** A picture of convergence; undefined where no method measured anything. */
export function convergencePlot({ task, methods }: OnlineTaskCells): string | undefined {
  const curves = [...methods]
    .filter(([, cells]) => playedCells(cells).length > 0)
    .map(([method, cells]) => curveOf(method, cells))
    .filter(({ points }) => points.length > 0);
  const regrets = curves.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  if (regrets.length === 0) return undefined;
  const [least, most] = [Math.min(...regrets), Math.max(...regrets)];
  const logarithmic = least > 0 && most > 5 * least;
  const { width, height, left, right, top, bottom } = size;
  const room = most > least ? 0 : Math.abs(most) || 1;
  const y = (logarithmic ? scaleLog : scaleLinear)()
    .domain([Math.min(least, logarithmic ? least : 0), most + room])
    .range([bottom, top]);
  const last = Math.max(...curves.flatMap(({ points }) => points.map(({ evaluations }) => evaluations)));
  const x = scaleLinear().domain([0, last]).range([left, right]);
  const band = area<Point>(
    (point) => x(point.evaluations),
    (point) => y(point.low),
    (point) => y(point.high),
  );
  const middle = line<Point>(
    (point) => x(point.evaluations),
    (point) => y(point.middle),
  );
  const marks = curves.flatMap(({ method, points }, at) => {
    const colour = colours[at % colours.length]!;
    const dash = dashes[Math.floor(at / colours.length) % dashes.length]!;
    const dashed: Attributes = dash === '' ? {} : { 'stroke-dasharray': dash };
    const rowY = top + 18 * at + 6;
    return [
      element('path', { d: band([...points]) ?? '', fill: colour, 'fill-opacity': '0.12' }),
      element('path', { d: middle([...points]) ?? '', fill: 'none', stroke: colour, 'stroke-width': 2, ...dashed }),
      element('line', {
        x1: right + 16,
        x2: right + 40,
        y1: rowY,
        y2: rowY,
        stroke: colour,
        'stroke-width': 2,
        ...dashed,
      }),
      label(method, { x: right + 46, y: rowY + 4 }),
    ];
  });
  const title = `Regret on ${task}, median and quartiles over seeds`;
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height };
  return `${element(
    'svg',
    { ...frame, role: 'img', 'font-family': 'system-ui, sans-serif' },
    [
      element('title', {}, escaped(title)),
      element('rect', { width, height, fill: '#fff' }),
      ...axes(x, y, logarithmic ? 'regret (log scale)' : 'regret'),
      ...marks,
    ].join('\n'),
  )}\n`;
}
