import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readFile, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError, temporaryBeside, writingFailed } from '../base/index.ts';
import { livenessOf, ownIdentity, type ProcessIdentity } from './process.ts';

/** A held lock. */
export interface Lock {
  /** Gives the lock back. A lock that cannot be removed is left to be replaced when this process has ended. */
  release(): Promise<void>;
}

const overtakenCodes = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);

/** Whether an error only says that another process was quicker. */
function isOvertaken(error: unknown): boolean {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  // Windows answers so to a rename onto a directory.
  return overtakenCodes.has(code) || (process.platform === 'win32' && code === 'EPERM' && syscall === 'rename');
}

async function unlessOvertaken<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    return undefined;
  }
}

/**
 * Puts a directory with one file, `token`, in the place of the lock: a rename, which works only where there is no lock or an empty
 * one, so the lock is never seen without its holder.
 */
async function place(lock: string, token: string, holder: ProcessIdentity): Promise<boolean> {
  const trial = temporaryBeside(lock);
  await mkdir(trial);
  try {
    const handle = await open(join(trial, token), 'wx');
    await handle
      .writeFile(`${JSON.stringify(holder)}\n`)
      .then(() => handle.sync())
      .finally(() => handle.close());
    await rename(trial, lock);
    // Another process that takes `trial` for a leftover may have emptied it.
    await access(join(lock, token));
    return true;
  } catch (error) {
    await rm(trial, { recursive: true, force: true });
    if (!isOvertaken(error)) throw error;
    return false;
  }
}

const identitySchema: z.ZodType<ProcessIdentity> = z.object({
  host: z.string(),
  pid: z.number().int(),
  started: z.string(),
  pids: z.string(),
});

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The file that names the lock's holder; undefined when the lock was given back meanwhile. */
async function readHolder(lock: string): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const [token] = (await unlessOvertaken(readdir(lock))) ?? [];
  if (token === undefined) return undefined;
  const file = join(lock, token);
  const text = await unlessOvertaken(readFile(file, 'utf8'));
  return text === undefined ? undefined : { file, text };
}

function refusal(
  directory: string,
  lock: string,
  holder: ProcessIdentity | undefined,
  own: ProcessIdentity,
): UserError {
  const removal = `delete ${lock} if no process uses it`;
  if (holder === undefined) return new UserError('stopped', `cannot tell who uses ${directory}; ${removal}`);
  const { host, pid } = holder;
  const words =
    host !== own.host || holder.pids !== own.pids
      ? `process ${pid} on ${host}${host === own.host ? ' in another container' : ''}, which cannot be seen from here; ${removal}`
      : `process ${pid} on ${host}${pid === own.pid ? ', which is this one' : ''}; wait until it has ended`;
  return new UserError('stopped', `${directory} is in use by ${words}`);
}

/** More rounds than this of overtaking and being overtaken mean that something else is wrong. */
const mostTries = 1000;

/**
 * Takes the lock of a directory, `directory/lock`. A holder on this host that has ended is replaced, also when its pid is in use again.
 * Throws a `stopped` error that names the holder when it lives or cannot be seen from here, or that says why the lock cannot be
 * written. Safe with any number of contenders: a dead holder is removed by its own file's name, which nobody else's lock has.
 */
export async function acquireLock(directory: string): Promise<Lock> {
  const lock = join(directory, 'lock');
  const token = `${randomUUID()}.json`;
  const own = await ownIdentity();
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      if (await place(lock, token, own)) return { release: () => release(lock, token) };
      const found = await readHolder(lock);
      if (found !== undefined) {
        const holder = parseIdentity(found.text);
        if (holder === undefined || (await livenessOf(holder, own)) !== 'dead') {
          throw refusal(directory, lock, holder, own);
        }
        await unlessOvertaken(unlink(found.file));
      }
      await unlessOvertaken(rmdir(lock));
    }
  } catch (cause) {
    throw cause instanceof UserError ? cause : writingFailed(lock, cause);
  }
  throw new UserError('stopped', `cannot lock ${directory}: too many processes try to`);
}

async function release(lock: string, token: string): Promise<void> {
  await unlink(join(lock, token)).catch(() => undefined);
  await rmdir(lock).catch(() => undefined);
}
