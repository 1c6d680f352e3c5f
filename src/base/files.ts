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
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError, dataError, messageOf } from './errors.ts';

type Reasons = Readonly<Record<string, string>>;

const readingReasons: Reasons = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
};

const writingReasons: Reasons = {
  ENOENT: 'its directory does not exist',
  ENOTDIR: 'a part of its path is a file, not a directory',
  EISDIR: 'it is a directory',
  EACCES: 'writing there is not permitted',
  EPERM: 'writing there is not permitted',
  EROFS: 'its disk is read-only',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be larger than the system permits',
  EPIPE: 'its reader closed it',
};

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? '';
}

/** The data error for a file that the system would not let us read. `expected` is what should have been there: "a CSV file". */
export function unreadable(file: string, expected: string, cause: unknown): UserError {
  const reason =
    codeOf(cause) === 'EISDIR' ? `it is a directory, and ${expected} was expected` : readingReasons[codeOf(cause)];
  return dataError(`cannot read ${file}: ${reason ?? messageOf(cause)}`, { cause });
}

/** The bytes of a file. Throws a data error when it cannot be read. */
export async function readBytes(file: string, expected: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw unreadable(file, expected, cause);
  }
}

/** The `stopped` error for an output that failed while it was written. */
export function writingFailed(name: string, cause: unknown): UserError {
  return new UserError('stopped', `cannot write ${name}: ${writingReasons[codeOf(cause)] ?? messageOf(cause)}`, {
    cause,
  });
}

/** The file that a name stands for (links followed), and whether it is there as something that must not be replaced. */
function resolveTarget(file: string): { readonly path: string; readonly special: boolean } {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (facts === undefined) return { path: file, special: false };
  if (facts.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  accessSync(file, constants.W_OK);
  return { path: facts.isFile() ? realpathSync(file) : file, special: !facts.isFile() };
}

/** A new name in the same directory, for what is to be renamed to `path` when it is whole. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`);
}

/** Whether a file's name is one of `temporaryBeside`. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name);
}

/** What systems and disks answer that cannot sync a directory. */
const cannotSync = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP']);

/** Makes the names in a directory survive a power cut, where the system can. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (cause) {
    if (!cannotSync.has(codeOf(cause))) throw cause;
  }
}

export interface WritingOptions {
  /** Whether the file is to survive a power cut once the promise resolves (false): it and its directory are synced. */
  readonly durable?: boolean;
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
    throw dataError(`cannot write ${file}: ${writingReasons[codeOf(cause)] ?? messageOf(cause)}`, { cause });
  }
}

/**
 * Writes a file that appears whole or not at all; one that was there is replaced. `fill` writes into a stream and ends it. Throws a
 * `stopped` error when that fails.
 */
export async function writeThrough(
  file: string,
  fill: (sink: Writable) => Promise<void>,
  { durable = false }: WritingOptions = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    const { path, special } = resolveTarget(file);
    temporary = special ? undefined : temporaryBeside(path);
    await fill(createWriteStream(temporary ?? path, { flags: temporary === undefined ? 'w' : 'wx', flush: durable }));
    if (temporary !== undefined) await rename(temporary, path);
    if (durable) await syncDirectory(dirname(path));
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true });
    throw writingFailed(file, cause);
  }
}

/** Writes a file that appears whole or not at all; one that was there is replaced. Throws a `stopped` error when that fails. */
export function writeWhole(file: string, content: string | Uint8Array, options?: WritingOptions): Promise<void> {
  return writeThrough(file, (sink) => pipeline([content], sink), options);
}
