import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../data.ts';
import { comparingCode, openCells, peerCode, proposingCode, type CellFile } from '../offline/cells.ts';
import { partNames, type BenchmarkCell, type Part, type PlannedCell } from './cells.ts';
import { defaultJobs, measureAll } from './pool.ts';
import { planCells, shardOf, type Shard, type Wanted } from './plan.ts';
import { loadRegistry } from './registry.ts';
import { measureCell } from './start-cell.ts';
import { defaultCap } from './terms.ts';
import { writeResults, type ResultFiles } from './results.ts';

export interface BenchmarkOptions extends Wanted {
  /** The folder of the results. */
  readonly out: string;
  readonly shard?: Shard;
  /** Processes at a time (half of the processors, rounded up to 1). */
  readonly jobs?: number;
  /** Seconds that a method may take in a cell (600). */
  readonly cap?: number;
  /** Processor threads of each process (the processors, divided among the jobs). */
  readonly threads?: number;
  /** Modules with tasks and methods of others. */
  readonly modules?: readonly string[];
  readonly signal?: AbortSignal;
  /** Called when a cell was measured; `done` of `total` are, those of earlier runs among them. */
  readonly onCell?: (cell: BenchmarkCell, done: number, total: number) => void;
}

export interface BenchmarkResult {
  /** The cells that were planned, measured now or earlier. */
  readonly cells: readonly BenchmarkCell[];
  readonly files: ResultFiles;
}

function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The mark of the code that a cell was made with: of all that proposes for ours and offline, of the benchmarks alone otherwise,
 *  with what runs them for peers. */
function codeMarks(modules: readonly string[], peers: readonly string[]): (cell: PlannedCell) => string {
  const folders = ['methods', 'tasks', 'functions'] as const;
  const added = createHash('sha256');
  for (const file of modules) added.update(readFileSync(file));
  const suffix = modules.length === 0 ? '' : `+${added.digest('hex').slice(0, 6)}`;
  const [whole, small] = [proposingCode(...folders), comparingCode(...folders)];
  const ofPeers = createHash('sha256').update(small).update(peerCode()).digest('hex').slice(0, small.length);
  return ({ part, method }) => {
    const mark = part === 'offline' || method.startsWith('ours') ? whole : peers.includes(method) ? ofPeers : small;
    return `${mark}${suffix}`;
  };
}

/** Whether a cell need not be measured again: it ended, or was given as much time as it would be given now. */
function isSettled(cell: BenchmarkCell | undefined, cap: number): cell is BenchmarkCell {
  return cell?.status === 'done' || (cell?.status === 'capped' && cell.cap >= cap);
}

function isBenchmarkCell(cell: { readonly part: string }): cell is BenchmarkCell {
  return partNames.some((part: Part) => part === cell.part) && 'status' in cell;
}

/** The cells in a file that today's code made. */
function cellsOfToday(file: CellFile, codeOf: (cell: PlannedCell) => string): readonly BenchmarkCell[] {
  return file
    .all()
    .filter(isBenchmarkCell)
    .filter((cell) => cell.code === codeOf(cell));
}

/**
 * Measures what is planned and not measured yet, each cell in a process of its own, and writes results after each and tables at the end.
 * Every cell that was measured is in `results.jsonl` at once, so a run that was killed goes on where it stopped; failed ones are measured
 * again. Throws usage errors for what cannot be planned, and the signal's reason.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { out, shard, jobs = defaultJobs(), cap = defaultCap, modules = [], signal, onCell } = options;
  const registry = await loadRegistry(modules);
  const planned = planCells(options, registry);
  const own = shard === undefined ? planned : shardOf(planned, shard);
  const codeOf = codeMarks(modules, registry.peerNames);
  const name = join(out, 'results.jsonl');
  const file = openCells(name);
  const find = (cell: PlannedCell): BenchmarkCell | undefined =>
    file.find({ ...cell, code: codeOf(cell) }) as BenchmarkCell | undefined;
  const open = own.filter((cell) => !isSettled(find(cell), cap));
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / jobs));
  const terms = { cap, threads, modules, package: packageVersion(), ...(signal === undefined ? {} : { signal }) };
  let done = own.length - open.length;
  await measureAll(open, jobs, async (cell) => {
    const measured = await measureCell({ cell }, { ...terms, code: codeOf(cell) });
    file.add(measured);
    onCell?.(measured, ++done, own.length);
  });
  const files = writeResults(out, cellsOfToday(openCells(name), codeOf));
  return { cells: own.flatMap((cell) => find(cell) ?? []), files };
}
