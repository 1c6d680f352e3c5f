import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { escaped } from './document.ts';

/** The width is that of a picture whose curves have short names; a letter of a longer one takes so many units. */
const size = { width: 760, height: 420, left: 72, right: 590, top: 34, bottom: 370, letter: 7 } as const;

/** Okabe and Ito's colours, told apart by people who see few of them, and dashes from the second round on. */
const colours = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000', '#8a8a00'] as const;
const dashes = ['', '6 3', '2 3'] as const;

export interface CurvePoint {
  readonly x: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** A line with a band for each curve; at least one point among them. */
export interface CurvePicture {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly curves: readonly Curve[];
  /** Logarithmic axes; their numbers must be above 0. */
  readonly logX?: boolean;
  readonly logY?: boolean;
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

/** Powers of ten only where there would be many zeros. */
function tickText(tick: number): string {
  const size = Math.abs(tick);
  const plain = size === 0 || (size >= 1e-3 && size < 1e5);
  return plain ? String(Number(tick.toPrecision(6))) : tick.toExponential().replace('+', '');
}

type Ruler = (value: number) => number;
type Scale = ReturnType<typeof scaleLinear> | ReturnType<typeof scaleLog>;

function axes(x: Scale, y: Scale, { xName, yName, logX = false }: CurvePicture): readonly string[] {
  const { left, right, top, bottom } = size;
  const [across, ruler] = [x as Ruler, y as Ruler];
  // Of a logarithmic axis some ticks have no text.
  const textOf = (scale: Scale) => (tick: number) => (scale.tickFormat(6)(tick) === '' ? '' : tickText(tick));
  const [tell, tellX] = [textOf(y), logX ? textOf(x) : String];
  return [
    ...y
      .ticks(6)
      .flatMap((tick) => [
        element('line', { x1: left, x2: right, y1: ruler(tick), y2: ruler(tick), stroke: '#e5e5e5' }),
        ...(tell(tick) === '' ? [] : [label(tell(tick), { x: left - 8, y: ruler(tick) + 4, 'text-anchor': 'end' })]),
      ]),
    ...x.ticks(6).map((tick) => label(tellX(tick), { x: across(tick), y: bottom + 18, 'text-anchor': 'middle' })),
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: '#333' }),
    label(xName, { x: (left + right) / 2, y: bottom + 38, 'text-anchor': 'middle' }),
    label(yName, { x: left, y: top - 12 }),
  ];
}

/** The scales: from 0 where an axis is linear and its numbers are not below. */
function scalesOf({ curves, logX = false, logY = false }: CurvePicture): readonly [Scale, Scale] {
  const { left, right, top, bottom } = size;
  const xs = curves.flatMap(({ points }) => points.map((point) => point.x));
  const ys = curves.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const room = most > least ? 0 : Math.abs(most) || 1;
  return [
    (logX ? scaleLog : scaleLinear)()
      .domain([logX ? Math.min(...xs) : 0, Math.max(...xs)])
      .range([left, right]),
    (logY ? scaleLog : scaleLinear)()
      .domain([Math.min(least, logY ? least : 0), most + room])
      .range([bottom, top]),
  ];
}

export function curvePicture(picture: CurvePicture): string {
  const { height, right, top, letter } = size;
  const longest = picture.curves.reduce((most, { name }) => Math.max(most, name.length), 0);
  const width = Math.max(size.width, right + 56 + letter * longest);
  const [x, y] = scalesOf(picture) as readonly [Ruler, Ruler];
  const band = area<CurvePoint>(
    (point) => x(point.x),
    (point) => y(point.low),
    (point) => y(point.high),
  );
  const middle = line<CurvePoint>(
    (point) => x(point.x),
    (point) => y(point.middle),
  );
  const marks = picture.curves.flatMap(({ name, points }, at) => {
    const colour = colours[at % colours.length]!;
    const dash = dashes[Math.floor(at / colours.length) % dashes.length]!;
    const stroke: Attributes = {
      stroke: colour,
      'stroke-width': 2,
      ...(dash === '' ? {} : { 'stroke-dasharray': dash }),
    };
    const rowY = top + 18 * at + 6;
    return [
      element('path', { d: band([...points]) ?? '', fill: colour, 'fill-opacity': '0.12' }),
      element('path', { d: middle([...points]) ?? '', fill: 'none', ...stroke }),
      element('line', { x1: right + 16, x2: right + 40, y1: rowY, y2: rowY, ...stroke }),
      label(name, { x: right + 46, y: rowY + 4 }),
    ];
  });
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height };
  return `${element(
    'svg',
    { ...frame, role: 'img', 'font-family': 'system-ui, sans-serif' },
    [
      element('title', {}, escaped(picture.title)),
      element('rect', { width, height, fill: '#fff' }),
      ...axes(...scalesOf(picture), picture),
      ...marks,
    ].join('\n'),
  )}\n`;
}
