import { quantile } from '../../../src/base/index.ts';
import type { OnlineCell } from '../cells.ts';
import { curvePicture, type Curve, type CurvePoint } from './curves.ts';
import { costAt, playedCells, type OnlineTaskCells } from './online.ts';

/** Regret over evaluations, median and quartiles over seeds, as far as all seeds got. */
export function curveOf(method: string, cells: readonly OnlineCell[]): Curve {
  const played = playedCells(cells);
  const end = Math.min(...played.map(({ curve }) => curve.at(-1)!.evaluations));
  const places = [...new Set(played.flatMap(({ curve }) => curve.map(({ evaluations }) => evaluations)))];
  const points = places
    .filter((evaluations) => evaluations <= end)
    .sort((a, b) => a - b)
    .flatMap((evaluations): CurvePoint[] => {
      const regrets = played.flatMap((cell) => {
        const cost = costAt(cell, evaluations);
        return cost === undefined || cell.facts === undefined ? [] : [cost - cell.facts.least];
      });
      if (regrets.length < played.length) return [];
      const sorted = Float64Array.from(regrets);
      const [low, middle, high] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
      return [{ x: evaluations, low, middle, high }];
    });
  return { name: method, points };
}

/** A picture of convergence; undefined where no method measured anything. */
export function convergencePlot({ task, methods }: OnlineTaskCells): string | undefined {
  const curves = [...methods]
    .filter(([, cells]) => playedCells(cells).length > 0)
    .map(([method, cells]) => curveOf(method, cells))
    .filter(({ points }) => points.length > 0);
  const regrets = curves.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  if (regrets.length === 0) return undefined;
  const least = Math.min(...regrets);
  const logY = least > 0 && Math.max(...regrets) > 5 * least;
  return curvePicture({
    title: `Regret on ${task}, median and quartiles over seeds`,
    xName: 'evaluations',
    yName: logY ? 'regret (log scale)' : 'regret',
    curves,
    logY,
  });
}
