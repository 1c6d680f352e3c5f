import { dataError } from '../base/index.ts';
import { rangeOf } from './infer.ts';
import { shownName } from './names.ts';
import { parseNumber } from './numbers.ts';
import { checkSigns, type Sheet, type SheetColumn } from './sheet.ts';
import type { TableOptions } from './types.ts';

/**
 * Rewards of all rows, NaN where there is none. The cell of a failed row is not read: whatever was measured there is not what the
 * design is worth. Throws a data error for the first other cell that is neither empty nor a finite number.
 */
export function readRewards(sheet: Sheet, column: SheetColumn, failed: readonly boolean[]): Float64Array {
  checkSigns(sheet, column);
  const values = column.texts.map((text) => (text === '' ? NaN : parseNumber(text)));
  return Float64Array.from(column.codes, (code, row) => {
    const value = failed[row] === true ? NaN : values[code];
    if (value !== undefined) return value;
    throw dataError(
      `${sheet.cellAt(row, column)} holds ${JSON.stringify(column.texts[code])}, and a reward that is a finite number was expected; ` +
        `correct it, or leave the cell empty when the experiment has no result`,
    );
  });
}

/** What models in single precision can hold, with room for targets beyond the data. */
const largestReward = 1e30;
const smallestSpread = 1e-30;

function checkNumber(sheet: Sheet, labelled: number, failed: readonly boolean[], options: TableOptions): void {
  const { reward, minimumLabelled = 10 } = options;
  if (labelled >= minimumLabelled) return;
  const column = `column ${shownName(reward)}`;
  const working = failed.filter((value) => !value).length;
  if (working === 0) {
    throw dataError(
      `${sheet.file} has no row that worked: column ${shownName(options.failed ?? '')} says that all ${sheet.rows} failed, and ` +
        `rewards of at least ${minimumLabelled} others are needed`,
    );
  }
  const some = working < sheet.rows;
  if (labelled === 0) {
    throw dataError(
      `${sheet.file} has no row with a reward: ${column} is empty in all rows${some ? ' that did not fail' : ''} (${working}); fill in the results`,
    );
  }
  throw dataError(
    `${sheet.file} has only ${labelled} ${labelled === 1 ? 'row' : 'rows'} with a reward in ${column}${some ? ', failed ones aside' : ''}; ` +
      `at least ${minimumLabelled} are needed`,
  );
}

/** Throws a data error for too few rewards, and for rewards that nothing can be learnt from. */
export function checkRewards(
  sheet: Sheet,
  rewards: Float64Array,
  failed: readonly boolean[],
  options: TableOptions,
): void {
  const { reward, requireVariation = true } = options;
  const labelled = rewards.filter((value) => !Number.isNaN(value));
  checkNumber(sheet, labelled.length, failed, options);
  const { min, max } = rangeOf(labelled);
  const column = `column ${shownName(reward)}`;
  if (requireVariation && min === max) {
    throw dataError(
      `${sheet.file}, ${column} holds ${min} in every row with a reward, so no design is better than another; ` +
        `is it the right column?`,
    );
  }
  if (Math.max(-min, max) > largestReward || (min < max && max - min < smallestSpread)) {
    throw dataError(
      `${sheet.file}, ${column} reaches from ${min} to ${max}, and rewards no larger than ${largestReward} that differ by ` +
        `${smallestSpread} or more were expected; give it in another unit`,
    );
  }
}
