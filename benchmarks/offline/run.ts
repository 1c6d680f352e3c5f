/**
 * Measures `diffopt propose`, as its users run it, on tables whose truth is known, and prints Markdown tables.
 * Usage: node dist/benchmarks/offline/run.js [--tables] [--tasks a,b] [--seeds 0..7] [--count 128] [--out FILE.jsonl] [--into FILE.md]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes, messageOf, usageError, UserError } from '../../src/base/index.ts';
import { packageRoot } from '../data.ts';
import { offlineTaskNames, type OfflineTaskName } from '../tasks/offline.ts';
import { codeMark, openCells, type CellFile, type CellKey } from './cells.ts';
import { replaceBlock } from './markdown.ts';
import { fieldTable, randomDraws, sequenceCells, sequenceTable, type SequenceCell } from './sequences.ts';
import { tableTaskNames, type TableTaskName } from './table-tasks.ts';
import { tableCells, tablesTable, truthTable, type TableCell } from './tables.ts';

interface Request {
  readonly tasks: readonly string[] | undefined;
  readonly seeds: readonly number[] | undefined;
  readonly count: number | undefined;
  readonly file: CellFile;
  readonly code: string;
}

interface Outcome {
  readonly text: string;
  readonly problems: readonly string[];
}

/** Numbers with commas between them, or `first..last`. Throws a usage error. */
function readSeeds(text: string): readonly number[] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (first !== undefined && last !== undefined) {
    return Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, i) => Number(first) + i);
  }
  return text.split(',').map((part) => readCount('seeds', part, 0));
}

function readCount(name: string, text: string, least: number): number {
  const value = text === '' ? NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw usageError(`--${name} is ${JSON.stringify(text)}; expected a whole number of at least ${least}`);
}

/** The asked tasks among those known, all without a request. Throws a usage error for an unknown one. */
function chosen<Name extends string>(known: readonly Name[], asked: readonly string[] | undefined): readonly Name[] {
  const unknown = asked?.find((name) => !known.some((other) => other === name));
  if (unknown !== undefined) throw usageError(`--tasks names ${unknown}; there are ${known.join(', ')}`);
  return asked === undefined ? known : known.filter((name) => asked.includes(name));
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function keysOf(
  { code, seeds, count }: Request,
  defaults: { readonly part: string; readonly seeds: readonly number[]; readonly count: number },
  task: string,
): readonly CellKey[] {
  return (seeds ?? defaults.seeds).map((seed) => ({
    code,
    part: defaults.part,
    task,
    seed,
    count: count ?? defaults.count,
  }));
}

function problemsIn(cells: Iterable<readonly (SequenceCell | TableCell)[]>): readonly string[] {
  return [...cells]
    .flat()
    .flatMap(({ task, seed, problems }) => problems.map((problem) => `${task}, seed ${seed}: ${problem}`));
}

async function runSequences(request: Request): Promise<Outcome> {
  const defaults = { part: 'sequences', seeds: readSeeds('0..7'), count: 128 };
  const cells = new Map<OfflineTaskName, readonly SequenceCell[]>();
  for (const name of chosen(offlineTaskNames, request.tasks)) {
    cells.set(name, await sequenceCells(name, keysOf(request, defaults, name), request.file, note));
  }
  const count = request.count ?? defaults.count;
  const tfBind8 = cells.get('tf-bind-8');
  const parts = [
    `True scores of ${count} proposals, normalised to [0, 1]; mean ± standard deviation over seeds, random columns: means of ` +
      `${randomDraws} draws from the designs that are not in the data.`,
    sequenceTable(count, cells),
    ...(tfBind8 === undefined ? [] : ['TF-Bind-8 beside published results:', fieldTable(count, tfBind8)]),
  ];
  return { text: parts.join('\n\n'), problems: problemsIn(cells.values()) };
}

async function runTables(request: Request): Promise<Outcome> {
  const defaults = { part: 'tables', seeds: readSeeds('0..2'), count: 96 };
  const cells = new Map<TableTaskName, readonly TableCell[]>();
  for (const name of chosen(tableTaskNames, request.tasks)) {
    cells.set(name, await tableCells(name, keysOf(request, defaults, name), request.file, note));
  }
  const parts = [tablesTable(cells), 'True rewards of the proposals, where the table is complete:', truthTable(cells)];
  return { text: parts.join('\n\n'), problems: problemsIn(cells.values()) };
}

function machine(code: string): string {
  const processors = cpus();
  return `Measured on ${processors.length} cores (${processors[0]?.model.trim() ?? 'unknown'}), Node ${process.version}, ${process.platform}; code ${code}.`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      tables: { type: 'boolean', default: false },
      tasks: { type: 'string' },
      seeds: { type: 'string' },
      count: { type: 'string' },
      out: { type: 'string', default: join(packageRoot(), 'out', 'offline.jsonl') },
      into: { type: 'string' },
    },
  });
  const code = codeMark();
  const { text, problems } = await (values.tables ? runTables : runSequences)({
    tasks: values.tasks?.split(','),
    seeds: values.seeds === undefined ? undefined : readSeeds(values.seeds),
    count: values.count === undefined ? undefined : readCount('count', values.count, 1),
    file: openCells(values.out),
    code,
  });
  const whole = `${machine(code)}\n\n${text}`;
  console.log(whole);
  if (values.into !== undefined) {
    const block = values.tables ? 'tables' : 'sequences';
    writeFileSync(values.into, replaceBlock(readFileSync(values.into, 'utf8'), block, whole));
  }
  for (const problem of problems) note(`wrong: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  note(messageOf(error));
  process.exitCode = error instanceof UserError ? exitCodes[error.kind] : 1;
}
