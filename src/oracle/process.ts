import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, messageOf } from '../base/index.ts';
import { followStderr } from './lines.ts';

export interface ProcessOptions {
  /** The directory it runs in; this process's own by default. */
  readonly cwd?: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds between the steps of ending it (2000): its input closed, SIGTERM, SIGKILL. */
  readonly graceMs?: number;
  /** Told each line of its standard error, which is otherwise only kept for error messages. */
  readonly onStderr?: (line: string) => void;
}

/** A running program, with all that it starts. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  /** When it and its children are gone and its output is read: undefined after exit code 0, else what happened. */
  readonly ended: Promise<string | undefined>;
  /** The last line of its standard error so far. */
  lastWords(): string;
  /** Ends it and its children, starting with `first`; resolves when they are gone. */
  end(first: 'stdin' | 'SIGTERM'): Promise<void>;
}

/** How long output may still come after a program has ended, from children that hold its pipes. */
const drainMs = 250;

const startingReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program, or the directory to run it in is missing',
  EACCES: 'running it is not permitted',
  ENOEXEC: 'it is not a program that this machine can run',
  ENOTDIR: 'the directory to run it in is a file',
};

const running = new Set<number>();

/** Sends a signal to a program and its children; those already gone do not mind. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (!running.has(pid)) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Nobody is left.
  }
}

function killAll(): void {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
}

function keepTrack(pid: number): void {
  if (running.size === 0) process.on('exit', killAll);
  running.add(pid);
}

function forget(pid: number): void {
  running.delete(pid);
  if (running.size === 0) process.removeListener('exit', killAll);
}

/** True when the promise settles in time. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return settled;
}

function wordsOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  return code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with code ${code}`;
}

async function untilGone(child: ChildProcessWithoutNullStreams, pid: number): Promise<string | undefined> {
  const closed = once(child, 'close');
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  await within(drainMs, closed);
  signalGroup(pid, 'SIGKILL');
  if (!(await within(drainMs, closed))) {
    // A process of another group holds the pipes.
    child.stdout.destroy();
    child.stderr.destroy();
    await closed;
  }
  forget(pid);
  return wordsOf(code, signal);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Throws a `stopped` error when a program cannot be started, before it has to be. */
export function checkProgram(file: string, { cwd = '.', env = {} }: ProcessOptions): void {
  if (process.platform === 'win32') return;
  const folders = (env['PATH'] ?? process.env['PATH'] ?? '').split(delimiter);
  const places = file.includes('/') ? [resolve(cwd, file)] : folders.map((folder) => resolve(cwd, join(folder, file)));
  if (places.some(isProgram)) return;
  throw new UserError('stopped', `cannot start ${file}: there is no such program, or running it is not permitted`);
}

/**
 * Starts a program without a shell, in a process group of its own. Throws a `stopped` error when there is no such program, and a
 * plain one when the machine has no room for another.
 */
export async function startProgram(
  words: readonly [string, ...string[]],
  options: ProcessOptions = {},
): Promise<Program> {
  const [file, ...args] = words;
  const { cwd, env = {}, graceMs = 2000 } = options;
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    await once(child, 'spawn');
  } catch (cause) {
    const reason = startingReasons[(cause as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw new Error(`cannot start ${file}: ${messageOf(cause)}`, { cause });
    throw new UserError('stopped', `cannot start ${file}: ${reason}`, { cause });
  }
  const pid = child.pid!;
  keepTrack(pid);
  child.on('error', () => undefined);
  // A program need not read its input to the end.
  child.stdin.on('error', () => undefined);
  const lastWords = followStderr(child.stderr, options.onStderr);
  const ended = untilGone(child, pid);
  return {
    child,
    ended,
    lastWords,
    end: async (first) => {
      child.stdin.end();
      if (first === 'stdin' && (await within(graceMs, ended))) return;
      signalGroup(pid, 'SIGTERM');
      if (await within(graceMs, ended)) return;
      signalGroup(pid, 'SIGKILL');
      await ended;
    },
  };
}
