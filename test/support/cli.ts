import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { onTestFinished } from 'vitest';
import { randomStream } from '../../src/base/index.ts';

/** The compiled command line, as it ships. */
export const mainFile: string = resolve(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `diffopt` in a folder. */
export function startDiffopt(args: readonly string[], folder: string): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [mainFile, ...args], { cwd: folder });
}

/** Runs `diffopt` in a folder to its end. */
export async function diffopt(args: readonly string[], folder: string): Promise<Finished> {
  const child = startDiffopt(args, folder);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}

/** A folder with these files, for one test; it is removed when the test ends. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'diffopt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A CSV of `rows` experiments: x and y in [0, 1] with two decimals, a catalyst, and a yield that is best at (0.3, 0.6, A). */
export function experiments(rows = 50): string {
  const stream = randomStream(11);
  const lines = Array.from({ length: rows }, () => {
    const [x, y] = [stream.integer(101) / 100, stream.integer(101) / 100];
    const catalyst = 'ABC'[stream.integer(3)]!;
    const result = 10 - 10 * (x - 0.3) ** 2 - 5 * (y - 0.6) ** 2 + (catalyst === 'A' ? 1 : 0);
    return `${x.toFixed(2)},${y.toFixed(2)},${catalyst},${result.toFixed(3)}`;
  });
  return ['x,y,catalyst,yield', ...lines, ''].join('\n');
}

/** A CSV file's header and rows of texts. */
export interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function cellsOf(csv: string): Cells {
  const [header = [], ...rows] = parse(csv);
  return { header, rows };
}
