import { CsvError, parse } from 'csv-parse';
import { pipeline } from 'node:stream/promises';
import { dataError } from '../base/index.ts';
import { textOf, textOfFile, type ReadingOptions } from './bytes.ts';
import { lineBreaks, SheetBuilder, unnamedColumn, type Sheet } from './sheet.ts';

const delimiters = [',', ';', '\t'] as const;
const longestRecord = 2 ** 24;

/** What spreadsheets write before the header to say what parts cells. */
const namedDelimiter = /^[\uFEFF\r\n]*sep=([,;\t])\r?\n/i;
const delimiterLine = /^sep=$/i;

/** The delimiter that the first line names; else the one that stands most often outside quotes in the first line that is not empty, the
 *  earlier of the list in a tie. */
export function findDelimiter(text: string): string {
  const named = namedDelimiter.exec(text)?.[1];
  if (named !== undefined) return named;
  const counts = new Map<string, number>(delimiters.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const letter of text.replace(/^[\uFEFF\r\n]+/, '')) {
    if (letter === '"') quoted = !quoted;
    if (quoted) continue;
    if (letter === '\n' || letter === '\r') break;
    const count = counts.get(letter);
    if (count !== undefined) counts.set(letter, count + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** The same bytes, the first chunk holding the header whole, or what there is of it in the first megabyte. */
async function* withWholeHeader(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 2 ** 20 && !/\S[^\r\n]*[\r\n]/.test(head.toString())) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

/** Turns records into a sheet, keeping count of the lines of the file. */
class RecordReader {
  private readonly file: string;
  /** The line on which the next record begins. */
  line = 1;
  private names: readonly string[] | undefined;
  /** Cells of the header, with empty ones at its end, which spreadsheets leave where columns were removed. */
  private width = 0;
  private headerLine = 0;
  private builder: SheetBuilder | undefined;

  constructor(file: string) {
    this.file = file;
  }

  add(cells: readonly string[]): void {
    const line = this.line;
    this.line += 1 + cells.reduce((sum, cell) => sum + lineBreaks(cell), 0);
    if (cells.every((cell) => cell === '')) return;
    if (this.names === undefined || this.builder === undefined) {
      if (line === 1 && delimiterLine.test(cells[0]!)) return;
      this.width = cells.length;
      this.headerLine = line;
      this.names = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
      this.builder = new SheetBuilder(this.file, 'line', this.names, `${this.file} line ${line}`);
      return;
    }
    const { names } = this;
    if (cells.length === this.width) {
      const unnamed = cells.findIndex((cell, at) => at >= names.length && cell !== '');
      if (unnamed >= 0) throw unnamedColumn(`${this.file} line ${this.headerLine}`, unnamed, this.width, names.length);
    } else if (cells.length !== names.length) throw ragged(this.file, line, cells, names);
    this.builder.add(line, cells.slice(0, names.length));
  }

  finish(delimiter: string): Sheet {
    if (this.builder === undefined) {
      throw dataError(
        `${this.file} is empty; a header line with the columns' names and at least one row were expected`,
      );
    }
    const sheet = this.builder.finish(delimiter);
    if (sheet.rows === 0) {
      throw dataError(`${this.file} holds a header line and nothing else; at least one row was expected`);
    }
    return sheet;
  }
}

function ragged(file: string, line: number, cells: readonly string[], names: readonly string[]): Error {
  const found = `${file} line ${line} has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
  const expected = `the header names ${names.length} ${names.length === 1 ? 'column' : 'columns'}`;
  const missing = names.slice(cells.length).map((name) => JSON.stringify(name));
  return cells.length < names.length
    ? dataError(`${found} and ${expected}; add what is missing, from ${missing[0]} on`)
    : dataError(`${found} and ${expected}; remove what is too much, or quote the cell that holds a delimiter`);
}

type Failure = { readonly line: number; readonly column: number; readonly file: string };

/** What a failure of the CSV syntax means to whoever wrote the file. */
const syntaxErrors: Readonly<Record<string, (failure: Failure) => string>> = {
  CSV_QUOTE_NOT_CLOSED: ({ file, line, column }) =>
    `${file} line ${line}, cell ${column} opens a quote that nothing closes; close it, or remove it`,
  CSV_MAX_RECORD_SIZE: ({ file, line }) =>
    `${file} line ${line} begins a row of more than ${longestRecord / 2 ** 20} MB; look for a quote that nothing closes`,
  CSV_INVALID_CLOSING_QUOTE: ({ file, line, column }) =>
    `${file} line ${line}, cell ${column} goes on after its closing quote; write a quote inside a quoted cell twice`,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: ({ file, line, column }) =>
    `${file} line ${line}, cell ${column} goes on after its closing quote; write a quote inside a quoted cell twice`,
  INVALID_OPENING_QUOTE: ({ file, line, column }) =>
    `${file} line ${line}, cell ${column} holds a quote after other letters; quote the whole cell, and write its inner quotes twice`,
};

function explain(cause: unknown, file: string, line: number): unknown {
  if (!(cause instanceof CsvError)) return cause;
  const column = typeof cause['column'] === 'number' ? cause['column'] + 1 : 1;
  const sentence = syntaxErrors[cause.code]?.({ file, line, column });
  return dataError(sentence ?? `${file} line ${line} is not CSV: ${cause.message}`, { cause });
}

async function parseText(file: string, text: AsyncIterable<Buffer>): Promise<Sheet> {
  const reader = new RecordReader(file);
  const chunks = withWholeHeader(text);
  const first = await chunks.next();
  const delimiter = findDelimiter(first.done === true ? '' : first.value.toString());
  if (first.done === true) return reader.finish(delimiter);
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    trim: true,
    max_record_size: longestRecord,
    on_record: (cells: string[]) => {
      reader.add(cells);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(async function* () {
      yield first.value;
      yield* chunks;
    }, parser);
  } catch (cause) {
    throw explain(cause, file, reader.line);
  }
  return reader.finish(delimiter);
}

/**
 * The cells of a CSV file: UTF-8, comma, semicolon or tab, any line ends, plain or gzipped. Between semicolons and tabs numbers may
 * have decimal commas. Spaces around unquoted cells and rows without any cell are dropped. Throws data errors that name file, line
 * and column.
 */
export function readSheet(file: string, options: ReadingOptions): Promise<Sheet> {
  return parseText(file, textOfFile(file, options));
}

/** The cells of CSV text, or of the bytes of a CSV file, that a program holds already; `file` is its name in messages. */
export function parseSheet(content: string | Uint8Array, file: string): Promise<Sheet> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return parseText(
    file,
    textOf(
      file,
      // eslint-disable-next-line @typescript-eslint/require-await -- an asynchronous source is what the reader takes
      (async function* () {
        yield bytes;
      })(),
    ),
  );
}
