import { factorText, type Influence } from '../reward/index.ts';
import { formatShare, plural } from './format.ts';
import type { Tone } from './marks.ts';
import { figure, legend, type Key } from './page.ts';
import { element, label, picture, truncate, type Markup } from './svg.ts';

const width = 540;
const row = 26;
const maxBars = 15;
/** Rank correlation from which an influence has a direction. */
const clearTrend = 0.5;

interface Look {
  readonly tone: Tone;
  readonly sign: string;
  readonly text: string;
}

const looks: { readonly [D in 'up' | 'down' | 'none']: Look } = {
  up: { tone: 'series0', sign: '+', text: 'more of it raises' },
  down: { tone: 'series1', sign: '\u2212', text: 'more of it lowers' },
  none: { tone: 'data', sign: '', text: 'no single direction, or without order' },
};

function lookOf({ trend = 0 }: Influence): Look {
  return Math.abs(trend) < clearTrend ? looks.none : trend > 0 ? looks.up : looks.down;
}

/** Each factor's part of what shuffling does to the predictions, as bars with a sign; undefined where nothing matters. */
export function influenceChart(reward: string, influence: readonly Influence[]): Markup | undefined {
  const shown = influence.filter(({ share }) => share > 0).slice(0, maxBars);
  if (shown.length === 0) return undefined;
  const left = Math.min(190, Math.max(60, ...shown.map((one) => [...factorText(one)].length * 6.3 + 12)));
  const longest = width - left - 62;
  const most = shown[0]!.share;
  const few =
    shown.length < influence.length ? ` The first ${shown.length} of ${plural(influence.length, 'factor')}.` : '';
  const name = truncate(reward, 40);
  const keys = [looks.up, looks.down, looks.none].filter((look) => shown.some((one) => lookOf(one) === look));
  return figure(
    {
      title: 'What the prediction depends on',
      caption: `How far predictions of ${name} move when one parameter's values are shuffled among rows, as a share of all such moves.${few}`,
      legend: legend(
        keys.map((look): Key => {
          const text = look === looks.none ? look.text : `${look.sign} ${look.text} ${name}`;
          return { swatch: 'fill', tone: look.tone, text };
        }),
      ),
    },
    picture(
      `Influence on the predicted ${name}: ${shown
        .slice(0, 5)
        .map((one) => `${truncate(factorText(one), 30)} ${lookOf(one).sign}${formatShare(one.share)}`)
        .join(', ')}.`,
      width,
      row * shown.length + 8,
      shown.map((one, i) => {
        const { tone, sign } = lookOf(one);
        const middle = 4 + row * (i + 0.5);
        const length = (longest * one.share) / most;
        return [
          label(factorText(one), Math.floor((left - 12) / 6.3), { x: left - 7, y: middle + 4, 'text-anchor': 'end' }),
          element('rect', { class: `bars ${tone}`, x: left, y: middle - 8, width: length, height: 16 }),
          element('text', { class: 'strong', x: left + length + 6, y: middle + 4 }, `${sign}${formatShare(one.share)}`),
        ];
      }),
      element('line', { class: 'frame', x1: left, x2: left, y1: 2, y2: row * shown.length + 6 }),
    ),
  );
}
