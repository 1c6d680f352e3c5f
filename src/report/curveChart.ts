import type { LossCurve } from '../optimizer/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import { thin } from './binning.ts';
import { formatCount } from './format.ts';
import { extent, fittingTicks, frameFor, padded, scale, ticksOf, type ScaleKind } from './frame.ts';
import { lines, verticalRules, type Point } from './marks.ts';
import { figure, legend } from './page.ts';
import { picture, type Markup } from './svg.ts';

const maxPoints = 400;

function pointsOf(steps: readonly number[], losses: readonly number[]): readonly Point[] {
  const points = steps.map((x, i) => ({ x, y: losses[i] ?? NaN })).filter(({ x, y }) => Number.isFinite(x + y));
  return thin(points, maxPoints);
}

function scaleKindFor(values: readonly number[]): ScaleKind {
  const [low, high] = extent(values);
  return low > 0 && high / low > 10 ? 'log' : 'linear';
}

function lossDomain(kind: ScaleKind, values: readonly number[]): readonly [number, number] {
  const [low, high] = extent(values);
  if (kind === 'linear') return padded([low, high], 0.06);
  return [low / 1.15, high * 1.15];
}

/** Training and held-out loss by optimizer step, the kept step marked; undefined for a curve without points. */
export function curveChart(title: string, caption: string, curve: LossCurve): Markup | undefined {
  const train = pointsOf(curve.steps, curve.train);
  const heldOut = pointsOf(curve.steps, curve.heldOut);
  const losses = [...train, ...heldOut].map((point) => point.y);
  if (losses.length === 0) return undefined;
  const kind = scaleKindFor(losses);
  const domain = lossDomain(kind, losses);
  const ticks = ticksOf(scale(kind, domain, [1, 0]), 5);
  const frame = frameFor(540, 300, ticks, true);
  const x = scale('linear', [0, extent([...train, ...heldOut].map((point) => point.x))[1]], [frame.left, frame.right]);
  const y = scale(kind, domain, [frame.bottom, frame.top]);
  const kept = { at: curve.bestStep, label: `kept: step ${formatCount(curve.bestStep)}` };
  return figure(
    {
      title,
      caption,
      legend: legend([
        { swatch: 'stroke', tone: 'series0', text: 'training rows' },
        { swatch: 'stroke', tone: 'series1', text: 'held-out rows' },
      ]),
    },
    picture(
      `${title}: training and held-out loss by optimizer step; the parameters of step ${formatCount(curve.bestStep)} were kept.`,
      frame.width,
      frame.height,
      leftAxis(frame, y, ticks, kind === 'log' ? 'loss (log scale)' : 'loss'),
      lines(train, { x, y }, 'series0'),
      lines(heldOut, { x, y }, 'series1'),
      bottomAxis(frame, x, fittingTicks(x, 6), 'optimizer step'),
      Number.isFinite(kept.at) ? verticalRules([kept], { x, y }, 'best') : undefined,
    ),
  );
}
