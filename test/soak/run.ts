/**
 * Kills `diffopt optimize` (SIGKILL) at random moments, again and again, and compares what it comes to in the end with a run that was never
 * killed: `npm run soak -- --kills 100 --seed 1`. Ends with one line, and with exit code 1 when anything was lost or differs.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { randomStream } from '../../src/base/index.ts';
import { holdsRun, pendingRequests, readJournal } from '../../src/run/index.ts';
import {
  answersIn,
  factsIn,
  fileOf,
  optimizingFiles,
  startOptimizing,
  writeFiles,
  type Fact,
  type StartOptions,
} from '../support/optimizing.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];

/** Three rounds in the plane, two of them learnt; an experiment takes 0.2 s. */
const plan = {
  args: ['--json', '--quiet', '--concurrency', '3', '--seed', '5'],
  env: { ORACLE_MS: '200' },
  flags: [
    ...['optimize', '--space', 'space.json', '--command', `"${process.execPath}" oracle.mjs`, '--run', 'run'],
    ...['--evaluations', '18', '--batch', '6', '--initial', '6', '--surrogate', 'forest', '--threads', '1'],
  ],
};

interface Ended {
  readonly killed: boolean;
  readonly events: readonly Fact[];
  readonly seconds: number;
}

/** Runs in a folder to the end, or until it is killed after so many seconds. */
async function attempt(folder: string, killAfter = Infinity): Promise<Ended> {
  const options: StartOptions = { folder, ...plan };
  const startedAt = performance.now();
  const child = startOptimizing(options);
  const timer = new AbortController();
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  if (killAfter < Infinity) {
    void sleep(1000 * killAfter, undefined, { signal: timer.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
  }
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  timer.abort();
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`ended with ${code}: ${stderr}`);
  return { killed: signal === 'SIGKILL', events: factsIn(stdout), seconds: (performance.now() - startedAt) / 1000 };
}

/** What a run was at when it was killed. */
async function stateOf(directory: string): Promise<'starting' | 'asking' | 'evaluating' | 'ending'> {
  if (!(await holdsRun(directory))) return 'starting';
  const record = await readJournal(directory);
  if (pendingRequests(record).length > 0) return 'evaluating';
  return record.requests.size === 18 ? 'ending' : 'asking';
}

function resultsIn(folder: string): string {
  const model = readFileSync(join(folder, 'run', 'model.onnx'), 'base64');
  return [...['evaluations.csv', 'best.json'].map((name) => fileOf(folder, 'run', name)), model].join('');
}

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diffopt-soak-'));
  folders.push(folder);
  writeFiles(folder, optimizingFiles);
  return folder;
}

const counts = { kills: 0, runs: 0, acknowledged: 0, lost: 0, identical: 0, again: 0 };
const states = { starting: 0, asking: 0, evaluating: 0, ending: 0 };

/** How many of the acknowledged evaluations a run does not hold, or not with what the oracle answered. */
async function lostOf(directory: string, acknowledged: ReadonlyMap<unknown, unknown>): Promise<number> {
  if (acknowledged.size === 0) return 0;
  const { told } = await readJournal(directory);
  const kept = new Map(
    [...told].map(([id, one]) => [id as unknown, one.status === 'measured' ? one.reward : undefined]),
  );
  return [...acknowledged].filter(([id, reward]) => kept.get(id) !== reward).length;
}

/** Kills of one run, which then comes to its end. */
const killsOfRun = 3;

/** One run, killed at random moments; resolves with the seconds that it took where no kill came in time. */
async function killAgain(whole: string, nextKill: () => number): Promise<number> {
  const folder = newFolder();
  const directory = join(folder, 'run');
  const acknowledged = new Map<unknown, unknown>();
  let quickest = Infinity;
  for (let left = killsOfRun; ; left--) {
    const kill = left > 0 && counts.kills < kills;
    const { killed, events, seconds } = await attempt(folder, kill ? nextKill() : Infinity);
    for (const { event, id, reward } of events) if (event === 'evaluated') acknowledged.set(id, reward);
    if (!killed && left === killsOfRun) quickest = seconds;
    if (!killed) break;
    counts.kills++;
    const state = await stateOf(directory);
    states[state]++;
    counts.lost += await lostOf(directory, acknowledged);
    if (process.stderr.isTTY) process.stderr.write(`\r${counts.kills} of ${kills} kills (${state})   `);
  }
  counts.runs++;
  counts.acknowledged += acknowledged.size;
  counts.lost += await lostOf(directory, acknowledged);
  counts.identical += resultsIn(folder) === whole ? 1 : 0;
  counts.again += answersIn(folder).length - 18;
  return quickest;
}

try {
  const folder = newFolder();
  let { seconds } = await attempt(folder);
  const whole = resultsIn(folder);
  const stream = randomStream(seed).split('soak');
  // On a machine with changing load runs take more or less than the first.
  while (counts.kills < kills) {
    seconds = Math.min(seconds, await killAgain(whole, () => seconds * stream.uniform()));
  }
  const { runs, acknowledged, lost, identical, again } = counts;
  const when = Object.entries(states).map(([state, count]) => `${state} ${count}`);
  process.stdout.write(
    `soak: ${counts.kills} kills (seed ${seed}; ${when.join(', ')}) in ${runs} runs of 18 evaluations: ${lost} of ${acknowledged} acknowledged ` +
      `evaluations lost, ${identical} of ${runs} results identical to the run that was not killed, ${again} evaluated again\n`,
  );
  process.exitCode = lost === 0 && identical === runs ? 0 : 1;
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
