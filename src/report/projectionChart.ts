import type { ProposeResult } from '../optimizer/index.ts';
import type { Design } from '../space/index.ts';
import { thin } from './binning.ts';
import type { Facts } from './facts.ts';
import { formatCount, formatShare, plural } from './format.ts';
import { dots, symbols, type Point, type Tone } from './marks.ts';
import { figure, legend, swatch } from './page.ts';
import { planeOf } from './plane.ts';
import { element, picture, type Markup } from './svg.ts';

const maxRows = 1500;
const maxProposals = 500;
/** Colours of the ramp. */
export const rampSize = 7;

interface Row {
  readonly design: Design;
  readonly reward: number;
}

/**
 * The colour of each reward: classes of equal count from worst (0) to best, equal rewards in one class; undefined where there
 * is no reward.
 */
export function rampClasses(rewards: readonly number[], sign: 1 | -1): readonly (number | undefined)[] {
  const sorted = Float64Array.from(rewards.filter(Number.isFinite), (reward) => sign * reward).sort();
  const firsts = new Map<number, number>();
  sorted.forEach((value, i) => firsts.set(value, firsts.get(value) ?? i));
  return rewards.map((reward) => {
    const rank = firsts.get(sign * reward);
    return rank === undefined ? undefined : Math.min(rampSize - 1, Math.floor((rank * rampSize) / sorted.length));
  });
}

/** A place on the ramp. */
export function toneOf(rampClass: number | undefined): Tone {
  return rampClass === undefined ? 'unlabelled' : `ramp${rampClass}`;
}

function colourLegend(anyUnlabelled: boolean): Markup {
  const steps = Array.from({ length: rampSize }, (_, i) => swatch({ swatch: 'fill', tone: toneOf(i) }));
  const ramp = element('li', {}, 'worst', element('span', { class: 'ramp' }, steps), 'best');
  return legend(
    [
      { swatch: 'diamond', tone: 'proposal', text: 'proposal' },
      { swatch: 'ring', tone: 'best', text: 'best measured' },
      ...(anyUnlabelled ? [{ swatch: 'dot', tone: 'unlabelled', text: 'no reward' } as const] : []),
    ],
    ramp,
  );
}

/** Data and proposals on the two directions along which the data vary most. */
export function projectionChart(facts: Facts, { table, proposals, best }: ProposeResult): Markup {
  const all = table.designs.map((design, i): Row => ({ design, reward: table.rewards[i] ?? NaN }));
  const rows = thin(all, maxRows);
  const shown = thin(proposals, maxProposals);
  const plane = planeOf(
    table.space,
    rows.map(({ design }) => design),
    [...shown, best].map(({ design }) => design),
  );
  const { scales, axes, frame } = plane;
  const marks = plane.others.slice(0, -1).map((place, i): Point => ({
    ...place,
    title: `proposal, predicted ${facts.print(shown[i]?.predicted.mean ?? NaN)}`,
  }));
  const classes = rampClasses(
    rows.map((row) => row.reward),
    facts.sign,
  );
  const layers = [undefined, ...Array.from({ length: rampSize }, (_, i) => i)];
  return figure(
    {
      title: 'Designs in two dimensions',
      caption: `The two directions along which the ${
        rows.length < all.length
          ? `rows vary most (${plural(rows.length, 'row')} of ${formatCount(all.length)} drawn, evenly spaced)`
          : 'rows vary most'
      }; together ${formatShare(plane.explained)} of the variance, so neighbours here need not be neighbours in the full space. Colours are sevenths of the rows by ${facts.reward}.${
        shown.length < proposals.length
          ? ` ${plural(shown.length, 'proposal')} of ${formatCount(proposals.length)} drawn.`
          : ''
      }`,
      legend: colourLegend(classes.includes(undefined)),
    },
    picture(
      `Principal components of ${plural(rows.length, 'measured design')} coloured by ${facts.reward}, with ${plural(shown.length, 'proposal')}.`,
      frame.width,
      frame.height,
      axes,
      layers.map((layer) =>
        dots(
          plane.places.filter((_, i) => classes[i] === layer),
          scales,
          toneOf(layer),
        ),
      ),
      symbols(marks, scales, 'proposal', 'diamond', 52),
      symbols(
        plane.others.slice(-1).map((place) => ({ ...place, title: `best measured, ${facts.print(best.reward)}` })),
        scales,
        'best',
        'diamond',
        90,
      ),
    ),
  );
}
