import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { dataError, isTemporary, readBytes, syncDirectory, unreadable, writingFailed } from '../base/index.ts';
import { createSpace, type Space } from '../space/index.ts';
import { removeLeftovers, writeCheckpoint } from './checkpoint.ts';
import {
  plainEvent,
  type JournalEvent,
  type RoundSummary,
  type RunRequest,
  type RunSettings,
  type StopReason,
} from './events.ts';
import { beginJournal, foldJournal, journalFile, openJournal, type Journal } from './journal.ts';
import { acquireLock, type Lock } from './lock.ts';
import { checkedDesign, newsAmong, type Tell } from './history.ts';
import { createFold, type Fold, type RunRecord } from './record.ts';
import { checkColumns, createResultsWriter, type WriteResults } from './results.ts';
import { compareSettings, plainSettings } from './settings.ts';

/**
 * A run directory that this process holds. Every method resolves when what it was given is on disk, and rejects with a `stopped` error
 * when it cannot be written (full disk, read-only directory); all that was acknowledged before is kept.
 */
export interface Run {
  readonly directory: string;
  readonly space: Space;
  /** Whether the run had been begun before. */
  readonly resumed: boolean;
  /** What happened so far; it grows as the run goes on. */
  readonly record: RunRecord;
  /** Journals what is to be evaluated, in one write, before it is handed out. Throws a data error for an id that is taken. */
  ask(round: number, requests: readonly RunRequest[]): Promise<void>;
  /**
   * Journals what came of evaluations, all or none; resolves with how many were new. The same id told twice with the same reward is
   * nothing, and so is no reward for what was asked. Throws a data error that names both for another reward or design, and for a
   * reward that is not finite or a design that is not in the space's bounds.
   */
  tell(evaluations: readonly Tell[]): Promise<number>;
  /** Journals what a round did. */
  round(summary: RoundSummary): Promise<void>;
  stop(reason: StopReason): Promise<void>;
  /** Rewrites `evaluations.csv` and `best.json`; `best` is by default the best reward that the constraints allow. */
  readonly writeResults: WriteResults;
  /** Writes a file of the directory that appears whole and survives a power cut. */
  writeFile(name: string, content: string | Uint8Array): Promise<void>;
  /** A file's bytes. Throws a data error. */
  readFile(name: string): Promise<Uint8Array>;
  /** Waits for what is being written and gives the lock back. */
  close(): Promise<void>;
}

/** Whether a directory holds a run. Throws a data error when it holds something else; one that is empty or not there does not. */
export async function holdsRun(directory: string): Promise<boolean> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'ENOTDIR')
      throw dataError(`${directory} is a file, and a directory for the run was expected; name another`);
    throw unreadable(directory, 'a run directory', cause);
  }
  if (names.includes('journal.jsonl')) return true;
  const foreign = names.find((name) => name !== 'lock' && !isTemporary(name));
  if (foreign === undefined) return false;
  throw dataError(
    `${directory} is no run directory: it holds ${foreign} and no journal.jsonl; name a new or empty directory`,
  );
}

/** Node's own recursive `mkdir` says of a read-only disk that the directory above does not exist. */
async function makeDirectories(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(directory) === directory) throw cause;
    await makeDirectories(dirname(directory));
    await mkdir(directory);
  }
  await syncDirectory(dirname(directory));
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeDirectories(resolve(directory));
  } catch (cause) {
    throw writingFailed(directory, cause);
  }
}

interface Opened {
  readonly fold: Fold;
  /** Bytes of the journal's whole lines. */
  readonly length: number;
  readonly resumed: boolean;
  /** What opening it adds to the journal. */
  readonly news: readonly JournalEvent[];
}

async function begin(directory: string, settings: RunSettings): Promise<Opened> {
  const length = await beginJournal(directory, settings);
  return { fold: createFold(settings), length, resumed: false, news: [] };
}

async function resume(directory: string, settings: RunSettings | undefined): Promise<Opened> {
  const { fold, length } = await foldJournal(directory);
  const raised = settings !== undefined && compareSettings(directory, fold.record.settings, settings) === 'raised';
  const evaluations = settings?.evaluations;
  const event: JournalEvent = { event: 'raised', ...(evaluations !== undefined && { evaluations }) };
  return { fold, length, resumed: true, news: raised ? [event] : [] };
}

async function createRun(directory: string, opened: Opened, journal: Journal, lock: Lock): Promise<Run> {
  const { fold, resumed, news } = opened;
  const { record } = fold;
  const space = createSpace(record.settings.space);
  function append(event: JournalEvent): Promise<void> {
    const plain = plainEvent(event);
    fold.apply(plain);
    return journal.append(plain);
  }
  for (const event of news) await append(event);
  return {
    directory,
    space,
    resumed,
    record,
    async ask(round, requests) {
      const checked = requests.map((request) => ({ ...request, design: checkedDesign(space, request.design) }));
      await append({ event: 'asked', round, requests: checked });
    },
    async tell(evaluations) {
      const tells = newsAmong(evaluations, record, space);
      await Promise.all(tells.map((tell) => append({ event: 'told', ...tell })));
      // What is no news may have been told a moment ago and still be on its way.
      await journal.settled();
      return tells.length;
    },
    round: async (summary) => append({ event: 'round', ...summary }),
    stop: async (reason) => append({ event: 'stopped', reason }),
    writeResults: createResultsWriter(directory, record, space),
    writeFile: (name, content) => writeCheckpoint(join(directory, name), content),
    readFile: (name) => readBytes(join(directory, name), 'a file of the run'),
    async close() {
      await journal.close();
      await lock.release();
    },
  };
}

async function openHeld(directory: string, settings: RunSettings | undefined, lock: Lock): Promise<Run> {
  await removeLeftovers(directory);
  const fresh = settings !== undefined && !(await holdsRun(directory));
  const opened = fresh ? await begin(directory, settings) : await resume(directory, settings);
  const journal = await openJournal(directory, opened.length);
  try {
    return await createRun(directory, opened, journal, lock);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * Begins a run in a new or empty directory, or goes on with the one that it holds; without settings it must hold one. The directory is
 * locked until `close`. Throws a `stopped` error when another process holds it (naming that process) or when it cannot be written; a
 * usage error that names a setting and both its values when the run was begun with another, unless only `evaluations` is raised; a
 * data error when the directory holds something else or its journal is broken.
 */
export async function openRun(directory: string, settings?: RunSettings): Promise<Run> {
  const plain = settings === undefined ? undefined : plainSettings(settings);
  if (plain !== undefined) checkColumns(plain);
  const there = await holdsRun(directory);
  if (!there && plain === undefined)
    throw dataError(`${directory} holds no run: there is no ${journalFile(directory)}`);
  if (!there) await makeDirectory(directory);
  const lock = await acquireLock(directory);
  try {
    return await openHeld(directory, plain, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
