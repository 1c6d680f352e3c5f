import { dataError } from '../base/index.ts';
import { decimalSigns, type Doubt } from './decimal-signs.ts';
import { withDecimalPoint } from './numbers.ts';

/** One column as text. Each distinct text is kept once: the cell of row i is `texts[codes[i]]`; an empty text is an empty cell. */
export interface SheetColumn {
  readonly name: string;
  readonly texts: readonly string[];
  readonly codes: Int32Array;
  /** Why the column cannot be read for numbers, if it cannot: a cell whose decimal sign is in doubt, and what to do. */
  readonly doubt?: { readonly code: number; readonly sentence: string };
}

/** How a file writes its cells. */
export interface Dialect {
  readonly delimiter: string;
  /** Whether 1.5 is written as 1,5. */
  readonly decimalComma: boolean;
}

export const plainDialect: Dialect = { delimiter: ',', decimalComma: false };

/** The cells of a table by column, unread: every row has a cell in every column. */
export interface Sheet {
  /** As messages name it. */
  readonly file: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: number;
  /** Of the file; the texts have decimal points. */
  readonly dialect: Dialect;
  /** Where a cell stands, as messages say it: `data.csv line 3, column "x"`. */
  cellAt(row: number, column: SheetColumn): string;
  /** Where a row stands: `data.csv line 3`. */
  rowAt(row: number): string;
}

/** Line breaks inside a text; a carriage return with its line feed is one. */
export function lineBreaks(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  return text.split(/\r\n|\n|\r/).length - 1;
}

class GrowingInts {
  private values = new Int32Array(256);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Int32Array(this.values.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  finish(): Int32Array {
    return this.values.slice(0, this.length);
  }
}

class ColumnBuilder {
  readonly name: string;
  readonly texts: string[] = [];
  private readonly codeOf = new Map<string, number>();
  private readonly codes = new GrowingInts();

  constructor(name: string) {
    this.name = name;
  }

  push(text: string): void {
    let code = this.codeOf.get(text);
    if (code === undefined) {
      code = this.texts.length;
      this.codeOf.set(text, code);
      this.texts.push(text);
    }
    this.codes.push(code);
  }

  finish(decimalComma: boolean, doubt: Doubt | undefined): SheetColumn {
    const texts = decimalComma ? this.texts.map(withDecimalPoint) : this.texts;
    const column = { name: this.name, texts, codes: this.codes.finish() };
    if (doubt === undefined) return column;
    const sentence = `is ${JSON.stringify(doubt.text)}, ${doubt.remedy}`;
    return { ...column, doubt: { code: this.texts.indexOf(doubt.text), sentence } };
  }
}

/** The text of a cell. `row` counts from 0. */
export function cellText(column: SheetColumn, row: number): string {
  return column.texts[column.codes[row] ?? 0] ?? '';
}

/** The first row, counted from 0, whose cell has this text; -1 when none has. */
export function firstRowWith(column: SheetColumn, code: number): number {
  return column.codes.indexOf(code);
}

/** Throws a data error for the first cell of a column of numbers whose decimal sign is in doubt. */
export function checkSigns(sheet: Sheet, column: SheetColumn): void {
  const { doubt } = column;
  if (doubt !== undefined)
    throw dataError(`${sheet.cellAt(firstRowWith(column, doubt.code), column)} ${doubt.sentence}`);
}

/** What rows are called in messages: a file has lines, whose breaks inside quoted cells count; a list of objects has rows. */
export type RowWord = 'line' | 'row';

/** Collects rows into columns. Throws data errors for column names that are empty or stand twice. */
export class SheetBuilder {
  private readonly file: string;
  private readonly word: RowWord;
  private readonly columns: readonly ColumnBuilder[];
  private readonly places = new GrowingInts();

  constructor(file: string, word: RowWord, names: readonly string[], headerAt: string = file) {
    checkNames(names, headerAt);
    this.file = file;
    this.word = word;
    this.columns = names.map((name) => new ColumnBuilder(name));
  }

  /** `place` is the line on which the row begins, or its number among the rows, from 1. */
  add(place: number, cells: readonly string[]): void {
    this.places.push(place);
    this.columns.forEach((column, at) => column.push(cells[at] ?? ''));
  }

  finish(delimiter: string = plainDialect.delimiter): Sheet {
    const { file, word } = this;
    const { commas, doubts } = decimalSigns(
      this.columns.map(({ texts }) => texts),
      delimiter,
    );
    const columns = this.columns.map((column, at) => column.finish(commas[at]!, doubts[at]));
    const places = this.places.finish();
    const placeOf = (row: number): number => places[row] ?? 0;
    const linesBefore = (row: number, column: SheetColumn): number => {
      const before = columns.slice(0, columns.indexOf(column));
      return before.reduce((sum, other) => sum + lineBreaks(cellText(other, row)), 0);
    };
    return {
      file,
      columns,
      rows: places.length,
      dialect: { delimiter, decimalComma: commas.includes(true) },
      rowAt: (row) => `${file} ${word} ${placeOf(row)}`,
      cellAt: (row, column) => {
        const place = placeOf(row) + (word === 'line' ? linesBefore(row, column) : 0);
        return `${file} ${word} ${place}, column ${JSON.stringify(column.name)}`;
      },
    };
  }
}

/** That column `at` of a header has no name, as `named` of `count` have. */
export function unnamedColumn(headerAt: string, at: number, count: number, named: number): Error {
  const title = 2 * named <= count ? ', or that line, if it is a title' : '';
  return dataError(
    `${headerAt}: column ${at + 1} of ${count} has no name; give every column a name, or remove this one${title}`,
  );
}

function checkNames(names: readonly string[], headerAt: string): void {
  const seen = new Map<string, number>();
  names.forEach((name, at) => {
    if (name === '') {
      throw unnamedColumn(headerAt, at, names.length, names.filter((other) => other !== '').length);
    }
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      throw dataError(
        `${headerAt}: columns ${earlier + 1} and ${at + 1} are both named ${JSON.stringify(name)}; rename one of them`,
      );
    }
    seen.set(name, at);
  });
}

/** A cell of a table that a program holds as objects; null, undefined and the empty text are empty cells. */
export type Cell = string | number | boolean | null | undefined;

/** Rows of objects as a sheet; the columns are the rows' keys, in the order of their first appearance. */
export function sheetFromRows(rows: readonly Readonly<Record<string, Cell>>[], file: string): Sheet {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  const order = [...names];
  const builder = new SheetBuilder(file, 'row', order);
  rows.forEach((row, at) =>
    builder.add(
      at + 1,
      order.map((name) => (Object.hasOwn(row, name) ? String(row[name] ?? '') : '')),
    ),
  );
  return builder.finish();
}
