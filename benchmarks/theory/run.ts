import { fork } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { UserError } from '../../src/base/index.ts';
import { packageRoot } from '../data.ts';
import { codeMark, openCells, type CellKey } from '../offline/cells.ts';
import { defaultJobs, measureAll } from '../runner/pool.ts';
import type { TheorySuite } from '../runner/terms.ts';
import type { TheoryAnswer, TheoryCell, TheoryOrder } from './experiments/cell.ts';
import { planTheory, type TheoryPlan } from './experiments/plan.ts';
import { theorySettings } from './experiments/settings.ts';
import { writeTheory, type TheoryFiles } from './write.ts';

export interface TheoryOptions {
  readonly suite: TheorySuite;
  /** The folder of `results.jsonl`, `theory.md` and pictures. */
  readonly out: string;
  /** Runs instead of the suite's. */
  readonly seeds?: readonly number[];
  /** Processes at a time (half of the processors, rounded up to 1). */
  readonly jobs?: number;
  /** Threads of each process (1). */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onCell?: (cell: TheoryCell, done: number, total: number) => void;
}

export interface TheoryResult {
  readonly cells: readonly TheoryCell[];
  readonly files: TheoryFiles;
}

/** The mark of all that a measurement is made of. */
function theoryCode(): string {
  const dist = join(packageRoot(), 'dist');
  const measuring = ['base', 'graph', 'diffusion'].map((room) => join(dist, 'src', room));
  return codeMark(...measuring, join(dist, 'benchmarks', 'theory', 'experiments'));
}

/** Plays a cell in a process of its own. Rejects with its error, or the signal's reason. */
async function playApart(order: TheoryOrder, signal: AbortSignal | undefined): Promise<TheoryAnswer> {
  signal?.throwIfAborted();
  const child = fork(join(import.meta.dirname, 'cell-process.js'), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const abort = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  const told = await new Promise<TheoryAnswer>((resolve, reject) => {
    let answer: TheoryAnswer | undefined;
    child.on('message', (message) => (answer = message as TheoryAnswer));
    child.once('error', reject);
    child.once('close', (code, by) =>
      resolve(answer ?? { event: 'failed', message: `its process ended with ${code ?? by}` }),
    );
    child.send(order);
  });
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  return told;
}

/**
 * Measures every cell that `results.jsonl` does not hold yet for this code, and writes tables and pictures of them all. Rejects with the
 * first cell's error, cells that ended before kept, and with the signal's reason.
 */
export async function runTheory(options: TheoryOptions): Promise<TheoryResult> {
  const { suite, out, seeds, threads = 1, signal, onCell } = options;
  const { jobs = defaultJobs() } = options;
  const settings = theorySettings[suite];
  const plans = planTheory(settings, seeds);
  const code = theoryCode();
  const file = openCells(join(out, 'results.jsonl'));
  const keyOf = ({ task, seed }: TheoryPlan): CellKey => ({
    ...{ code, part: 'theory', task, method: suite, seed },
    count: settings.samples,
  });
  const open = plans.filter((plan) => file.find(keyOf(plan)) === undefined);
  let done = plans.length - open.length;
  await measureAll(open, jobs, async (plan) => {
    const from = performance.now();
    const told = await playApart({ plan, settings, threads }, signal);
    if (told.event === 'failed') throw new UserError('stopped', `${plan.task}, run ${plan.seed}: ${told.message}`);
    const { findings, cpuSeconds } = told;
    const seconds = (performance.now() - from) / 1000;
    const cell: TheoryCell = { ...keyOf(plan), ...findings, seconds, cpuSeconds };
    file.add(cell);
    onCell?.(cell, ++done, plans.length);
  });
  const cells = plans.flatMap((plan) => (file.find(keyOf(plan)) as TheoryCell | undefined) ?? []);
  return { cells, files: writeTheory(out, cells, settings, code) };
}
