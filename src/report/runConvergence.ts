import { bottomAxis, leftAxis } from './axes.ts';
import { thin } from './binning.ts';
import { formatCount, plural } from './format.ts';
import { fittingTicks, frameFor, scale, type Frame, type Scale } from './frame.ts';
import { crosses, dots, horizontalRules, lines, type Point } from './marks.ts';
import { figure, legend, type Key } from './page.ts';
import { rewardAxis, type RewardAxis } from './rewardAxis.ts';
import { roundsOf, type RunFacts, type Trial } from './runFacts.ts';
import { element, picture, pixels, type Markup } from './svg.ts';

const maxPoints = 4000;
const maxBands = 40;
/** Height of the strip at the bottom where failed evaluations stand. */
const strip = 16;

/** First and last evaluation of so many rounds that no more than `maxBands` bands are needed. */
function bandsOf(facts: RunFacts): { readonly each: number; readonly bands: readonly (readonly [number, number])[] } {
  const rounds = roundsOf(facts).filter(({ trials }) => trials.length > 0);
  const each = Math.ceil(rounds.length / maxBands);
  const bands = Array.from({ length: Math.ceil(rounds.length / (each || 1)) }, (_, i) => {
    const trials = rounds.slice(i * each, (i + 1) * each).flatMap((round) => round.trials);
    return [trials[0]?.number ?? 0, trials.at(-1)?.number ?? 0] as const;
  });
  return { each, bands };
}

/** Every second band. */
function drawBands(bands: readonly (readonly [number, number])[], x: Scale, { top, bottom }: Frame): Markup {
  const outlines = bands
    .filter((_, i) => i % 2 === 1)
    .map(([first, last]) => `M${pixels(x(first - 0.5))} ${bottom}V${top}H${pixels(x(last + 0.5))}V${bottom}z`);
  return element('path', { class: 'rounds', d: outlines.join('') });
}

/** The corners of a line that keeps its value until the next one. */
function stepsOf(trials: readonly Trial[], start: number): readonly Point[] {
  const points: Point[] = Number.isNaN(start) ? [] : [{ x: 0.5, y: start }];
  let before = start;
  for (const { number, bestSoFar } of trials) {
    if (Number.isNaN(bestSoFar) || bestSoFar === before) continue;
    if (!Number.isNaN(before)) points.push({ x: number, y: before });
    points.push({ x: number, y: bestSoFar });
    before = bestSoFar;
  }
  const last = trials.at(-1);
  if (last !== undefined && !Number.isNaN(before)) points.push({ x: last.number + 0.5, y: before });
  return points;
}

function captionOf(facts: RunFacts, { cut }: RewardAxis, drawn: number, each: number): string {
  const { trials, sign, print, data } = facts;
  const beyond = cut === undefined ? 0 : trials.filter(({ reward }) => sign * reward < sign * cut).length;
  const repeats = facts.ranked.some(({ rewards }) => rewards.length > 1);
  const sentences = [
    'Every evaluation in the order asked, and the best so far.',
    drawn < trials.length ? `${plural(drawn, 'point')} of ${formatCount(trials.length)} drawn, evenly spaced.` : '',
    each > 1 ? `A band of the background is ${each} rounds.` : 'A band of the background is a round.',
    beyond > 0 && cut !== undefined
      ? `${plural(beyond, 'evaluation')} worse than ${print(cut)}, far from the others, ${beyond === 1 ? 'stands' : 'stand'} at the edge.`
      : '',
    repeats ? 'A design that was measured repeatedly counts with its mean, so the line can fall back.' : '',
    data.length > 0 ? 'The line begins at the best of the past experiments.' : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function keysOf({ trials, bestOfData }: RunFacts): readonly Key[] {
  return [
    { swatch: 'dot', tone: 'data', text: 'evaluation' },
    { swatch: 'stroke', tone: 'proposal', text: 'best so far' },
    ...(trials.some(({ error }) => error !== undefined)
      ? [{ swatch: 'cross', tone: 'failed', text: 'failed' } as const]
      : []),
    ...(Number.isNaN(bestOfData)
      ? []
      : [{ swatch: 'dash', tone: 'best', text: 'best of the past experiments' } as const]),
  ];
}

/** Rewards by number of evaluation; undefined while no evaluation has a result. */
export function convergenceChart(facts: RunFacts): Markup | undefined {
  const { trials, bestOfData, sign, print } = facts;
  const last = trials.at(-1);
  if (last === undefined) return undefined;
  const measured = trials.filter(({ reward }) => !Number.isNaN(reward));
  const failed = trials.filter(({ error }) => error !== undefined);
  const best = stepsOf(trials, bestOfData);
  const axis = rewardAxis(
    measured.map(({ reward }) => reward),
    sign,
    best.map(({ y }) => y),
  );
  const shown = thin(measured, maxPoints);
  const { each, bands } = bandsOf(facts);
  const frame = frameFor(1080, 420, axis.ticks, true);
  const x = scale('linear', [0.5, last.number + 0.5], [frame.left, frame.right]);
  const y = scale(axis.kind, axis.domain, [frame.bottom - (failed.length > 0 ? strip : 0), frame.top]);
  const edge = axis.cut === undefined ? NaN : sign > 0 ? axis.domain[0] : axis.domain[1];
  const placed = shown.map(({ number, reward }): Point => {
    const beyond = axis.cut !== undefined && sign * reward < sign * axis.cut;
    return { x: number, y: beyond ? edge : reward };
  });
  const stripScale = scale('linear', [0, 1], [frame.bottom, frame.bottom - strip]);
  const reference = { at: bestOfData, label: `best of the past experiments ${print(bestOfData)}` };
  const ticks = fittingTicks(x, 10).filter(({ at }) => Number.isInteger(at));
  return figure(
    {
      title: 'Convergence',
      caption: captionOf(facts, axis, shown.length + Math.min(failed.length, maxPoints), each),
      legend: legend(keysOf(facts)),
      className: 'broad',
    },
    picture(
      `${facts.reward} of ${plural(measured.length, 'measured evaluation')} by number, ${formatCount(failed.length)} failed; best so far ${
        Number.isNaN(last.bestSoFar) ? 'none' : print(last.bestSoFar)
      } after ${plural(last.number, 'evaluation')}.`,
      frame.width,
      frame.height,
      drawBands(bands, x, frame),
      leftAxis(frame, y, axis.ticks, axis.kind === 'log' ? `${facts.axis}, log scale` : facts.axis),
      bottomAxis(frame, x, ticks, 'evaluation'),
      dots(placed, { x, y }, 'data'),
      crosses(
        thin(failed, maxPoints).map(({ number }) => ({ x: number, y: 0.5 })),
        { x, y: stripScale },
        'failed',
      ),
      Number.isNaN(bestOfData) ? undefined : horizontalRules([reference], { x, y }, 'best'),
      lines(best, { x, y }, 'proposal'),
    ),
  );
}
