import { rankCorrelation } from '../base/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import { quantile, thin } from './binning.ts';
import { formatCount, formatNumber, formatShare, plural } from './format.ts';
import { fittingTicks, frameFor, scale, type Scales } from './frame.ts';
import { dots, lines, whiskers } from './marks.ts';
import { definitions, figure, legend, paragraph, section } from './page.ts';
import { rewardAxis } from './rewardAxis.ts';
import type { RunFacts, Trial } from './runFacts.ts';
import { element, picture, truncate, type Markup } from './svg.ts';

const maxPoints = 1500;
/** More whiskers than that hide the points. */
const maxWhiskers = 200;
/** A rank correlation of fewer says nothing. */
const fewest = 5;

/** A measured evaluation and what was predicted of it. */
export interface Predicted {
  readonly mean: number;
  readonly std: number;
  readonly reward: number;
}

/** The measured evaluations among those whose rewards models had predicted. */
export function predictedOf(trials: readonly Trial[]): readonly Predicted[] {
  return trials.flatMap(({ predicted, reward }) =>
    predicted === undefined || !Number.isFinite(predicted.mean + predicted.std) || Number.isNaN(reward)
      ? []
      : [{ ...predicted, reward }],
  );
}

/** The share of rewards that lie within so many predicted standard deviations, 0 to 1. */
export function sharesWithin(predicted: readonly Predicted[], deviations: number): number {
  const within = predicted.filter(({ mean, std, reward }) => Math.abs(reward - mean) <= deviations * std).length;
  return within / predicted.length;
}

function figuresOf(facts: RunFacts, predicted: readonly Predicted[]): Markup {
  const errors = predicted.map(({ mean, reward }) => facts.sign * (reward - mean));
  const middle = quantile(errors, 0.5);
  const order =
    predicted.length < fewest
      ? []
      : [
          [
            'rank correlation',
            formatNumber(
              rankCorrelation(
                predicted.map(({ mean }) => mean),
                predicted.map(({ reward }) => reward),
              ),
              2,
            ),
          ] as const,
        ];
  return definitions([
    ['measured, with a prediction', formatCount(predicted.length)],
    ...order,
    ['within 1 std (of normal errors 68 %)', formatShare(sharesWithin(predicted, 1))],
    ['within 2 std (of normal errors 95 %)', formatShare(sharesWithin(predicted, 2))],
    [
      'median of measured against predicted',
      `${formatNumber(Math.abs(middle), 3)} ${middle === 0 ? '' : middle > 0 ? 'better' : 'worse'}`.trim(),
    ],
  ]);
}

function calibrationChart(facts: RunFacts, all: readonly Predicted[]): Markup {
  const shown = thin(all, maxPoints);
  const axis = rewardAxis(
    shown.flatMap(({ mean, reward }) => [mean, reward]),
    facts.sign,
  );
  const frame = frameFor(540, 420, axis.ticks, true);
  const scales: Scales = {
    x: scale(axis.kind, axis.domain, [frame.left, frame.right]).clamp(true),
    y: scale(axis.kind, axis.domain, [frame.bottom, frame.top]).clamp(true),
  };
  const spans =
    shown.length > maxWhiskers
      ? undefined
      : shown.map(({ mean, std, reward }) => ({ x: reward, low: mean - std, high: mean + std }));
  const edge = axis.cut === undefined ? '' : ` Values worse than ${facts.print(axis.cut)} stand at the edge.`;
  return figure(
    {
      title: 'Predicted against measured',
      caption: `${plural(shown.length, 'evaluation')}${shown.length < all.length ? ` of ${formatCount(all.length)}, evenly spaced` : ''}${
        spans === undefined
          ? ''
          : ', bars of one predicted standard deviation to either side, cut where they leave the picture'
      }. On the dotted diagonal predictions are right.${edge}`,
      legend: legend([{ swatch: 'dot', tone: 'series0', text: 'predicted when it was asked' }]),
    },
    picture(
      `Predicted against measured ${facts.reward} of ${plural(shown.length, 'evaluation')}.`,
      frame.width,
      frame.height,
      leftAxis(frame, scales.y, axis.ticks, `predicted ${facts.axis}`),
      bottomAxis(frame, scales.x, fittingTicks(scales.x, 6), `measured ${facts.reward}`),
      lines(
        axis.domain.map((value) => ({ x: value, y: value })),
        scales,
        'diagonal',
      ),
      spans === undefined ? undefined : whiskers(spans, scales, 'series0'),
      dots(
        shown.map(({ mean, reward }) => ({ x: reward, y: mean })),
        scales,
        'series0',
      ),
    ),
  );
}

/** How predictions of designs that were asked fared; undefined where none was kept. */
export function calibrationSection(facts: RunFacts): Markup | undefined {
  const predicted = predictedOf(facts.trials);
  if (predicted.length === 0) return undefined;
  const lead =
    `What models predicted of ${truncate(facts.reward, 60)} before it was measured. Designs are asked for because they are predicted to ` +
    'be good or are uncertain, so predictions of them err to the hopeful side more than those of designs taken at random.';
  return section(
    'Predictions against measurements',
    paragraph(lead, 'lead'),
    element('div', { class: 'pair' }, calibrationChart(facts, predicted), figuresOf(facts, predicted)),
  );
}
