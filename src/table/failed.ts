import { dataError } from '../base/index.ts';
import { columnNamed } from './columns.ts';
import { shownName } from './names.ts';
import { parseNumber } from './numbers.ts';
import { firstRowWith, type Sheet } from './sheet.ts';
import type { TableOptions } from './types.ts';

const worked = new Set(['', 'false', 'no', 'ok']);
const failed = new Set(['true', 'yes', 'failed', 'fail', 'infeasible']);

/** Whether a cell says that the experiment failed; undefined for a text that says neither. */
function saysFailed(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  const number = parseNumber(word);
  if (worked.has(word) || number === 0) return false;
  return failed.has(word) || number === 1 ? true : undefined;
}

function checkRole(sheet: Sheet, name: string, options: TableOptions): void {
  const { reward, ignore = [], space, spaceFile = 'the space' } = options;
  const column = `column ${shownName(name)} of ${sheet.file}`;
  if (name === reward) throw dataError(`${column} is the reward and cannot say which rows failed`);
  if (ignore.includes(name)) throw dataError(`${column} says which rows failed and cannot be ignored`);
  if (space !== undefined && Object.hasOwn(space.parameters, name)) {
    throw dataError(`${column} cannot say which rows failed, since ${spaceFile} names it as a parameter`);
  }
}

/** Which experiments failed, by the column that the options name. Throws a data error for a cell that says neither. */
export function readFailed(sheet: Sheet, options: TableOptions): readonly boolean[] {
  const { failed: name } = options;
  if (name === undefined) return new Array<boolean>(sheet.rows).fill(false);
  const column = columnNamed(sheet, name, ' for failed rows');
  checkRole(sheet, name, options);
  const values = column.texts.map((text, code) => {
    const value = saysFailed(text);
    if (value !== undefined) return value;
    throw dataError(
      `${sheet.cellAt(firstRowWith(column, code), column)} holds ${JSON.stringify(text)}, and a word on whether the experiment ` +
        `failed was expected: 1, true, yes, failed, fail or infeasible, or nothing, 0, false, no or ok`,
    );
  });
  return Array.from(column.codes, (code) => values[code] ?? false);
}
