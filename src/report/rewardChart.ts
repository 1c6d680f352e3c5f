import { bottomAxis, leftAxis } from './axes.ts';
import { binEdges, shareBars } from './binning.ts';
import type { Facts } from './facts.ts';
import { formatCount, plural } from './format.ts';
import { fittingTicks, frameFor, scale, type Tick } from './frame.ts';
import { bars, skyline, verticalRules, type Bar, type Reference } from './marks.ts';
import { figure, legend } from './page.ts';
import { picture, type Markup } from './svg.ts';

/** Shares of zero to just above the tallest bar. */
export function shareScaleTicks(series: readonly (readonly Bar[])[]): { top: number; ticks: readonly Tick[] } {
  const top = Math.max(0.01, ...series.flat().map((bar) => bar.height)) * 1.06;
  const ticks = scale('linear', [0, top], [1, 0])
    .ticks(4)
    .map((at) => ({ at, label: `${Number((at * 100).toPrecision(3))} %` }));
  return { top, ticks };
}

/** Measured rewards and the predicted rewards of the proposals, on shared bins. */
export function rewardChart(facts: Facts): Markup {
  const edges = binEdges([...facts.measured, ...facts.predicted, facts.bestMeasured], { scale: 'linear' });
  const measured = shareBars(facts.measured, edges);
  const predicted = shareBars(facts.predicted, edges);
  const { top, ticks } = shareScaleTicks([measured, predicted]);
  const frame = frameFor(540, 380, ticks, true);
  const x = scale('linear', [edges[0] ?? 0, edges.at(-1) ?? 1], [frame.left, frame.right]);
  const y = scale('linear', [0, top], [frame.bottom, frame.top]);
  const best: Reference = { at: facts.bestMeasured, label: `best measured ${facts.print(facts.bestMeasured)}` };
  return figure(
    {
      title: 'Rewards, measured and predicted',
      caption: `Share of ${plural(facts.measured.length, 'measured row')} and of ${plural(
        facts.predicted.length,
        'proposal',
      )} in each bin. Proposals stand at their predicted mean; nobody has measured them yet.`,
      legend: legend([
        { swatch: 'fill', tone: 'data', text: 'measured' },
        { swatch: 'hollow', tone: 'proposal', text: 'proposals, predicted' },
      ]),
    },
    picture(
      `Histogram of ${facts.reward}: ${formatCount(facts.measured.length)} measured rewards and the predicted rewards of ${formatCount(facts.predicted.length)} proposals; best measured ${facts.print(facts.bestMeasured)}.`,
      frame.width,
      frame.height,
      leftAxis(frame, y, ticks, 'share of rows'),
      bars(measured, { x, y }, 'data'),
      facts.predicted.length > 0 ? skyline(predicted, { x, y }, 'proposal') : undefined,
      bottomAxis(frame, x, fittingTicks(x, 7), facts.axis),
      Number.isFinite(best.at) ? verticalRules([best], { x, y }, 'best') : undefined,
    ),
  );
}
