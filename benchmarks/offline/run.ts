/**
 * Measures `diffopt propose`, as its users run it, and prints Markdown tables: on DNA sequences whose true scores are known
 * (`--part sequences`), on the same with all designs as candidates (`--part catalogue`), and on tables of many kinds
 * (`--part tables`). What stands in the file of measurements for the same code is not measured again.
 *
 *     node dist/benchmarks/offline/run.js [--part sequences,catalogue,tables] [--tasks a,b] [--seeds 0..7] [--count 128]
 *                                         [--out FILE.jsonl] [--into FILE.md]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes, messageOf, usageError, UserError } from '../../src/base/index.ts';
import { packageRoot } from '../data.ts';
import { offlineTaskNames } from '../tasks/offline.ts';
import { catalogueCell, catalogueText, type CatalogueCell } from './catalogue.ts';
import { codeMark, openCells, type CellFile, type CellKey } from './cells.ts';
import { readCount, readNames, readSeeds } from './flags.ts';
import { replaceBlock } from './markdown.ts';
import { sequenceCell, sequencesText, type SequenceCell } from './sequences.ts';
import { tableTaskNames } from './table-tasks.ts';
import { tableCell, tablesText, type TableCell } from './tables.ts';

/** What the parts of the benchmark have in common. */
interface Part<Name extends string, Cell extends CellKey> {
  readonly tasks: readonly Name[];
  readonly count: number;
  readonly seeds: (task: Name) => readonly number[];
  readonly measure: (task: Name, key: CellKey) => Promise<{ readonly cell: Cell; readonly line: string }>;
  readonly text: (count: number, cells: ReadonlyMap<Name, readonly Cell[]>) => string;
}

function part<Name extends string, Cell extends CellKey & Measured>(rules: Part<Name, Cell>): RunPart {
  return (name, request) => runPart(name, rules, request);
}

interface Measured {
  readonly problems: readonly string[];
  readonly seconds: number;
}

interface Request {
  readonly tasks: string | undefined;
  readonly seeds: readonly number[] | undefined;
  readonly count: number | undefined;
  readonly file: CellFile;
  readonly code: string;
}

interface Outcome {
  readonly text: string;
  readonly problems: readonly string[];
}

type RunPart = (name: string, request: Request) => Promise<Outcome>;

const parts: Readonly<Record<'sequences' | 'catalogue' | 'tables', RunPart>> = {
  sequences: part<(typeof offlineTaskNames)[number], SequenceCell>({
    tasks: offlineTaskNames,
    count: 128,
    seeds: (task) => readSeeds(task === 'tf-bind-8' ? '0..7' : '0..2'),
    measure: sequenceCell,
    text: sequencesText,
  }),
  catalogue: part<(typeof offlineTaskNames)[number], CatalogueCell>({
    tasks: ['tf-bind-8'],
    count: 128,
    seeds: () => readSeeds('0..2'),
    measure: catalogueCell,
    text: catalogueText,
  }),
  tables: part<(typeof tableTaskNames)[number], TableCell>({
    tasks: tableTaskNames,
    count: 96,
    seeds: () => readSeeds('0..2'),
    measure: tableCell,
    text: (_, cells) => tablesText(cells),
  }),
};

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function runPart<Name extends string, Cell extends CellKey & Measured>(
  name: string,
  rules: Part<Name, Cell>,
  { tasks, seeds, count = rules.count, file, code }: Request,
): Promise<Outcome> {
  const cells = new Map<Name, readonly Cell[]>();
  for (const task of tasks === undefined ? rules.tasks : readNames('tasks', tasks, rules.tasks)) {
    const group = { code, part: name, task, count };
    for (const seed of seeds ?? rules.seeds(task)) {
      if (file.find({ ...group, seed }) !== undefined) continue;
      const { cell, line } = await rules.measure(task, { ...group, seed });
      file.add(cell);
      note(`${task} seed ${seed}: ${line}, ${cell.seconds.toFixed(0)} s`);
    }
    cells.set(task, file.of(group) as readonly Cell[]);
  }
  const problems = [...cells.values()]
    .flat()
    .flatMap((cell) => cell.problems.map((problem) => `${cell.task}, seed ${cell.seed}: ${problem}`));
  return { text: rules.text(count, cells), problems };
}

function machine(code: string): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown';
  return `Measured on ${processors.length} cores (${model}), Node ${process.version}, ${process.platform}; code ${code}.`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: Object.keys(parts).join(',') },
      tasks: { type: 'string' },
      seeds: { type: 'string' },
      count: { type: 'string' },
      out: { type: 'string', default: join(packageRoot(), 'out', 'offline.jsonl') },
      into: { type: 'string' },
    },
  });
  const request: Request = {
    tasks: values.tasks,
    seeds: values.seeds === undefined ? undefined : readSeeds(values.seeds),
    count: values.count === undefined ? undefined : readCount('count', values.count, 1),
    file: openCells(values.out),
    code: codeMark(),
  };
  const names = readNames('part', values.part, Object.keys(parts) as (keyof typeof parts)[]);
  if (names.length > 1 && values.tasks !== undefined)
    throw usageError('--tasks needs --part, the part they are tasks of');
  let wrong = 0;
  for (const name of names) {
    const { text, problems } = await parts[name](name, request);
    const block = `${machine(request.code)}\n\n${text}`;
    console.log(`${block}\n`);
    if (values.into !== undefined) {
      writeFileSync(values.into, replaceBlock(readFileSync(values.into, 'utf8'), name, block));
    }
    for (const problem of problems) note(`wrong: ${problem}`);
    wrong += problems.length;
  }
  return wrong === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  note(messageOf(error));
  process.exitCode = error instanceof UserError ? exitCodes[error.kind] : 1;
}
