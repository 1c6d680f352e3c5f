import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { mainFile, type Finished } from './cli.ts';

/** Two numbers, as a space.json. */
export const planeSpace: string = JSON.stringify({
  parameters: { x: { type: 'real', min: 0, max: 1 }, y: { type: 'real', min: 0, max: 1 } },
});

/**
 * An oracle command, best at (0.3, 0.6), for space.json of two numbers. It logs every answer to oracle.log, synced, before it gives it. It
 * kills whoever started it when it is asked the id in ORACLE_KILLS, and waits ORACLE_MS milliseconds before an answer.
 */
export const loggingOracle = `
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
const log = openSync('oracle.log', 'a');
const { ORACLE_KILLS, ORACLE_MS = '0' } = process.env;
for await (const line of createInterface({ input: process.stdin })) {
  const { id, design } = JSON.parse(line);
  if (id === ORACLE_KILLS) process.kill(process.ppid, 'SIGKILL');
  const reward = -((design.x - 0.3) ** 2) - (design.y - 0.6) ** 2;
  setTimeout(() => {
    writeSync(log, JSON.stringify({ id, design, reward }) + '\\n');
    fsyncSync(log);
    console.log(JSON.stringify({ id, reward }));
  }, Number(ORACLE_MS));
}
closeSync(log);
`;

/** An 8 x 8 grid in the plane. */
const candidates = Array.from({ length: 64 }, (_, i) => `${(i >> 3) / 8},${(i & 7) / 8}`);

/** The files that an optimization with that oracle needs. */
export const optimizingFiles: Readonly<Record<string, string>> = {
  'space.json': planeSpace,
  'candidates.csv': ['x,y', ...candidates, ''].join('\n'),
  'oracle.mjs': loggingOracle,
};

/** One round of spread designs and one that is learnt, from a catalogue, which is quick. */
export const optimizingArgs: readonly string[] = [
  ...['optimize', '--space', 'space.json', '--command', `"${process.execPath}" oracle.mjs`, '--run', 'run'],
  ...['--evaluations', '12', '--batch', '6', '--initial', '6', '--candidates', 'candidates.csv'],
  ...['--surrogate', 'ensemble', '--threads', '1'],
];

const hook = join(import.meta.dirname, 'kill-hook.js');

export interface StartOptions {
  readonly folder: string;
  /** The command and its flags (`optimizingArgs`), which `args` follow. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function startOptimizing({
  folder,
  flags = optimizingArgs,
  args = [],
  env = {},
}: StartOptions): ChildProcessWithoutNullStreams {
  const command = ['--import', hook, mainFile, ...flags, ...args];
  return spawn(process.execPath, command, { cwd: folder, env: { ...process.env, ...env } });
}

export async function optimizing(options: StartOptions): Promise<Finished & { readonly signal: string | null }> {
  const child = startOptimizing(options);
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr, signal };
}

/** An event that `--json` prints, or a line of a log. */
export type Fact = Readonly<Record<string, unknown>>;

/** Whole lines of JSON; a last one that was cut short is left out. */
export function factsIn(lines: string): readonly Fact[] {
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Fact);
}

export function fileOf(folder: string, ...names: readonly string[]): string {
  return readFileSync(join(folder, ...names), 'utf8');
}

/** What the oracle answered, in its order. */
export function answersIn(folder: string): readonly Fact[] {
  return existsSync(join(folder, 'oracle.log')) ? factsIn(fileOf(folder, 'oracle.log')) : [];
}

/** Resolves with the events so far when the first of that name is out; the rest of the output is read on. */
export async function untilEvent(child: ChildProcessWithoutNullStreams, name: string): Promise<readonly Fact[]> {
  const seen: Fact[] = [];
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const fact = JSON.parse(line) as Fact;
      seen.push(fact);
      if (fact['event'] === name) resolve([...seen]);
    });
    lines.on('close', () => reject(new Error(`no event ${name} among ${JSON.stringify(seen)}`)));
  });
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>> = optimizingFiles): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}
