import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { parseSpace, type SpaceDefinition } from '../../src/space/index.ts';
import { packageRoot } from '../data.ts';

/** What one run of a program took. */
export interface Usage {
  /** Wall time, from the start of the process to its end. */
  readonly seconds: number;
  /** Processor time of all its threads. */
  readonly cpuSeconds: number;
  /** Greatest resident memory, in 1e6 bytes. */
  readonly megabytes: number;
}

const usageFacts = z.object({ userCPUTime: z.number(), systemCPUTime: z.number(), maxRSS: z.number() });

/** Runs a Node program to its end and resolves with its standard output. Rejects with its messages when it fails. */
export async function measureProgram(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<{ readonly output: string; readonly usage: Usage }> {
  const preload = pathToFileURL(join(import.meta.dirname, 'usage.js')).href;
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', preload, program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const status = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [, ...streams] = child.stdio as NodeJS.ReadableStream[];
  const texts = Promise.all(streams.map((stream) => text(stream)));
  if ((await status) !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${(await texts)[1]}`);
  const seconds = (performance.now() - started) / 1000;
  const [output = '', , report = ''] = await texts;
  const { userCPUTime, systemCPUTime, maxRSS } = usageFacts.parse(JSON.parse(report));
  return {
    output,
    usage: { seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: (maxRSS * 1024) / 1e6 },
  };
}

/** Calls `use` with a new empty folder, which is gone afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'diffopt-benchmark-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What came of one `diffopt propose`. */
export interface ProposeRun {
  /** The rows of the CSV it wrote, cells as written, best first. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** The space that was given or guessed. */
  readonly space: SpaceDefinition;
  /** Spearman's rank correlation of the predictions on rows that were held out; null where it has no value. */
  readonly rankCorrelation: number | null;
  readonly usage: Usage;
}

const proposeFacts = z.object({ space: z.unknown(), surrogate: z.object({ rankCorrelation: z.number().nullable() }) });

/** Runs `diffopt propose TABLE ...flags` as a process of its own in a folder, with the defaults of all flags that are not given. */
export async function runPropose(table: string, flags: readonly string[], folder: string): Promise<ProposeRun> {
  const out = 'proposals.csv';
  const program = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  const args = ['propose', table, ...flags, '--out', out, '--json', '--quiet'];
  const { output, usage } = await measureProgram(program, args, folder);
  const { space, surrogate } = proposeFacts.parse(JSON.parse(output));
  return {
    rows: parse<Record<string, string>>(readFileSync(join(folder, out)), { columns: true }),
    space: parseSpace(space, 'the space'),
    rankCorrelation: surrogate.rankCorrelation,
    usage,
  };
}
