import type { Design } from '../space/index.ts';
import { thin } from './binning.ts';
import { formatCount, formatShare, plural } from './format.ts';
import { crosses, dots, symbols, type Tone } from './marks.ts';
import { figure, legend, paragraph, section, swatch, type Key } from './page.ts';
import { compareParameters, mostDifferent, parameterFigure } from './parameterSection.ts';
import type { SideNames } from './parameterPictures.ts';
import { planeOf, type Plane } from './plane.ts';
import { rampClasses, rampSize, toneOf } from './projectionChart.ts';
import type { RunFacts, Trial } from './runFacts.ts';
import { element, picture, truncate, type Markup } from './svg.ts';

const maxShown = 1000;
/** Of more designs shares are much the same. */
const maxCompared = 2000;
/** Fewer measured designs have no best ones that could differ from the others. */
const fewest = 12;

interface Place {
  readonly trial: Trial;
  readonly x: number;
  readonly y: number;
}

function rampLegend(from: string, to: string, keys: readonly Key[]): Markup {
  const steps = Array.from({ length: rampSize }, (_, i) => swatch({ swatch: 'fill', tone: toneOf(i) }));
  return legend(keys, element('li', {}, from, element('span', { class: 'ramp' }, steps), to));
}

interface Colouring {
  readonly title: string;
  readonly caption: string;
  readonly ramp: readonly [from: string, to: string];
  /** A place on the ramp, undefined for what has none. */
  readonly classes: readonly (number | undefined)[];
  readonly others: Tone;
  readonly othersText: string;
}

/** The evaluations in the plane in the colours of one property. */
function planeChart(
  facts: RunFacts,
  { frame, scales, axes, others }: Plane,
  places: readonly Place[],
  look: Colouring,
): Markup {
  const failed = places.filter(({ trial }) => trial.error !== undefined);
  const layers = [undefined, ...Array.from({ length: rampSize }, (_, i) => i)];
  const drawn = layers.map((layer) => {
    const group = places.filter(({ trial }, i) => trial.error === undefined && look.classes[i] === layer);
    return dots(group, scales, layer === undefined ? look.others : toneOf(layer));
  });
  const best = facts.ranked[0];
  const keys: readonly Key[] = [
    ...(places.some(({ trial }, i) => trial.error === undefined && look.classes[i] === undefined)
      ? [{ swatch: 'dot', tone: look.others, text: look.othersText } as const]
      : []),
    ...(best === undefined ? [] : [{ swatch: 'ring', tone: 'best', text: 'best' } as const]),
    ...(failed.length === 0 ? [] : [{ swatch: 'cross', tone: 'failed', text: 'failed' } as const]),
  ];
  return figure(
    { title: look.title, caption: look.caption, legend: rampLegend(...look.ramp, keys) },
    picture(
      `Principal components of ${plural(places.length, 'design')}: ${look.caption}`,
      frame.width,
      frame.height,
      axes,
      crosses(failed, scales, 'failed'),
      drawn,
      symbols(
        others.map((place) => ({ ...place, title: best === undefined ? 'best' : `best, ${facts.print(best.reward)}` })),
        scales,
        'best',
        'diamond',
        90,
      ),
    ),
  );
}

/** Where designs lie, by round and by reward. */
export function placesSection(facts: RunFacts): Markup | undefined {
  const all = [...facts.data, ...facts.trials];
  const shown = thin(all, maxShown);
  if (shown.length < 2) return undefined;
  const plane = planeOf(
    facts.space,
    shown.map(({ design }) => design),
    facts.ranked.slice(0, 1).map(({ design }) => design),
  );
  const places = shown.map((trial, i): Place => ({ trial, x: plane.places[i]?.x ?? 0, y: plane.places[i]?.y ?? 0 }));
  const rounds = shown.map(({ number, round }) => (number === 0 ? NaN : round));
  const rewards = shown.map(({ reward }) => reward);
  const some =
    shown.length < all.length
      ? ` ${plural(shown.length, 'design')} of ${formatCount(all.length)} drawn, evenly spaced.`
      : '';
  const lead =
    `The two directions along which the designs vary most, together ${formatShare(plane.explained)} of the variance, so neighbours ` +
    `here need not be neighbours in the full space.${some}`;
  return section(
    'Where designs lie',
    paragraph(lead, 'lead'),
    element(
      'div',
      { class: 'pair' },
      planeChart(facts, plane, places, {
        title: 'By round',
        caption: 'Colours are sevenths of the evaluations, from the first rounds to the last.',
        ramp: ['first', 'last'],
        classes: rampClasses(rounds, 1),
        others: 'unlabelled',
        othersText: 'past experiment',
      }),
      planeChart(facts, plane, places, {
        title: 'By reward',
        caption: `Colours are sevenths of the designs by ${facts.reward}.`,
        ramp: ['worst', 'best'],
        classes: rampClasses(rewards, facts.sign),
        others: 'unlabelled',
        othersText: 'no reward',
      }),
    ),
  );
}

const sideNames: SideNames = { figures: ['of all', 'of the best'], places: ['in all designs', 'among the best'] };

/** Each parameter's values in the best measured designs against those in all that were tried. */
export function bestParametersSection(facts: RunFacts): Markup | undefined {
  const { ranked, space } = facts;
  if (ranked.length < fewest) return undefined;
  const count = Math.max(Math.min(10, Math.floor(ranked.length / 4)), Math.ceil(ranked.length / 10));
  const best = ranked.slice(0, count).map(({ design }) => design);
  const tried: readonly Design[] = [...facts.data, ...facts.trials].map(({ design }) => design);
  const { shown, scope } = mostDifferent(
    compareParameters(space, [thin(tried, maxCompared), thin(best, maxCompared)], sideNames),
  );
  return section(
    'What the best have in common',
    paragraph(
      `The ${formatCount(count)} best of ${plural(ranked.length, 'measured design')} by ${truncate(facts.reward, 60)} against all ` +
        `${plural(tried.length, 'evaluation')}. ${scope} Shares on shared bins; where the outline stands above the bars, the best are commoner.`,
      'lead',
    ),
    legend([
      { swatch: 'fill', tone: 'data', text: 'all' },
      { swatch: 'hollow', tone: 'proposal', text: 'best' },
    ]),
    element(
      'div',
      { class: 'multiples' },
      shown.map((one) => parameterFigure({}, one)),
    ),
  );
}
