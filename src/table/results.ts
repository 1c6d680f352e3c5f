import { dataError } from '../base/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { ReadingOptions } from './bytes.ts';
import { columnNamed, namesOf } from './columns.ts';
import { readRows } from './designs.ts';
import { readFailed } from './failed.ts';
import { checkFilled } from './infer.ts';
import { shownName } from './names.ts';
import { readSheet } from './parse.ts';
import { readRewards } from './rewards.ts';
import { cellText, type Sheet, type SheetColumn } from './sheet.ts';

export interface ResultOptions {
  /** The column that holds the reward. */
  readonly reward: string;
  /** The column that says which experiments failed; none failed where it is not given. */
  readonly failed?: string;
}

/** What a row says of an experiment. */
export interface ResultRow {
  /** The id that its design was asked under; undefined where the cell is empty, or there is no such column. */
  readonly id: string | undefined;
  /** Undefined where the file has no column of a parameter. */
  readonly design: Design | undefined;
  /** In its own units; undefined for an empty cell, and where the experiment failed. */
  readonly reward: number | undefined;
  readonly failed: boolean;
  /** Where the row, its id and its reward stand, for messages. */
  readonly places: { readonly row: string; readonly id: string; readonly reward: string };
}

/** The column with the ids of asked designs. */
const idColumn = 'id';

function readResultDesigns(sheet: Sheet, space: Space): readonly Design[] | undefined {
  const names = new Set(namesOf(sheet));
  if (names.has(idColumn) && !space.names.some((name) => names.has(name))) return undefined;
  const columns = space.names.map((name): SheetColumn => {
    const column = columnNamed(sheet, name, ', a parameter of the run');
    checkFilled(sheet, column, false);
    return column;
  });
  return readRows(sheet, space, columns, 'the run has no such design, so correct or remove the row').designs;
}

/**
 * Reads results of experiments from a CSV file, plain or gzipped: a reward, and an id or a design, or both, in each row. Throws data errors,
 * one sentence each, that name file, line and column.
 */
export async function readResults(
  file: string,
  space: Space,
  { reward, failed: failedColumn, ...reading }: ResultOptions & ReadingOptions,
): Promise<readonly ResultRow[]> {
  const sheet = await readSheet(file, reading);
  const rewardColumn = columnNamed(sheet, reward, ' for the reward');
  const ids = sheet.columns.find(({ name }) => name === idColumn);
  const failed = readFailed(sheet, {
    reward,
    direction: 'maximize',
    space: space.definition,
    spaceFile: 'the run',
    ...(failedColumn === undefined ? {} : { failed: failedColumn }),
  });
  const rewards = readRewards(sheet, rewardColumn, failed);
  const designs = readResultDesigns(sheet, space);
  return Array.from({ length: sheet.rows }, (_, row): ResultRow => {
    const id = ids === undefined ? '' : cellText(ids, row);
    const value = rewards[row]!;
    const at = sheet.rowAt(row);
    if (id === '' && designs === undefined) {
      throw dataError(`${at} has neither an ${shownName(idColumn)} nor a design, and one of them was expected`);
    }
    return {
      id: id === '' ? undefined : id,
      design: designs?.[row],
      reward: Number.isNaN(value) ? undefined : value,
      failed: failed[row] === true,
      places: {
        row: at,
        id: ids === undefined ? at : sheet.cellAt(row, ids),
        reward: sheet.cellAt(row, rewardColumn),
      },
    };
  });
}
