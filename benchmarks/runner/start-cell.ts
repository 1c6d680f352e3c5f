import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  endNow,
  type BenchmarkCell,
  type CellEvent,
  type CellOrder,
  type OfflineCell,
  type OnlineCell,
  type Spent,
  type Status,
} from './cells.ts';
import type { CellKey } from '../offline/cells.ts';

const program = join(import.meta.dirname, 'cell-process.js');

/** Seconds that loading a task may take, beside what a method may. */
const loadingCap = 600;

/** How a cell is measured. */
export interface CellTerms {
  /** Seconds from when its task is loaded. */
  readonly cap: number;
  readonly threads: number;
  readonly modules: readonly string[];
  readonly code: string;
  readonly package: string;
  readonly signal?: AbortSignal;
}

/** What was heard of a cell so far. */
type Draft = Spent & {
  status: Status | undefined;
  message: string | undefined;
  versions: Readonly<Record<string, string>> | undefined;
  curve: OnlineCell['curve'][number][];
  methodSeconds: number;
  costs: OnlineCell['facts'];
  incumbent: OnlineCell['incumbent'];
  recommended: OnlineCell['recommended'];
  scored: Pick<OfflineCell, 'facts' | 'scores' | 'problems' | 'designs'>;
};

function emptyDraft(): Draft {
  return {
    status: undefined,
    message: undefined,
    versions: undefined,
    curve: [],
    methodSeconds: 0,
    costs: undefined,
    incumbent: undefined,
    recommended: undefined,
    scored: { scores: [], problems: [], designs: [] },
    cpuSeconds: 0,
    megabytes: 0,
  };
}

/** Adds what a process told. */
function hear(draft: Draft, event: CellEvent): Draft {
  const { cpuSeconds, megabytes } = event;
  const heard = { ...draft, cpuSeconds, megabytes };
  switch (event.event) {
    case 'online':
      return { ...heard, costs: event.facts };
    case 'reached':
      heard.curve.push(event.reached);
      return { ...heard, methodSeconds: event.methodSeconds, incumbent: event.incumbent };
    case 'offline':
    case 'proposed':
      return heard;
    case 'scored':
      return { ...heard, scored: event.result };
    case 'done':
      return { ...heard, status: 'done', versions: event.versions, recommended: event.recommended };
    case 'failed':
    case 'missing':
      return { ...heard, status: event.event, message: event.message };
  }
}

/** Ends a process, or what it left running, with those that it started: it leads a group of its own. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

/** Milliseconds that a process has to end what it started in groups of their own, as peers are, before it is killed. */
const graceMs = 2000;

/** Ends a process whose runner has no use for it any more. */
function end(child: ChildProcess): void {
  const timer = setTimeout(() => kill(child), graceMs);
  child.once('exit', () => clearTimeout(timer));
  child.send(endNow, () => undefined);
}

/** The last words of a process that ended without telling why. */
function deathOf(child: ChildProcess, words: string): string {
  const how = child.signalCode === null ? `with exit code ${child.exitCode}` : `by ${child.signalCode}`;
  const last = words.trim().split('\n').slice(-3).join(' ');
  return `its process ended ${how}${last === '' ? '' : `: ${last}`}`;
}

/**
 * Measures a cell in a process of its own. Resolves with what was measured when the process is gone: one that takes longer than it may is
 * killed, and one that dies has failed. Rejects with the signal's reason, when the process is gone too.
 */
export async function measureCell(order: Pick<CellOrder, 'cell'>, terms: CellTerms): Promise<BenchmarkCell> {
  const { cap, threads, modules, signal } = terms;
  const started = performance.now();
  const child = fork(program, [], { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let draft = emptyDraft();
  let words = '';
  let capped = false;
  let timer: NodeJS.Timeout | undefined;
  const arm = (limit: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      capped = true;
      end(child);
    }, limit * 1000);
  };
  const abort = (): void => end(child);
  signal?.addEventListener('abort', abort, { once: true });
  arm(loadingCap);
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-4000)));
  child.on('message', (event: CellEvent) => {
    draft = hear(draft, event);
    if (event.event === 'online' || event.event === 'offline') arm(cap);
    else if (event.event !== 'reached') clearTimeout(timer);
  });
  await new Promise<void>((resolve) => {
    child.once('error', (error) => {
      draft = { ...draft, status: 'failed', message: error.message };
      resolve();
    });
    child.once('exit', () => kill(child));
    child.once('close', () => resolve());
    child.send({ cell: order.cell, threads, modules } satisfies CellOrder, () => undefined);
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  const ended: Draft =
    draft.status !== undefined
      ? draft
      : capped
        ? { ...draft, status: 'capped' }
        : { ...draft, status: 'failed', message: deathOf(child, words) };
  return cellOf(order.cell, ended, { ...terms, seconds: (performance.now() - started) / 1000 });
}

function cellOf(cell: CellOrder['cell'], draft: Draft, terms: CellTerms & { readonly seconds: number }): BenchmarkCell {
  const { code, cap, threads, seconds } = terms;
  const key: CellKey = { ...cell, code };
  const { status = 'failed', message, versions, cpuSeconds, megabytes } = draft;
  const measured = {
    ...key,
    status,
    ...(message === undefined ? {} : { message }),
    seconds,
    cpuSeconds,
    megabytes,
    cap,
    threads,
    package: terms.package,
    node: process.version,
    ...(versions === undefined ? {} : { versions }),
  };
  if (cell.part === 'offline') return { ...measured, part: 'offline', ...draft.scored };
  const { costs, curve, methodSeconds, incumbent, recommended } = draft;
  return {
    ...measured,
    part: 'online',
    ...(costs === undefined ? {} : { facts: costs }),
    curve,
    methodSeconds,
    ...(incumbent === undefined ? {} : { incumbent }),
    ...(recommended === undefined ? {} : { recommended }),
  };
}
