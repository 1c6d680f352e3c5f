import type {
  CategoricalParameter,
  IntegerParameter,
  OrdinalParameter,
  Parameter,
  RealParameter,
  SequenceParameter,
  Value,
} from '../space/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import {
  binEdges,
  countChoices,
  kolmogorovDistance,
  quantile,
  shareBars,
  shares,
  thin,
  totalVariation,
} from './binning.ts';
import { formatNumber, formatShare } from './format.ts';
import { fittingTicks, frameFor, scale, type Frame, type Scale, type Tick } from './frame.ts';
import { bars, skyline, type Bar } from './marks.ts';
import { shareScaleTicks } from './rewardChart.ts';
import { sequenceDrawing, sequenceShares } from './sequencePicture.ts';
import { element, label, picture, truncate, type Markup } from './svg.ts';

const width = 236;
const height = 150;
const maxChoices = 8;
const maxCompared = 5000;

/** What the two sides are called: after a figure of the one and of the other, and as places. */
export interface SideNames {
  readonly figures: readonly [data: string, proposals: string];
  readonly places: readonly [data: string, proposals: string];
}

/** Values of one parameter, in the data and in the proposals. */
export interface Sides {
  readonly data: readonly Value[];
  readonly proposals: readonly Value[];
  readonly names: SideNames;
}

/** How one kind of parameter is compared and drawn. */
export interface ParameterPicture<P> {
  /** How far the two distributions are apart, 0 to 1. */
  readonly difference: (parameter: P, sides: Sides) => number;
  /** The comparison in a few words. */
  readonly words: (parameter: P, sides: Sides) => string;
  readonly draw: (name: string, parameter: P, sides: Sides) => Markup;
}

type PictureTable = {
  readonly [K in Parameter['type']]: ParameterPicture<Extract<Parameter, { readonly type: K }>>;
};

function numbers(values: readonly Value[]): readonly number[] {
  return values.map(Number);
}

function texts(values: readonly (number | string)[]): readonly string[] {
  return values.map(String);
}

function pictureTitle(name: string, { places: [data, proposals] }: SideNames): string {
  return `Distribution of ${name} ${data} and ${proposals}`;
}

/** "a in the data, b proposed" */
function sideBySide(data: string, proposals: string, { figures }: SideNames): string {
  return `${data} ${figures[0]}, ${proposals} ${figures[1]}`;
}

/** Two histograms over one another; `xTicks` chooses the labels once the frame is known. */
function twoHistograms(
  title: string,
  [data, proposals]: readonly [readonly Bar[], readonly Bar[]],
  makeX: (frame: Frame) => Scale,
  xTicks: (x: Scale) => readonly Tick[],
): Markup {
  const { top, ticks } = shareScaleTicks([data, proposals]);
  const frame = { ...frameFor(width, height, ticks, false), top: 8 };
  const x = makeX(frame);
  const y = scale('linear', [0, top], [frame.bottom, frame.top]);
  return picture(
    title,
    width,
    height,
    leftAxis(frame, y, ticks),
    bars(data, { x, y }, 'data'),
    skyline(proposals, { x, y }, 'proposal'),
    bottomAxis(frame, x, xTicks(x)),
  );
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

type NumericParameter = RealParameter | IntegerParameter;

const numeric: ParameterPicture<NumericParameter> = {
  difference: (_, { data, proposals }) => kolmogorovDistance(numbers(data), numbers(proposals)),
  words: (_, { data, proposals, names }) => {
    const [before, after] = [data, proposals].map((values) => formatNumber(quantile(numbers(values), 0.5)));
    return sideBySide(`median ${before}`, `${after}`, names);
  },
  draw: (name, parameter, { data, proposals, names }) => {
    const both = [...numbers(data), ...numbers(proposals)];
    const step = parameter.step ?? (parameter.type === 'integer' ? 1 : undefined);
    const kind = parameter.scale ?? 'linear';
    const edges = binEdges(both, { scale: kind, step: kind === 'log' ? undefined : step });
    const sides = [shareBars(numbers(data), edges), shareBars(numbers(proposals), edges)] as const;
    const domain = [edges[0] ?? 0, edges.at(-1) ?? 1] as const;
    const drawn = kind === 'log' && domain[0] > 0 ? 'log' : 'linear';
    return twoHistograms(
      pictureTitle(name, names),
      sides,
      (frame) => scale(drawn, domain, [frame.left, frame.right]),
      (x) => (isConstant(both) ? [{ at: both[0] ?? 0, label: formatNumber(both[0] ?? 0) }] : fittingTicks(x, 5)),
    );
  },
};

function choiceShares(parameter: OrdinalParameter | CategoricalParameter, values: readonly Value[]): readonly number[] {
  return shares(countChoices(texts(values), texts(parameter.values)));
}

function choiceDifference(parameter: OrdinalParameter | CategoricalParameter, { data, proposals }: Sides): number {
  return totalVariation(choiceShares(parameter, data), choiceShares(parameter, proposals));
}

function commonest(parameter: OrdinalParameter | CategoricalParameter, values: readonly Value[]): string {
  const all = choiceShares(parameter, values);
  const top = Math.max(...all);
  const choice = String(parameter.values[all.indexOf(top)] ?? '');
  return `${truncate(choice, 14)} (${formatShare(top)})`;
}

function choiceWords(parameter: OrdinalParameter | CategoricalParameter, { data, proposals, names }: Sides): string {
  return sideBySide(`commonest ${commonest(parameter, data)}`, commonest(parameter, proposals), names);
}

const ordinal: ParameterPicture<OrdinalParameter> = {
  difference: choiceDifference,
  words: choiceWords,
  draw: (name, parameter, { data, proposals, names: sideNames }) => {
    const barsOf = (values: readonly Value[]): readonly Bar[] =>
      choiceShares(parameter, values).map((share, i) => ({ from: i - 0.5, to: i + 0.5, height: share }));
    const names = texts(parameter.values);
    const shown = Math.max(1, Math.ceil(names.length / Math.max(1, Math.floor(190 / (widest(names) + 10)))));
    const ticks = names.map((text, at) => ({ at, label: text })).filter(({ at }) => at % shown === 0);
    return twoHistograms(
      pictureTitle(name, sideNames),
      [barsOf(data), barsOf(proposals)],
      (frame) => scale('linear', [-0.5, names.length - 0.5], [frame.left, frame.right]),
      () => ticks,
    );
  },
};

function widest(names: readonly string[]): number {
  return Math.max(...names.map((name) => Math.min(14, name.length) * 6.3));
}

interface Choice {
  readonly name: string;
  readonly data: number;
  readonly proposals: number;
}

/** The choices with the most to show, in the parameter's order; the others together in a last row. */
function chosenChoices(parameter: CategoricalParameter, { data, proposals }: Sides): readonly Choice[] {
  const [before, after] = [choiceShares(parameter, data), choiceShares(parameter, proposals)];
  const all = texts(parameter.values).map((name, i) => ({ name, data: before[i] ?? 0, proposals: after[i] ?? 0 }));
  if (all.length <= maxChoices) return all;
  const byWeight = [...all].sort((a, b) => b.data + b.proposals - (a.data + a.proposals));
  const kept = new Set(byWeight.slice(0, maxChoices - 1));
  const rest = all.filter((choice) => !kept.has(choice));
  const others = {
    name: `${rest.length} others`,
    data: rest.reduce((sum, choice) => sum + choice.data, 0),
    proposals: rest.reduce((sum, choice) => sum + choice.proposals, 0),
  };
  return [...all.filter((choice) => kept.has(choice)), others];
}

const categorical: ParameterPicture<CategoricalParameter> = {
  difference: choiceDifference,
  words: choiceWords,
  draw: (name, parameter, sides) => {
    const choices = chosenChoices(parameter, sides);
    const left = Math.min(100, Math.max(30, ...choices.map((choice) => choice.name.length * 6.3 + 10)));
    const top = Math.max(0.01, ...choices.flatMap((choice) => [choice.data, choice.proposals]));
    const length = scale('linear', [0, top], [0, width - left - 44]);
    const row = Math.min(30, (height - 8) / choices.length);
    const thickness = Math.min(9, (row - 4) / 2);
    return picture(
      pictureTitle(name, sides.names),
      width,
      height,
      choices.map((choice, i) => {
        const middle = 4 + row * (i + 0.5);
        return [
          label(choice.name, Math.floor((left - 8) / 6.3), { x: left - 6, y: middle + 4, 'text-anchor': 'end' }),
          element('rect', {
            class: 'bars data',
            x: left,
            y: middle - thickness,
            width: length(choice.data),
            height: thickness,
          }),
          element('rect', {
            class: 'bars proposal',
            x: left,
            y: middle,
            width: length(choice.proposals),
            height: thickness,
          }),
          element(
            'text',
            { x: left + length(Math.max(choice.data, choice.proposals)) + 5, y: middle + 4 },
            `${Math.round(100 * choice.proposals)}\u00a0%`,
          ),
        ];
      }),
      element('line', { class: 'frame', x1: left, x2: left, y1: 2, y2: 6 + row * choices.length }),
    );
  },
};

const sequence: ParameterPicture<SequenceParameter> = {
  difference: (parameter, { data, proposals }) => {
    const [before, after] = [sequenceShares(parameter, texts(data)), sequenceShares(parameter, texts(proposals))];
    return before.reduce((sum, position, i) => sum + totalVariation(position, after[i] ?? []), 0) / before.length;
  },
  words: (parameter, sides) => {
    const consensus = (values: readonly Value[]): string =>
      sequenceShares(parameter, texts(values))
        .map((position) => parameter.alphabet[position.indexOf(Math.max(...position))] ?? '')
        .join('');
    const [before, after] = [consensus(sides.data), consensus(sides.proposals)];
    return parameter.length > 24
      ? 'share of each letter at each position'
      : sideBySide(`commonest letters ${before}`, after, sides.names);
  },
  draw: (name, parameter, { data, proposals, names }) =>
    sequenceDrawing(name, parameter, [texts(data), texts(proposals)], names.places),
};

const pictures: PictureTable = { real: numeric, integer: numeric, ordinal, categorical, sequence };

/** The rule for a parameter's kind. */
export function pictureOf(parameter: Parameter): ParameterPicture<Parameter> {
  return pictures[parameter.type] as ParameterPicture<Parameter>;
}

/** How far a parameter's distributions are apart, 0 to 1, from at most 5,000 evenly spaced rows. */
export function differenceOf(parameter: Parameter, { data, proposals, names }: Sides): number {
  return pictureOf(parameter).difference(parameter, {
    names,
    data: thin(data, maxCompared),
    proposals: thin(proposals, maxCompared),
  });
}
