import type { BenchmarkOptions, BenchmarkResult, Listing, Shard } from '../../benchmarks/runner/index.ts';
import {
  defaultCap,
  suiteNames,
  theorySuites,
  type SuiteName,
  type TheorySuite,
} from '../../benchmarks/runner/terms.ts';
import { UserError } from '../base/index.ts';
import { benchmarkTheory, checkTheoryFlags, isTheorySuite } from './benchmark-theory.ts';
import { defineCommand, type Command } from './command.ts';
import { talkFlags, threadsFlag, type TalkValues, type ThreadsValues } from './computing.ts';
import {
  badValue,
  choiceFlag,
  numberFlag,
  repeatedFlag,
  switchFlag,
  textFlag,
  wholeFromOne,
  type FlagsOf,
} from './flags.ts';
import { print, type Session } from './session.ts';
import { watchingCells } from './watched-cells.ts';

interface Values extends TalkValues, ThreadsValues {
  readonly suite: SuiteName | TheorySuite | undefined;
  readonly tasks: string | undefined;
  readonly methods: string | undefined;
  readonly seeds: string | undefined;
  readonly evaluations: number | undefined;
  readonly load: readonly string[];
  readonly list: boolean;
  readonly out: string | undefined;
  readonly shard: string | undefined;
  readonly jobs: number | undefined;
  readonly cap: number | undefined;
}

const defaultFolder = 'benchmark';

const flags: FlagsOf<Values> = {
  suite: choiceFlag(
    {
      group: 'What to ask for',
      help: 'tasks, methods and seeds that belong together: quick (minutes), standard (two hours on 2 cores) or full (a day or more); theory (half an hour) and theory-small are experiments whose exact results are known',
      fallback: 'quick, without --tasks',
    },
    [...suiteNames, ...theorySuites],
  ),
  tasks: textFlag({
    group: 'What to ask for',
    help: 'tasks and groups of tasks, with commas between them; with --suite, those of the suite',
  }),
  methods: textFlag({ group: 'What to ask for', help: 'methods, with commas between them', fallback: 'all but peers' }),
  seeds: textFlag({ group: 'What to ask for', help: 'seeds: 0..7, or 0,3,5', fallback: "the suite's, or 0,1" }),
  evaluations: numberFlag(
    { group: 'What to ask for', help: 'evaluations at most in an online task', fallback: "the task's own" },
    wholeFromOne,
  ),
  load: repeatedFlag({
    group: 'What to ask for',
    help: 'a JavaScript module with tasks and methods of your own; can be given several times',
  }),
  list: switchFlag({
    group: 'What to ask for',
    help: 'print the names of suites, tasks and methods, and do nothing else',
  }),
  out: textFlag({
    group: 'Output',
    help: 'the folder for results.jsonl, tables.md, tables.html (theory.md) and pictures; a run that was stopped goes on from it',
    fallback: defaultFolder,
  }),
  ...talkFlags,
  shard: textFlag({ group: 'Computing', help: 'measure the i-th of n parts only: 2/5' }),
  jobs: numberFlag(
    { group: 'Computing', help: 'processes at a time', fallback: 'half of the processors' },
    wholeFromOne,
  ),
  cap: numberFlag(
    { group: 'Computing', help: 'seconds that a method may take in a cell', fallback: String(defaultCap) },
    { words: 'a number above 0', holds: (value) => value > 0 },
  ),
  threads: { ...threadsFlag.threads, fallback: 'the processors, divided among the jobs' },
};

function readList(name: string, text: string): readonly string[] {
  const names = text.split(',').map((part) => part.trim());
  if (names.includes('')) throw badValue(name, text, 'names with commas between them');
  return [...new Set(names)];
}

const mostSeeds = 1000;

function readSeeds(text: string): readonly number[] {
  const wrong = (): Error => badValue('seeds', text, 'whole numbers with commas between them, or first..last');
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  if (range === null) {
    if (!/^\d+(,\d+)*$/.test(text)) throw wrong();
    return [...new Set(text.split(',').map(Number))];
  }
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (last < first || last - first >= mostSeeds) throw wrong();
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function readShard(text: string): Shard {
  const parts = /^(\d+)\/(\d+)$/.exec(text);
  const shard = { index: Number(parts?.[1] ?? 0), of: Number(parts?.[2] ?? 0) };
  if (shard.index >= 1 && shard.index <= shard.of) return shard;
  throw badValue('shard', text, 'i/n with i from 1 to n, such as 2/5');
}

function runTheorySuite(suite: TheorySuite, values: Values, session: Session): Promise<void> {
  const { tasks, methods, evaluations, load, shard, cap, out = defaultFolder, seeds, jobs, threads } = values;
  checkTheoryFlags(suite, {
    ...{ tasks: tasks !== undefined, methods: methods !== undefined, evaluations: evaluations !== undefined },
    ...{ load: load.length > 0, shard: shard !== undefined, cap: cap !== undefined },
  });
  const options = {
    ...{ suite, out },
    ...given('seeds', seeds, readSeeds),
    ...given('jobs', jobs, (value) => value),
    ...given('threads', threads, (value) => value),
  };
  return benchmarkTheory(options, values, session);
}

/** An option that is there when its flag is. */
function given<K extends string, T, R>(
  name: K,
  value: T | undefined,
  read: (value: T) => R,
): { readonly [P in K]?: R } {
  return value === undefined ? {} : ({ [name]: read(value) } as { readonly [P in K]?: R });
}

function optionsOf(values: Values): Omit<BenchmarkOptions, 'signal' | 'onCell'> {
  const same = <T>(value: T): T => value;
  return {
    out: values.out ?? defaultFolder,
    modules: values.load,
    ...(values.suite === undefined || isTheorySuite(values.suite) ? {} : { suite: values.suite }),
    ...given('tasks', values.tasks, (text) => readList('tasks', text)),
    ...given('methods', values.methods, (text) => readList('methods', text)),
    ...given('seeds', values.seeds, readSeeds),
    ...given('evaluations', values.evaluations, same),
    ...given('shard', values.shard, readShard),
    ...given('jobs', values.jobs, same),
    ...given('cap', values.cap, same),
    ...given('threads', values.threads, same),
  };
}

function listingText({ suites, offline, online, groups }: Listing): string {
  const lines = (title: string, names: readonly string[]): string => `${title}\n  ${names.join('\n  ')}\n`;
  return [
    lines('suites', suites),
    lines('offline tasks', offline.tasks),
    lines('offline methods', offline.methods),
    lines('online tasks (BBOB functions by bbob-fF-iI-dD, in any instance and dimension)', online.tasks),
    lines('online methods', online.methods),
    lines(
      'groups of tasks',
      Object.entries(groups).map(([name, tasks]) => `${name}: ${tasks.join(', ')}`),
    ),
  ].join('\n');
}

async function list({ load, json }: Values, { stdout }: Session): Promise<void> {
  const { listingOf, loadRegistry } = await import('../../benchmarks/runner/index.ts');
  const listing = listingOf(await loadRegistry(load));
  await print(stdout, json ? `${JSON.stringify(listing, null, 2)}\n` : listingText(listing));
}

function countOf({ cells }: BenchmarkResult, status: BenchmarkResult['cells'][number]['status']): number {
  return cells.filter((cell) => cell.status === status).length;
}

const statuses = ['done', 'capped', 'failed', 'missing'] as const;

function asJson(result: BenchmarkResult): string {
  const counts = Object.fromEntries(statuses.map((status) => [status, countOf(result, status)]));
  return `${JSON.stringify({ counts, files: result.files, cells: result.cells }, null, 2)}\n`;
}

function asText(result: BenchmarkResult): string {
  const counts = statuses.map((status) => [status, countOf(result, status)] as const);
  const shown = counts.filter(([status, count]) => status === 'done' || count > 0);
  return [
    `${shown.map(([status, count]) => `${count} ${status}`).join(', ')}`,
    `tables    ${result.files.markdown}`,
    `page      ${result.files.html}`,
    `cells     ${result.files.results}`,
    '',
  ].join('\n');
}

async function run(_files: readonly [], values: Values, session: Session): Promise<void> {
  if (values.list) return list(values, session);
  if (isTheorySuite(values.suite)) return runTheorySuite(values.suite, values, session);
  const options = optionsOf(values);
  const { progressText, runBenchmark } = await import('../../benchmarks/runner/index.ts');
  const result = await watchingCells(session, values.quiet, progressText, (watch) =>
    runBenchmark({ ...options, ...watch }),
  );
  await print(session.stdout, values.json ? asJson(result) : asText(result));
  const failed = countOf(result, 'failed');
  if (failed > 0) {
    throw new UserError(
      'stopped',
      `${failed} of ${result.cells.length} cells failed; ${result.files.markdown} says why`,
    );
  }
}

/** Tasks x methods x seeds: tables of how this package and others do. */
export const benchmark: Command = defineCommand<Values, readonly []>({
  name: 'benchmark',
  operands: [],
  summary: 'how good is it? tasks x methods x seeds, as tables',
  description:
    'Runs methods on tasks whose truth is known, each in a process of its own, and writes tables of what they reached (Markdown and HTML), ' +
    'pictures of convergence and every cell as a line of JSON. A run that was stopped goes on where it was when it is started again. ' +
    'Tasks on public data need DIFFOPT_DATA to name the folder that holds it.',
  flags,
  examples: [
    ['diffopt benchmark --suite quick', 'a few small tasks, within five minutes'],
    ['diffopt benchmark --tasks lab --methods ours,random --seeds 0..15', 'laboratory tables, at their whole budgets'],
    ['diffopt benchmark --suite standard --shard 2/4 --out part2', 'a quarter of the standard suite'],
    ['diffopt benchmark --suite theory --out theory', "the theory's own experiments, beside what is exact"],
    ['diffopt benchmark --load mine.js --tasks my-task --methods ours,my-method', 'a task and a method of your own'],
  ],
  run,
});
