import { performance } from 'node:perf_hooks';
import { randomStream } from '../../../src/base/index.ts';
import { propose } from '../../../src/optimizer/index.ts';
import type { Design } from '../../../src/space/index.ts';
import { tableFromRows, type Table } from '../../../src/table/index.ts';
import type { CellKey } from '../../offline/cells.ts';
import { scoresOf, type Scores } from '../../offline/scores.ts';
import { best } from '../../tasks/task.ts';
import { drawnDesigns, failingSpaces, type FailingSpace, type FailingSpaceName } from './failing-spaces.ts';

export const failingMethods = ['left out', 'without a reward', 'told'] as const;
export type FailingMethod = (typeof failingMethods)[number];

/** What was proposed where experiments can fail. */
export interface FailingCell extends CellKey {
  readonly task: FailingSpaceName;
  readonly method: FailingMethod;
  /** Share of the table's rows that failed, and of the proposals that truly fail. */
  readonly failedRows: number;
  readonly failing: number;
  /** True rewards of the proposals that work. */
  readonly scores: Scores;
  /** The best reward of the table. */
  readonly bestRow: number;
  readonly seconds: number;
}

/** The column that says which rows failed. */
const failed = 'failed';

/** The table of experiments with some designs: those that fail are told as failed, stand there without a reward, or are left out. */
export function tableOfExperiments(
  { space, reward, direction, truth, fails }: FailingSpace,
  designs: readonly Design[],
  method: FailingMethod,
): Table {
  const kept = method === 'left out' ? designs.filter((design) => !fails(design)) : designs;
  const rows = kept.map((design) => ({
    ...design,
    [reward]: fails(design) ? '' : truth(design),
    [failed]: method === 'told' && fails(design) ? 1 : 0,
  }));
  return tableFromRows(rows, { reward, direction, space, failed });
}

/** What some designs are worth: the share of them that fail, and the rewards of the others. */
export function worthOf(
  { truth, fails, direction }: FailingSpace,
  designs: readonly Design[],
): Pick<FailingCell, 'failing' | 'scores'> {
  return {
    failing: designs.filter(fails).length / designs.length,
    scores: scoresOf({ direction, score: (design) => (fails(design) ? undefined : truth(design)) }, designs),
  };
}

/** Proposes from one table, whose designs the seed draws: the same for all methods. */
export async function measureFailing(
  key: CellKey & { readonly task: FailingSpaceName; readonly method: FailingMethod },
): Promise<FailingCell> {
  const space = failingSpaces[key.task];
  const designs = drawnDesigns(space, space.rows, randomStream(key.seed).split('experiments', key.task));
  const table = tableOfExperiments(space, designs, key.method);
  const started = performance.now();
  const { proposals } = await propose(table, { count: key.count, seed: key.seed });
  const seconds = (performance.now() - started) / 1000;
  return {
    ...key,
    failedRows: designs.filter(space.fails).length / designs.length,
    ...worthOf(
      space,
      proposals.map(({ design }) => design),
    ),
    bestRow: best(
      table.rewards.filter((reward) => !Number.isNaN(reward)),
      space.direction,
    ),
    seconds,
  };
}
