import { performance } from 'node:perf_hooks';
import type { CellKey } from '../offline/cells.ts';
import { choosers, outcomeOf, randomOutcome, sharesBelow, type ChooserName, type Outcome } from './choose.ts';
import { choiceOf, type LittleSize, type LittleTable, type LittleTableName } from './tables.ts';

export type RivalName = ChooserName | 'random';

/** One choice by each method from the same rows. */
export interface LittleCell extends CellKey {
  readonly table: LittleTableName;
  readonly size: LittleSize;
  readonly outcomes: { readonly [Rival in RivalName]: Outcome };
  /** Wall time of ours. */
  readonly seconds: number;
}

/** What is chosen from a table with `size` labelled rows. */
export async function littleCell(table: LittleTable, size: LittleSize, key: CellKey): Promise<LittleCell> {
  const choice = choiceOf(table, size, key.seed);
  const shares = sharesBelow(choice);
  const started = performance.now();
  const ours = await choosers.ours(choice, key.seed);
  const seconds = (performance.now() - started) / 1000;
  return {
    ...key,
    table: table.name,
    size,
    seconds,
    outcomes: {
      ours: outcomeOf(shares, ours),
      'nearest to the best': outcomeOf(shares, await choosers['nearest to the best'](choice, key.seed)),
      random: randomOutcome(shares, choice.count),
    },
  };
}
