import { dataError } from '../base/index.ts';
import {
  commaNumeral,
  isMissingMark,
  parseNumber,
  pointNumeral,
  thousandsNumeral,
  withDecimalPoint,
} from './numbers.ts';

/** One column as text. Each distinct text is kept once: the cell of row i is `texts[codes[i]]`; an empty text is an empty cell. */
export interface SheetColumn {
  readonly name: string;
  readonly texts: readonly string[];
  readonly codes: Int32Array;
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
  private readonly texts: string[] = [];
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

  /** Whether a number has a comma, and none a point. */
  get hasDecimalCommas(): boolean {
    return this.texts.some((text) => commaNumeral.test(text)) && !this.hasDecimalPoints;
  }

  get hasDecimalPoints(): boolean {
    return this.texts.some((text) => pointNumeral.test(text));
  }

  /** Whether a number has a comma that cannot stand between thousands. */
  get provesDecimalCommas(): boolean {
    return this.hasDecimalCommas && this.texts.some((text) => commaNumeral.test(text) && !thousandsNumeral.test(text));
  }

  /** The first number whose comma may stand between thousands, in a column of numbers. */
  get thousands(): string | undefined {
    const isNumber = (text: string): boolean =>
      thousandsNumeral.test(text) || commaNumeral.test(text) || parseNumber(text) !== undefined;
    const numbers = this.texts.every((text) => text === '' || isMissingMark(text) || isNumber(text));
    return numbers ? this.texts.find((text) => thousandsNumeral.test(text)) : undefined;
  }

  finish(decimalComma: boolean): SheetColumn {
    const texts = decimalComma ? this.texts.map(withDecimalPoint) : this.texts;
    return { name: this.name, texts, codes: this.codes.finish() };
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

  /** Whether a comma before three digits is a decimal one: where another number of the file says so, or semicolons do, which stand between
   *  cells because commas are in numbers, and no number says otherwise. */
  private hasDecimalCommas(delimiter: string): boolean {
    if (delimiter === ',') return false;
    const { columns } = this;
    if (columns.some((column) => column.provesDecimalCommas)) return true;
    return delimiter === ';' && !columns.some((column) => column.hasDecimalPoints);
  }

  /**
   * A column has decimal commas where the delimiter is another, one of its numbers has a comma, and none has a point. Throws a data error
   * for 1,250 in a column of numbers where nothing says whether that is 1250 or 1.25.
   */
  finish(delimiter: string = plainDialect.delimiter): Sheet {
    const { file, word } = this;
    const hasCommas = this.columns.map((column) => delimiter !== ',' && column.hasDecimalCommas);
    const decimalComma = hasCommas.includes(true);
    const columns = this.columns.map((column, at) => column.finish(hasCommas[at]!));
    const places = this.places.finish();
    const placeOf = (row: number): number => places[row] ?? 0;
    const linesBefore = (row: number, column: SheetColumn): number => {
      const before = columns.slice(0, columns.indexOf(column));
      return before.reduce((sum, other) => sum + lineBreaks(cellText(other, row)), 0);
    };
    const sheet: Sheet = {
      file,
      columns,
      rows: places.length,
      dialect: { delimiter, decimalComma },
      rowAt: (row) => `${file} ${word} ${placeOf(row)}`,
      cellAt: (row, column) => {
        const place = placeOf(row) + (word === 'line' ? linesBefore(row, column) : 0);
        return `${file} ${word} ${place}, column ${JSON.stringify(column.name)}`;
      },
    };
    if (!this.hasDecimalCommas(delimiter)) this.checkThousands(sheet);
    return sheet;
  }

  private checkThousands(sheet: Sheet): void {
    this.columns.forEach(({ thousands }, at) => {
      if (thousands === undefined) return;
      const column = sheet.columns[at]!;
      const written = [thousands, withDecimalPoint(thousands)];
      const row = firstRowWith(
        column,
        column.texts.findIndex((text) => written.includes(text)),
      );
      throw dataError(
        `${sheet.cellAt(row, column)} is ${JSON.stringify(thousands)}: a comma between thousands, or a decimal one; write ${thousands.replaceAll(',', '')}, or a decimal point`,
      );
    });
  }
}

function checkNames(names: readonly string[], headerAt: string): void {
  const seen = new Map<string, number>();
  names.forEach((name, at) => {
    if (name === '') {
      throw dataError(
        `${headerAt}: column ${at + 1} of ${names.length} has no name; give every column a name, or remove this one`,
      );
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
