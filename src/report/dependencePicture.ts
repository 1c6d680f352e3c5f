import { factorText, type Influence, type PartialDependence } from '../reward/index.ts';
import type { Parameter } from '../space/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import type { Facts } from './facts.ts';
import { extent, fittingTicks, frameFor, padded, scale, textWidth, ticksOf, type Scales, type Tick } from './frame.ts';
import { band, lines, symbols, whiskers } from './marks.ts';
import { figure } from './page.ts';
import { element, label, picture, type Child, type Markup } from './svg.ts';

const width = 236;
const height = 150;
const row = 18;
const maxName = 14;

type Range = readonly [number, number];

/** The predicted rewards that pictures side by side share an axis for. */
function rewardRange(dependences: readonly PartialDependence[]): Range {
  return padded(extent(dependences.flatMap(({ low, high, mean }) => [...low, ...high, ...mean])), 0.05);
}

interface Plot {
  readonly title: string;
  readonly dependence: PartialDependence;
  readonly range: Range;
}

/** A line with the span of the middle 80 % of rows. */
function curve({ title, dependence, range }: Plot, kind: 'linear' | 'log'): Markup {
  const places = dependence.values.map(Number);
  return upright(
    { title, dependence, range },
    {
      domain: extent(places),
      kind,
      ticks: (x) => fittingTicks(x, 5),
      marks: (scales) => [
        band(spans(dependence, places), scales, 'series0'),
        lines(
          places.map((x, i) => ({ x, y: dependence.mean[i]! })),
          scales,
          'series0',
        ),
      ],
    },
  );
}

/** A mark for each value, in their order, beside each other. */
function marksInOrder({ title, dependence, range }: Plot): Markup {
  const names = dependence.values.map(String);
  const places = names.map((_, i) => i);
  const widest = Math.max(...names.map((name) => textWidth(name.slice(0, maxName)))) + 3;
  const every = Math.max(1, Math.ceil((names.length * widest) / 190));
  return upright(
    { title, dependence, range },
    {
      domain: [-0.5, names.length - 0.5],
      kind: 'linear',
      ticks: () =>
        names.map((name, at) => ({ at, label: name.slice(0, maxName) })).filter(({ at }) => at % every === 0),
      marks: (scales) => [
        whiskers(spans(dependence, places), scales, 'series0'),
        symbols(
          places.map((x) => ({ x, y: dependence.mean[x]!, title: names[x]! })),
          scales,
          'series0',
          'circle',
          36,
        ),
      ],
    },
  );
}

function spans(
  { low, high }: PartialDependence,
  places: readonly number[],
): readonly { x: number; low: number; high: number }[] {
  return places.map((x, i) => ({ x, low: low[i]!, high: high[i]! }));
}

interface Upright {
  readonly domain: Range;
  readonly kind: 'linear' | 'log';
  readonly ticks: (x: Scales['x']) => readonly Tick[];
  readonly marks: (scales: Scales) => Child;
}

/** Values along the bottom, predicted rewards upwards. */
function upright({ title, range }: Plot, { domain, kind, ticks, marks }: Upright): Markup {
  const rewards = ticksOf(scale('linear', range, [1, 0]), 4);
  const frame = { ...frameFor(width, height, rewards, false), top: 8 };
  const x = scale(kind, domain, [frame.left, frame.right]);
  const y = scale('linear', range, [frame.bottom, frame.top]);
  return picture(title, width, height, leftAxis(frame, y, rewards), marks({ x, y }), bottomAxis(frame, x, ticks(x)));
}

/** A row for each value, where names need room: predicted rewards along the bottom. */
function rows({ title, dependence, range }: Plot): Markup {
  const names = dependence.values.map(String);
  const left = Math.min(100, Math.max(30, ...names.map((name) => textWidth(name) + 10)));
  const bottom = row * names.length + 6;
  const frame = { width, height: bottom + 24, left, right: width - 18, top: 4, bottom };
  const x = scale('linear', range, [left, frame.right]);
  return picture(
    title,
    width,
    frame.height,
    names.map((name, i) => {
      const middle = 4 + row * (i + 0.5);
      return [
        label(name, Math.floor((left - 8) / 6.3), { x: left - 6, y: middle + 4, 'text-anchor': 'end' }),
        element('path', {
          class: 'whiskers series0',
          d: `M${x(dependence.low[i]!).toFixed(1)} ${middle.toFixed(1)}H${x(dependence.high[i]!).toFixed(1)}`,
        }),
      ];
    }),
    symbols(
      names.map((name, i) => ({ x: dependence.mean[i]!, y: 4 + row * (i + 0.5), title: name })),
      { x, y: scale('linear', [0, bottom], [0, bottom]) },
      'series0',
      'circle',
      36,
    ),
    bottomAxis(frame, x, fittingTicks(x, 4)),
  );
}

function draw(parameter: Parameter | undefined, plot: Plot): Markup {
  if (parameter?.type === 'real' || parameter?.type === 'integer') {
    const positive = plot.dependence.values.every((value) => Number(value) > 0);
    return curve(plot, parameter.scale === 'log' && positive ? 'log' : 'linear');
  }
  return parameter?.type === 'categorical' ? rows(plot) : marksInOrder(plot);
}

/** For each factor with a partial dependence a small picture of it; all of them on one scale of rewards. */
export function dependencePictures(
  facts: Pick<Facts, 'reward'>,
  parameters: Readonly<Record<string, Parameter>>,
  influence: readonly Influence[],
): readonly Markup[] {
  const range = rewardRange(influence.flatMap(({ dependence }) => dependence ?? []));
  return influence.flatMap((one) => {
    const { dependence } = one;
    if (dependence === undefined || dependence.values.length === 0) return [];
    const title = `Predicted ${facts.reward} by ${factorText(one)}`;
    return [figure({ title: factorText(one) }, draw(parameters[one.parameter], { title, dependence, range }))];
  });
}
