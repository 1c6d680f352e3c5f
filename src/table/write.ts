import { stringify } from 'csv-stringify';
import { stringify as stringifyNow } from 'csv-stringify/sync';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { dataError, writeThrough, writingFailed } from '../base/index.ts';
import type { Design } from '../space/index.ts';
import { shownName } from './names.ts';
import { formatCell, withDecimalComma } from './numbers.ts';
import { plainDialect, type Dialect } from './sheet.ts';

/** A column that is not part of the designs: one cell per row. */
export interface ExtraColumn {
  readonly name: string;
  readonly cells: readonly (number | string)[];
  readonly decimals?: number;
}

export interface WriteOptions {
  /** Names of the design columns, in the order to write them. */
  readonly columns: readonly string[];
  /** Columns to write after those, as long as there are designs. */
  readonly extra?: readonly ExtraColumn[];
  /** Decimals of numbers by design column; where there are none a number is written exactly. */
  readonly decimals?: Readonly<Record<string, number>>;
  /** Delimiter and decimal sign: a comma and a point unless told otherwise. */
  readonly dialect?: Dialect;
}

function* linesOf(
  designs: readonly Design[],
  { columns, extra = [], decimals = {}, dialect = plainDialect }: WriteOptions,
): Generator<string[]> {
  const written = dialect.decimalComma ? withDecimalComma : (cell: string): string => cell;
  const columnDecimals = columns.map((name) => (Object.hasOwn(decimals, name) ? decimals[name] : undefined));
  yield [...columns, ...extra.map(({ name }) => name)];
  for (const [row, design] of designs.entries()) {
    const cells = columns.map((name, at) => formatCell(design[name] ?? '', columnDecimals[at]));
    yield [...cells, ...extra.map((column) => formatCell(column.cells[row] ?? '', column.decimals))].map(written);
  }
}

function checkContent(designs: readonly Design[], { columns, extra = [] }: WriteOptions): void {
  const names = [...columns, ...extra.map(({ name }) => name)];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw dataError(`the output would have two columns named ${shownName(twice)}; rename that column of the input`);
  }
  const short = extra.find(({ cells }) => cells.length !== designs.length);
  if (short !== undefined) {
    throw new RangeError(
      `column ${shownName(short.name)} has ${short.cells.length} cells for ${designs.length} designs`,
    );
  }
}

/** Quotes what the reader would otherwise trim, or take for another delimiter; a number with a decimal comma is neither. */
const mustQuote = /[;\t\r\n]|^(?![+-]?\d*,\d+([eE][+-]?\d+)?$)[^]*,|^\s|\s$|^\uFEFF/;

function csvOptions({ dialect: { delimiter } = plainDialect }: WriteOptions) {
  return { delimiter, record_delimiter: '\n', quoted_match: mustQuote };
}

function csvOf(designs: readonly Design[], options: WriteOptions): [Generator<string[]>, ReturnType<typeof stringify>] {
  return [linesOf(designs, options), stringify(csvOptions(options))];
}

/** The lines of `writeDesigns` one by one, each with its line feed: the header, then one per design. */
export function formatDesigns(designs: readonly Design[], options: WriteOptions): readonly string[] {
  checkContent(designs, options);
  return Array.from(linesOf(designs, options), (cells) => stringifyNow([cells], csvOptions(options)));
}

/** Resolves when everything written before has left the stream: a pipeline that leaves its end open does not wait for that. */
function flush(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write('', (error) => {
      if (error instanceof Error) return reject(error);
      stream.off('error', reject);
      resolve();
    });
  });
}

/** Writes designs as CSV with a header to a stream, which stays open. Throws a `stopped` error when the stream fails. */
export async function writeDesignsTo(
  stream: Writable,
  designs: readonly Design[],
  options: WriteOptions,
): Promise<void> {
  checkContent(designs, options);
  try {
    await pipeline(...csvOf(designs, options), stream, { end: false });
    await flush(stream);
  } catch (cause) {
    throw writingFailed('the output', cause);
  }
}

/**
 * Writes designs as CSV with a header (UTF-8, line feeds; gzipped when the name ends in .gz). The file appears whole or not at all;
 * one that was there is replaced. Throws a `stopped` error when that fails.
 */
export async function writeDesigns(file: string, designs: readonly Design[], options: WriteOptions): Promise<void> {
  checkContent(designs, options);
  const parts = csvOf(designs, options);
  await writeThrough(file, (sink) =>
    file.endsWith('.gz') ? pipeline(...parts, createGzip(), sink) : pipeline(...parts, sink),
  );
}
