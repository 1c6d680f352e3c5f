import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, dataError, messageOf, unreadable, writeWhole, writingFailed } from '../base/index.ts';
import { formatEvent, journalVersion, parseEvent, type JournalEvent, type RunSettings } from './events.ts';
import { createFold, type Fold, type RunRecord } from './record.ts';

/** The journal's file in a run directory. */
export function journalFile(directory: string): string {
  return join(directory, 'journal.jsonl');
}

interface Line {
  readonly text: string;
  /** 1 for the first. */
  readonly number: number;
  /** Bytes of the file up to here, the line feed with them. */
  readonly end: number;
}

const lineFeed = 10;

/** The lines of a file that have a line feed; what follows the last one is left out. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let number = 0;
  let end = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
        const bytes = Buffer.concat([...rest, chunk.subarray(from, at)]);
        rest = [];
        from = at + 1;
        end += bytes.length + 1;
        number++;
        if (!isUtf8(bytes)) throw dataError(`line ${number} of ${file} is not UTF-8 text`);
        yield { text: bytes.toString('utf8'), number, end };
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    throw cause instanceof UserError ? cause : unreadable(file, 'a journal', cause);
  }
}

/** The journal's events, one by one, with their places; see `readJournal` for what is thrown. */
export async function* readEvents(directory: string): AsyncGenerator<{
  readonly event: JournalEvent;
  /** Line and file, for messages. */
  readonly place: string;
  readonly end: number;
}> {
  const file = journalFile(directory);
  for await (const { text, number, end } of linesOf(file)) {
    const place = `line ${number} of ${file}`;
    yield { event: parseEvent(text, place), place, end };
  }
}

function applyAt(fold: Fold, event: JournalEvent, place: string): void {
  try {
    fold.apply(event);
  } catch (cause) {
    throw dataError(`${place}: ${messageOf(cause)}`, { cause });
  }
}

/** A journal read so far, and the bytes of its whole lines. */
export async function foldJournal(directory: string): Promise<{ readonly fold: Fold; readonly length: number }> {
  let fold: Fold | undefined;
  let length = 0;
  for await (const { event, place, end } of readEvents(directory)) {
    if (fold !== undefined) applyAt(fold, event, place);
    else if (event.event === 'begin') fold = createFold(event.settings);
    else throw dataError(`${place} holds ${event.event}, and the beginning of a run was expected`);
    length = end;
  }
  if (fold === undefined) throw dataError(`${journalFile(directory)} does not begin a run; its first line is missing`);
  return { fold, length };
}

/**
 * The run that a directory's journal tells; a last line without its end, which a write cut short leaves behind, is passed over.
 * Throws a data error, one sentence that names line and file, for any other line that is no event or contradicts those before, and
 * for a journal that a newer version of this program wrote.
 */
export async function readJournal(directory: string): Promise<RunRecord> {
  return (await foldJournal(directory)).fold.record;
}

/** Makes the journal of a new run; it appears with its first line or not at all. Resolves with its length in bytes. */
export async function beginJournal(directory: string, settings: RunSettings): Promise<number> {
  const line = Buffer.from(formatEvent({ event: 'begin', version: journalVersion, settings }));
  await writeWhole(journalFile(directory), line, { durable: true });
  return line.length;
}

/** A journal open for appending. */
export interface Journal {
  /**
   * Appends an event; resolves when it is on disk (synced). Events appended while an earlier sync is under way are written together
   * and share the next one. Rejects with a `stopped` error when writing fails: the file then ends with the last event that was
   * acknowledged, and nothing more is appended.
   */
  append(event: JournalEvent): Promise<void>;
  /** Resolves when all that was appended is on disk. */
  settled(): Promise<void>;
  /** Waits for what was appended, and lets go of the file. Does not throw for what `append` rejected with. */
  close(): Promise<void>;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await handle.write(bytes, done)).bytesWritten;
}

/** The part of the file after the last acknowledged event is cut off, since a later reader would take it for a broken line. */
async function cutBack(handle: FileHandle, length: number): Promise<void> {
  await handle.truncate(length).catch(() => undefined);
  await handle.sync().catch(() => undefined);
}

/** Opens a journal whose whole lines take `length` bytes; what follows them is cut off. Throws a `stopped` error. */
export async function openJournal(directory: string, length: number): Promise<Journal> {
  const file = journalFile(directory);
  let handle: FileHandle;
  try {
    handle = await open(file, 'a');
    if ((await handle.stat()).size > length) {
      await handle.truncate(length);
      await handle.sync();
    }
  } catch (cause) {
    throw writingFailed(file, cause);
  }
  let written = length;
  let waiting: string[] = [];
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  async function commit(): Promise<void> {
    const bytes = Buffer.from(waiting.join(''));
    [waiting, next] = [[], undefined];
    try {
      await writeAll(handle, bytes);
      await handle.sync();
      written += bytes.length;
    } catch (cause) {
      await cutBack(handle, written);
      throw writingFailed(file, cause);
    }
  }

  return {
    append(event) {
      waiting.push(formatEvent(event));
      // A failed commit makes all later ones fail with its error.
      next ??= last = last.then(commit);
      return next;
    },
    settled: () => last,
    async close() {
      await last.catch(() => undefined);
      await handle.close();
    },
  };
}
