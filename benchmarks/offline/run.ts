/**
 * Measures what is proposed from data whose truth is known, and prints Markdown tables: this package beside other methods on the offline
 * tasks (`--part tasks`), and the command line on tables of many kinds (`--part tables`). Each cell is a process of its own. What stands
 * in the file of measurements for the same code is not measured again.
 *
 *     node dist/benchmarks/offline/run.js [--part tasks,tables] [--tasks a,b] [--methods a,b] [--seeds 0..7] [--count 128]
 *                                         [--out FILE.jsonl] [--into FILE.md]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageError } from '../../src/base/index.ts';
import { packageRoot } from '../data.ts';
import { anyMethodNames, applies } from '../methods/catalogue.ts';
import { loadTask, taskGroupNames, taskGroups, taskNames } from '../tasks/catalogue.ts';
import { openCells, programCode, proposingCode, type CellFile } from './cells.ts';
import { note, runBenchmark, writeBlock } from './program.ts';
import { readCount, readNames, readSeeds } from './flags.ts';
import { tableTaskNames } from './table-tasks.ts';
import { tableCell, tablesText, type TableCell } from './tables.ts';
import { isRandom, taskCell, type TaskCell } from './task-cells.ts';
import { groupText, type MethodCells } from './task-tables.ts';

interface Request {
  readonly tasks: string | undefined;
  readonly methods: string | undefined;
  readonly seeds: readonly number[] | undefined;
  readonly count: number | undefined;
  readonly file: CellFile;
  readonly into: string | undefined;
}

/** Measures what is missing, prints and writes the results, and returns what was wrong with proposals. */
type Part = (request: Request) => Promise<readonly string[]>;

async function measureTasks({ tasks, methods, seeds, count = 128, file, into }: Request): Promise<readonly string[]> {
  const code = proposingCode('methods', 'tasks');
  const askedTasks = tasks === undefined ? taskNames : readNames('tasks', tasks, taskNames);
  const askedMethods = methods === undefined ? anyMethodNames : readNames('methods', methods, anyMethodNames);
  for (const task of askedTasks) {
    const { listing } = loadTask(task);
    for (const method of askedMethods.filter((name) => applies(name, listing !== undefined))) {
      for (const seed of isRandom(method) ? [0] : (seeds ?? readSeeds('0..7'))) {
        const key = { code, part: 'tasks', task, method, count, seed };
        if (file.find(key) !== undefined) continue;
        const { cell, line } = await taskCell(task, method, key);
        file.add(cell);
        note(`${task}, ${method}, seed ${seed}: ${line}, ${cell.seconds.toFixed(0)} s`);
      }
    }
  }
  // All that is known of these tasks, also of methods that were not asked for this time.
  const measured = taskNames.flatMap((task) =>
    anyMethodNames.map((method): MethodCells => {
      const cells = file.of({ code, part: 'tasks', task, method, count }) as readonly TaskCell[];
      return { task, method, cells };
    }),
  );
  for (const group of taskGroupNames.filter((name) => taskGroups[name].some((task) => askedTasks.includes(task)))) {
    const text = groupText(group, measured);
    if (text !== undefined) writeBlock(group, text, { code, into });
  }
  return measured.flatMap(({ task, method, cells }) =>
    cells.flatMap(({ seed, problems }) => problems.map((problem) => `${task}, ${method}, seed ${seed}: ${problem}`)),
  );
}

async function measureTables({ tasks, seeds, count = 96, file, into }: Request): Promise<readonly string[]> {
  const code = programCode();
  const cells = new Map<(typeof tableTaskNames)[number], readonly TableCell[]>();
  for (const task of tasks === undefined ? tableTaskNames : readNames('tasks', tasks, tableTaskNames)) {
    const group = { code, part: 'tables', task, method: 'ours', count };
    for (const seed of seeds ?? readSeeds('0..2')) {
      if (file.find({ ...group, seed }) !== undefined) continue;
      const { cell, line } = await tableCell(task, { ...group, seed });
      file.add(cell);
      note(`${task} seed ${seed}: ${line}, ${cell.seconds.toFixed(0)} s`);
    }
    cells.set(task, file.of(group) as readonly TableCell[]);
  }
  writeBlock('tables', tablesText(cells), { code, into });
  return [...cells].flatMap(([task, list]) =>
    list.flatMap(({ seed, problems }) => problems.map((problem) => `${task}, seed ${seed}: ${problem}`)),
  );
}

const partNames = ['tasks', 'tables'] as const;
const parts: { readonly [Name in (typeof partNames)[number]]: Part } = { tasks: measureTasks, tables: measureTables };

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: partNames.join(',') },
      tasks: { type: 'string' },
      methods: { type: 'string' },
      seeds: { type: 'string' },
      count: { type: 'string' },
      out: { type: 'string', default: join(packageRoot(), 'out', 'offline.jsonl') },
      into: { type: 'string' },
    },
  });
  const names = readNames('part', values.part, partNames);
  if (names.length > 1 && values.tasks !== undefined) {
    throw usageError('--tasks needs --part, the part they are tasks of');
  }
  const request: Request = {
    tasks: values.tasks,
    methods: values.methods,
    seeds: values.seeds === undefined ? undefined : readSeeds(values.seeds),
    count: values.count === undefined ? undefined : readCount('count', values.count, 1),
    file: openCells(values.out),
    into: values.into,
  };
  const wrong: string[] = [];
  for (const name of names) wrong.push(...(await parts[name](request)));
  for (const problem of wrong) note(`wrong: ${problem}`);
  return wrong.length === 0 ? 0 : 1;
});
