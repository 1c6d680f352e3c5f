import { stringify } from 'csv-stringify';
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  createWriteStream,
  openSync,
  realpathSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError, dataError, messageOf } from '../base/index.ts';
import type { Design } from '../space/index.ts';
import { shownName } from './names.ts';
import { formatCell } from './numbers.ts';

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
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist',
  ENOTDIR: 'a part of its path is a file, not a directory',
  EISDIR: 'it is a directory',
  EACCES: 'writing there is not permitted',
  EPERM: 'writing there is not permitted',
  EROFS: 'its disk is read-only',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'no space is left on its disk',
  EPIPE: 'its reader closed it',
};

function reasonOf(cause: unknown): string {
  return systemReasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? messageOf(cause);
}

/** The file that a name stands for (links followed), and whether it is there as something that must not be replaced. */
function resolveTarget(file: string): { readonly path: string; readonly special: boolean } {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (facts === undefined) return { path: file, special: false };
  if (facts.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  accessSync(file, constants.W_OK);
  return { path: facts.isFile() ? realpathSync(file) : file, special: !facts.isFile() };
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`);
}

/**
 * Makes sure that a file can be written, before work is spent on what goes into it; leaves nothing behind and an existing file as
 * it is. Throws a data error that says why not.
 */
export function checkWritable(file: string): void {
  try {
    const { path, special } = resolveTarget(file);
    if (special) return;
    const trial = temporaryBeside(path);
    closeSync(openSync(trial, 'wx'));
    unlinkSync(trial);
  } catch (cause) {
    throw dataError(`cannot write ${file}: ${reasonOf(cause)}`, { cause });
  }
}

function writingFailed(name: string, cause: unknown): UserError {
  return new UserError('stopped', `cannot write ${name}: ${reasonOf(cause)}`, { cause });
}

function* linesOf(
  designs: readonly Design[],
  { columns, extra = [], decimals = {} }: WriteOptions,
): Generator<string[]> {
  const columnDecimals = columns.map((name) => (Object.hasOwn(decimals, name) ? decimals[name] : undefined));
  yield [...columns, ...extra.map(({ name }) => name)];
  for (const [row, design] of designs.entries()) {
    const cells = columns.map((name, at) => formatCell(design[name] ?? '', columnDecimals[at]));
    yield [...cells, ...extra.map((column) => formatCell(column.cells[row] ?? '', column.decimals))];
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

/** Quotes what the reader would otherwise trim, or take for another delimiter. */
const mustQuote = /[;\t\r\n]|^\s|\s$|^\uFEFF/;

function csvOf(designs: readonly Design[], options: WriteOptions): [Generator<string[]>, ReturnType<typeof stringify>] {
  return [linesOf(designs, options), stringify({ record_delimiter: '\n', quoted_match: mustQuote })];
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
  let temporary: string | undefined;
  try {
    const { path, special } = resolveTarget(file);
    temporary = special ? undefined : temporaryBeside(path);
    const sink = createWriteStream(temporary ?? path, { flags: temporary === undefined ? 'w' : 'wx' });
    await (file.endsWith('.gz') ? pipeline(...parts, createGzip(), sink) : pipeline(...parts, sink));
    if (temporary !== undefined) await rename(temporary, path);
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true });
    throw writingFailed(file, cause);
  }
}
