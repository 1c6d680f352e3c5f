import { dataError } from '../base/index.ts';
import type { Parameter, SpaceDefinition } from '../space/index.ts';
import { asArgument, shownName } from './names.ts';
import { isMissingMark, isNotFinite, parseNumber } from './numbers.ts';
import { checkSigns, firstRowWith, type Sheet, type SheetColumn } from './sheet.ts';

/** Of the cells that a column of numbers may have, this share must be numbers for the others to be mistakes. */
const numericShare = 0.9;
const mostCategories = 20;
const mostLetters = 25;

/** Rows by code. */
function countCells(column: SheetColumn): Int32Array {
  const counts = new Int32Array(column.texts.length);
  for (const code of column.codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function isNumeric(column: SheetColumn): boolean {
  const counts = countCells(column);
  let numbers = 0;
  let others = 0;
  column.texts.forEach((text, code) => {
    const rows = counts[code] ?? 0;
    if (parseNumber(text) !== undefined) numbers += rows;
    else if (!isNotFinite(text) && !isMissingMark(text)) others += rows;
  });
  return numbers > 0 && numbers >= numericShare * (numbers + others);
}

/** What to do about a cell that is not a number, in a column of numbers. */
function notANumber(sheet: Sheet, column: SheetColumn, code: number): Error {
  const text = column.texts[code] ?? '';
  const cell = `${sheet.cellAt(firstRowWith(column, code), column)} holds ${JSON.stringify(text)}`;
  return isNotFinite(text) || isMissingMark(text)
    ? dataError(`${cell}, and a finite number was expected; fill it in, or remove the row`)
    : dataError(
        `${cell}, and the column's other cells are numbers; correct the cell, or leave the column out with --ignore ${asArgument(column.name)}`,
      );
}

/** The least and largest of many numbers. */
export function rangeOf(values: Iterable<number>): { readonly min: number; readonly max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function numericParameter(sheet: Sheet, column: SheetColumn): Parameter {
  const values = column.texts.map((text, code) => {
    const value = parseNumber(text);
    if (value === undefined) throw notANumber(sheet, column, code);
    return value;
  });
  return { type: values.every(Number.isSafeInteger) ? 'integer' : 'real', ...rangeOf(values) };
}

/** Fixed-width strings of zeros and ones, which read as whole numbers would lose their zeros. */
function isBits({ texts }: SheetColumn): boolean {
  const width = texts[0]?.length ?? 0;
  return (
    width > 1 &&
    texts.every((text) => text.length === width && /^[01]+$/.test(text)) &&
    texts.some((text) => text[0] === '0')
  );
}

/** Few numbers of one width that begin with zeros: codes, which read as whole numbers would lose their zeros, and be others between. */
function isCodes({ texts }: SheetColumn, rows: number): boolean {
  const width = texts[0]?.length ?? 0;
  return (
    width > 1 &&
    isFew(texts, rows) &&
    texts.every((text) => text.length === width && /^\d+$/.test(text)) &&
    texts.some((text) => text.startsWith('0'))
  );
}

function isFew(texts: readonly string[], rows: number): boolean {
  return texts.length <= mostCategories && 2 * texts.length <= rows;
}

function lettersIn(texts: readonly string[]): readonly string[] {
  const letters = new Set<string>();
  for (const text of texts) for (const letter of text) letters.add(letter);
  return [...letters].sort();
}

function sharedLength(texts: readonly string[]): number | undefined {
  const lengths = new Set(texts.map((text) => Array.from(text).length));
  return lengths.size === 1 ? [...lengths][0] : undefined;
}

function sequenceParameter(texts: readonly string[]): Parameter | undefined {
  const length = sharedLength(texts);
  if (length === undefined) return undefined;
  const letters = lettersIn(texts);
  return letters.length <= mostLetters ? { type: 'sequence', alphabet: letters.join(''), length } : undefined;
}

function textParameter(sheet: Sheet, column: SheetColumn): Parameter {
  const { texts } = column;
  if (isFew(texts, sheet.rows)) return { type: 'categorical', values: [...texts].sort() };
  const sequence = sequenceParameter(texts);
  if (sequence === undefined) throw unknownText(sheet, column);
  if (texts.every((text) => digit.test(text))) throw namesOfRows(sheet, column);
  return sequence;
}

const digit = /\d/;

/** Labels such as EXP-017 and dates are no sequences, though they are as long as each other. */
function namesOfRows(sheet: Sheet, { name, texts }: SheetColumn): Error {
  return dataError(
    `${sheet.file}, column ${shownName(name)} holds ${texts.length} distinct texts in ${sheet.rows} rows, such as ` +
      `${JSON.stringify(texts[0])}, which look like labels or dates; leave it out with --ignore ${asArgument(name)}, or say what it is ` +
      `with --space`,
  );
}

function unknownText(sheet: Sheet, column: SheetColumn): Error {
  const { texts } = column;
  const example = `${JSON.stringify(texts[0] ?? '')}`;
  const distinct = `${texts.length} distinct texts in ${sheet.rows} rows, such as ${example}`;
  const sequence =
    sharedLength(texts) === undefined
      ? 'of different lengths for a sequence'
      : `over ${lettersIn(texts).length} letters, which is too many for a sequence`;
  return dataError(
    `${sheet.file}, column ${shownName(column.name)} holds ${distinct}: too many for categories, and ${sequence}; ` +
      `leave it out with --ignore ${asArgument(column.name)}, or say what it is with --space`,
  );
}

/** Throws a data error for the first empty cell. A column that a space names cannot be left out. */
export function checkFilled(sheet: Sheet, column: SheetColumn, removable: boolean): void {
  const code = column.texts.indexOf('');
  if (code < 0) return;
  const leave = `leave the column out with --ignore ${asArgument(column.name)}`;
  if (column.texts.length === 1) {
    throw dataError(
      `${sheet.file}, column ${shownName(column.name)} is empty in all rows; fill it in${removable ? `, or ${leave}` : ''}`,
    );
  }
  const cell = sheet.cellAt(firstRowWith(column, code), column);
  const remedy = removable ? `fill it in, remove the row, or ${leave}` : 'fill it in, or remove the row';
  throw dataError(`${cell} is empty, and every design needs a value there; ${remedy}`);
}

function inferParameter(sheet: Sheet, column: SheetColumn): Parameter {
  checkFilled(sheet, column, true);
  checkSigns(sheet, column);
  if (isBits(column)) return { type: 'sequence', alphabet: '01', length: column.texts[0]?.length ?? 0 };
  return isNumeric(column) && !isCodes(column, sheet.rows)
    ? numericParameter(sheet, column)
    : textParameter(sheet, column);
}

/**
 * A space guessed from columns. Whole numbers (up to 2^53) are integers, other numbers reals, with the data's bounds; text, and numbers of
 * one width that begin with zeros, with at most 20 distinct values that are at most half the rows is categorical; text of equal length over at most 25 letters is a
 * sequence, and so are strings of zeros and ones that begin with zeros. Throws a data error for any other text, for text with digits
 * in every cell, for an empty cell, and for a cell that is not a number where nine of ten are.
 */
export function inferSpace(sheet: Sheet, columns: readonly SheetColumn[]): SpaceDefinition {
  return { parameters: Object.fromEntries(columns.map((column) => [column.name, inferParameter(sheet, column)])) };
}
