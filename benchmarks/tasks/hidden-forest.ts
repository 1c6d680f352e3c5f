import { randomStream } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';
import { fitForest, type Forest, type ForestOptions } from './forest.ts';
import type { Rows } from './task.ts';

export interface ForestSource {
  /** Parameters that the forest looks at, all numbers. */
  readonly names: readonly string[];
  /** What it is fitted on: all labelled rows, those that no method sees included. */
  readonly rows: Rows;
  readonly options: ForestOptions;
  /** Names the random stream. */
  readonly stream: string;
}

/** A truth for tables that are a sample of their space. */
export interface HiddenForest {
  /** Own units. */
  readonly predict: (design: Design) => number;
  /** On the rows, each predicted by the trees that did not see it. */
  readonly r2: () => number;
  /** How far the truth can be believed, in a sentence. */
  readonly note: () => string;
}

/** A forest that is fitted when it is first asked, the same each time. */
export function hiddenForest({ names, rows, options, stream }: ForestSource): HiddenForest {
  let fitted: Forest | undefined;
  const numbers = (design: Design): readonly number[] => names.map((name) => Number(design[name]));
  const forest = (): Forest =>
    (fitted ??= fitForest(rows.designs.map(numbers), rows.rewards, options, randomStream(0).split(stream)));
  return {
    predict: (design) => forest().predict(numbers(design)),
    r2: () => forest().r2,
    note: () =>
      `The truth is a forest of ${options.trees} trees fitted on all ${rows.rewards.length} labelled rows, with an R² of ` +
      `${forest().r2.toFixed(2)} on rows that its trees did not see.`,
  };
}
