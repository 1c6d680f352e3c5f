import type { TargetOutcome } from '../optimizer/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import type { Facts } from './facts.ts';
import { formatCount, formatNumber, plural } from './format.ts';
import { extent, fittingTicks, frameFor, padded, scale, ticksOf, type Frame, type Scales } from './frame.ts';
import { horizontalRules, lines, symbols, whiskers, type Shape, type Tone } from './marks.ts';
import { figure, legend, scrolling, type Swatch } from './page.ts';
import { element, join, picture, type Markup } from './svg.ts';

interface Series {
  /** How its samples were steered, in words. */
  readonly steering: string;
  readonly outcomes: readonly TargetOutcome[];
}

interface Look {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly swatch: Swatch;
}

const shapes: readonly Pick<Look, 'shape' | 'swatch'>[] = [
  { shape: 'circle', swatch: 'dot' },
  { shape: 'square', swatch: 'fill' },
  { shape: 'diamond', swatch: 'diamond' },
];

function isComplete({ target, predicted }: TargetOutcome): boolean {
  return Number.isFinite(target) && predicted.every(Number.isFinite);
}

function bySeries(outcomes: readonly TargetOutcome[]): readonly Series[] {
  const ordered = [...outcomes].sort((a, b) => Number(a.pulled) - Number(b.pulled) || a.guidance - b.guidance);
  return [...new Set(ordered.map(steeringOf))].map((steering) => ({
    steering,
    outcomes: ordered
      .filter((outcome) => steeringOf(outcome) === steering && isComplete(outcome))
      .sort((a, b) => a.target - b.target),
  }));
}

function steeringOf({ guidance, pulled }: TargetOutcome): string {
  return `guidance ${formatNumber(guidance)}${pulled ? ' and the surrogate\u2019s slope' : ''}`;
}

function lookOf(index: number): Look {
  const { shape, swatch } = shapes[index % shapes.length] ?? { shape: 'circle', swatch: 'dot' };
  return { tone: `series${index % 6}`, shape, swatch };
}

function describe(facts: Facts, outcome: TargetOutcome): string {
  const [low, median, high] = outcome.predicted.map(facts.print);
  return `asked for ${facts.print(outcome.target)} with ${steeringOf(outcome)}: predicted ${median ?? ''} (${low ?? ''} to ${high ?? ''}), ${plural(outcome.samples, 'sample')}, ${formatCount(outcome.distinct)} distinct, median trust ${outcome.trust.toFixed(2)}${outcome.chosen ? ', chosen' : ''}`;
}

function drawSeries(facts: Facts, { outcomes }: Series, index: number, { x, y }: Scales): Markup {
  const { tone, shape } = lookOf(index);
  const points = outcomes.map((outcome) => ({
    x: outcome.target,
    y: outcome.predicted[1],
    title: describe(facts, outcome),
  }));
  const spans = outcomes.map(({ target, predicted: [low, , high] }) => ({ x: target, low, high }));
  return join(
    symbols(
      points.filter((_, i) => outcomes[i]!.chosen),
      { x, y },
      'halo',
      'circle',
      190,
    ),
    whiskers(spans, { x, y }, tone),
    lines(points, { x, y }, tone),
    symbols(points, { x, y }, tone, shape, 54),
  );
}

/** What the sampler was asked for against what its samples are predicted to be; undefined when it was asked for nothing. */
export function outcomeChart(facts: Facts, outcomes: readonly TargetOutcome[]): Markup | undefined {
  const series = bySeries(outcomes);
  const complete = series.flatMap((one) => one.outcomes);
  if (complete.length === 0) return undefined;
  const asked = padded(extent(complete.map(({ target }) => target)), 0.12);
  const reached = [...complete.flatMap(({ predicted }) => predicted), ...asked, facts.bestMeasured];
  const domain = padded(extent(reached), 0.06);
  const ticks = ticksOf(scale('linear', domain, [1, 0]), 6);
  const frame = frameFor(540, 350, ticks, true);
  const x = scale('linear', asked, [frame.left, frame.right]);
  const y = scale('linear', domain, [frame.bottom, frame.top]);
  const diagonal = asked.map((value) => ({ x: value, y: value }));
  const beside = (index: number): Scales => {
    const shift = (index - (series.length - 1) / 2) * Math.min(9, 60 / series.length);
    return { x: x.copy().range([frame.left + shift, frame.right + shift]), y };
  };
  return figure(
    {
      title: 'Asked for, and got',
      caption: `Median predicted ${facts.reward} of all samples drawn for a target, bars from the 10\u00a0% to the 90\u00a0% quantile. On the dotted diagonal, samples are predicted to be just what was asked for; where the curve bends away from it, asking for more brings no more.`,
      legend: legend([
        ...series.map(({ steering }, i) => ({ ...lookOf(i), text: steering })),
        { swatch: 'circle', tone: 'best', text: 'chosen: the pool was drawn for it' },
        { swatch: 'dash', tone: 'best', text: `best measured, ${facts.print(facts.bestMeasured)}` },
      ]),
    },
    picture(
      `Requested against predicted ${facts.reward}, ${plural(series.length, 'kind')} of steering, ${plural(complete.length, 'point')}.`,
      frame.width,
      frame.height,
      leftAxis(frame, y, ticks, `predicted ${facts.axis}`),
      lines(diagonal, { x, y }, 'diagonal'),
      Number.isFinite(facts.bestMeasured)
        ? horizontalRules([{ at: facts.bestMeasured, label: '' }], { x, y }, 'best')
        : undefined,
      series.map((one, i) => drawSeries(facts, one, i, beside(i))),
      bottomAxis(frame, x, fittingTicks(x, 6), `requested ${facts.reward}`),
    ),
    trustPicture(series, { ...frame, height: 130, top: 24, bottom: 108 }, asked),
  );
}

/** Below the chart, on its horizontal axis: how much the samples for each request look like the data. */
function trustPicture(series: readonly Series[], frame: Frame, asked: readonly [number, number]): Markup {
  const x = scale('linear', asked, [frame.left, frame.right]);
  const y = scale('linear', [0, 1], [frame.bottom, frame.top]);
  const all = series.flatMap(({ outcomes }) => outcomes.map(({ trust }) => trust));
  return picture(
    `Median trust of the samples for each request, from ${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}.`,
    frame.width,
    frame.height,
    leftAxis(frame, y, ticksOf(y, 2), 'median trust of the samples'),
    series.map(({ outcomes }, i) => {
      const { tone, shape } = lookOf(i);
      const points = outcomes.map(({ target, trust }) => ({ x: target, y: trust }));
      return join(lines(points, { x, y }, tone), symbols(points, { x, y }, tone, shape, 40));
    }),
    bottomAxis(frame, x, fittingTicks(x, 6)),
  );
}

const tableHeadings = [
  'guidance',
  'slope',
  'asked for',
  'samples',
  'distinct',
  '10 %',
  'median',
  '90 %',
  'trust',
  'judged by',
  '',
];

/** The same figures as `outcomeChart` shows, to read off. */
export function outcomeTable(facts: Facts, outcomes: readonly TargetOutcome[]): Markup {
  const rows = bySeries(outcomes).flatMap((series) => series.outcomes);
  const cells = ({ trust, bound, chosen, ...outcome }: TargetOutcome): readonly string[] => [
    formatNumber(outcome.guidance),
    outcome.pulled ? 'yes' : '',
    facts.print(outcome.target),
    formatCount(outcome.samples),
    formatCount(outcome.distinct),
    ...outcome.predicted.map(facts.print),
    trust.toFixed(2),
    facts.print(facts.sign * bound),
    chosen ? 'chosen' : '',
  ];
  return scrolling(
    'Requested and predicted rewards',
    element(
      'table',
      { class: 'figures' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          tableHeadings.map((name) => element('th', { scope: 'col', class: 'number' }, name)),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map((row) =>
          element(
            'tr',
            {},
            cells(row).map((text) => element('td', { class: 'number' }, text)),
          ),
        ),
      ),
    ),
  );
}
