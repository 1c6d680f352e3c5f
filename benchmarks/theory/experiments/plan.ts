import type { RowCounts, Variation } from './model.ts';
import { base, type TheorySettings } from './settings.ts';

/** One training and what is asked of it. */
export interface TheoryPlan {
  /** What the cell is for: all experiments, one number of rows, or one way of training. */
  readonly task: string;
  /** Runs of one number share problem and data. */
  readonly seed: number;
  readonly counts: RowCounts;
  readonly variation: Variation;
  readonly asks: 'everything' | 'quality';
}

export const mainTask = 'base';
export const rowsTask = (rows: number): string => `rows ${rows}`;

/** All cells of a suite, run after run; `seeds` instead of the settings' runs. */
export function planTheory(settings: TheorySettings, seeds?: readonly number[]): readonly TheoryPlan[] {
  const { labelled, unlabelled, runs, variationRuns, rows, variations } = settings;
  const own = seeds ?? Array.from({ length: runs }, (_, seed) => seed);
  const trained = (variation: Variation): Variation => ({
    ...variation,
    training: { ...settings.training, ...variation.training },
  });
  return own.flatMap((seed, at): readonly TheoryPlan[] => [
    { task: mainTask, seed, counts: { labelled, unlabelled }, variation: trained(base), asks: 'everything' },
    ...rows.map(
      (n) =>
        ({
          task: rowsTask(n),
          seed,
          counts: { labelled: n, unlabelled: 0 },
          variation: trained(base),
          asks: 'quality',
        }) as const,
    ),
    ...(at < variationRuns ? variations : []).map(
      (variation) =>
        ({
          task: variation.name,
          seed,
          counts: { labelled, unlabelled },
          variation: trained(variation),
          asks: 'quality',
        }) as const,
    ),
  ]);
}
