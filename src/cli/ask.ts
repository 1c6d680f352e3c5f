import { existsSync } from 'node:fs';
import { dataError, messageOf, readBytes, usageError } from '../base/index.ts';
import {
  defaultCount,
  askForRun,
  optimizerOfRun,
  optionsOfRun,
  runSettings,
  tellData,
  type AskedDesign,
  type DiffusionOptimizer,
} from '../optimizer/index.ts';
import { newsAmong, openRun, pendingRequests, type Run, type RunSettings } from '../run/index.ts';
import { asArgument, readResults, writeDesigns, writeDesignsTo, type WriteOptions } from '../table/index.ts';
import { deviationName, predictedName } from './columns.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import { outputFlags, type OutputValues } from './computing.ts';
import { dialectFact, dialectOfRun } from './dialect.ts';
import { numberFlag, switchFlag, wholeFromOne, type FlagsOf } from './flags.ts';
import { checkOutputs } from './paths.ts';
import { openProblem, problemFiles, problemFlags, type Problem, type ProblemValues } from './problem.ts';
import { createReporter, type Reporter } from './progress.ts';
import { tellsOf } from './results.ts';
import { settingsBegun } from './run-directory.ts';
import { searchFlags, searchOptions, surrogateFact, surrogateOfRun, type SearchValues } from './searching.ts';
import { print, type Session } from './session.ts';
import { countOf } from './text.ts';

/** A number that nothing says the steps of is set by hand to about three digits. */
const realStepsByHand = 1000;

/** As the run was begun, or as one by hand is. */
function realStepsOf(before: RunSettings | undefined): { readonly realSteps?: number } {
  if (before === undefined) return { realSteps: realStepsByHand };
  const kept = before.options?.['realSteps'];
  return typeof kept === 'number' ? { realSteps: kept } : {};
}

/** What a new run is begun with. */
interface NewRunValues extends ProblemValues, SearchValues {
  readonly batch: number | undefined;
}

interface Values extends NewRunValues, OutputValues {
  readonly count: number | undefined;
  readonly pending: boolean;
}

const newRunFlags: FlagsOf<NewRunValues> = {
  ...problemFlags,
  batch: numberFlag(
    { group: 'What to ask for', help: 'designs asked for at a time, as a rule', fallback: String(defaultCount) },
    wholeFromOne,
  ),
  ...searchFlags,
};

const flags: FlagsOf<Values> = {
  ...newRunFlags,
  count: numberFlag(
    { group: 'What to ask for', help: 'number of designs', fallback: 'the batch of the run' },
    wholeFromOne,
  ),
  pending: switchFlag({
    group: 'What to ask for',
    help: 'no new designs: those that were asked for and have no result yet',
  }),
  ...outputFlags,
};

/** Throws a usage error for a flag of a new run, given to one that has its settings. */
function checkNoSettings(values: NewRunValues, directory: string): void {
  const names = Object.keys(newRunFlags) as (keyof NewRunValues)[];
  const given = names.find((name) => {
    const value = values[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (given === undefined) return;
  throw usageError(
    `--${given} is for a new run, and ${directory} holds one with settings of its own; leave it out, or give --space or --data too`,
  );
}

/** Throws a data error when a design column has the name of another column of the output. */
function checkAskColumns({ space, reward }: RunSettings): void {
  const taken = [predictedName(reward), deviationName(reward)].find((name) => Object.hasOwn(space.parameters, name));
  if (taken === undefined) return;
  throw dataError(`a parameter is named ${JSON.stringify(taken)}, which is another column of the output; rename it`);
}

/** A run with the optimizer that knows what it knows. */
interface Opened {
  readonly run: Run;
  readonly optimizer: DiffusionOptimizer;
}

/** The run of a directory, which holds one, by its own settings. */
async function openOwn(directory: string): Promise<Opened> {
  const run = await openRun(directory);
  try {
    const { settings, asks } = run.record;
    if (asks === 0 && settings.options?.['data'] !== undefined) {
      throw usageError(`the run in ${directory} was cut short as it began; give --data and the other flags once more`);
    }
    const options = { ...optionsOfRun(settings), ...surrogateOfRun(settings) };
    return { run, optimizer: optimizerOfRun(run, run.space, options) };
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** A new run by the flags, or one that was begun with the same. */
async function openByFlags(
  directory: string,
  values: Values,
  before: RunSettings | undefined,
  { reporter, signal }: { readonly reporter: Reporter; readonly signal: AbortSignal },
): Promise<Opened> {
  const problem: Problem = await openProblem(values, undefined, reporter, signal);
  const threads = values.threads ?? before?.threads;
  const options = {
    ...(await searchOptions(values, problem, reporter, signal)),
    ...realStepsOf(before),
    ...(values.batch === undefined ? {} : { batch: values.batch }),
    ...(threads === undefined ? {} : { threads }),
  };
  const { space, reward, data, dialect } = problem;
  // The same rows may be written otherwise the next time.
  const more = { ...surrogateFact(values), ...dialectFact(before === undefined ? dialect : dialectOfRun(before)) };
  const settings = runSettings(space, { ...options, data }, { reward, more });
  checkAskColumns(settings);
  const run = await openRun(directory, settings);
  try {
    await tellData(run, data);
    return { run, optimizer: optimizerOfRun(run, space, options) };
  } catch (error) {
    await run.close();
    throw error;
  }
}

const predictionDigits = 6;

/** How asked designs become CSV: the id, the design columns, an empty reward to fill in, and what is predicted for it. */
function askColumns({ space, record }: Run, asked: readonly AskedDesign[]): WriteOptions {
  const { reward } = record.settings;
  const rounded = (value: number | undefined): number | string =>
    value === undefined ? '' : Number(value.toPrecision(predictionDigits));
  return {
    dialect: dialectOfRun(record.settings),
    columns: ['id', ...space.names],
    extra: [
      { name: reward, cells: asked.map(() => '') },
      { name: predictedName(reward), cells: asked.map(({ predicted }) => rounded(predicted?.mean)) },
      { name: deviationName(reward), cells: asked.map(({ predicted }) => rounded(predicted?.std)) },
    ],
  };
}

async function askAnew({ run, optimizer }: Opened, values: Values, reporter: Reporter, signal: AbortSignal) {
  checkAskColumns(run.record.settings);
  const count = values.count ?? run.record.settings.batch;
  const asked = await askForRun(run, optimizer, count, { observer: reporter.observer, signal });
  if (asked.length < count) reporter.note(`only ${countOf(asked.length, 'design')} left to ask for`);
  return asked;
}

/** What a file of results would tell a run. */
async function untoldIn(file: string, { space, record }: Run): Promise<number> {
  const rows = await readResults(file, space, { reward: record.settings.reward });
  return newsAmong(tellsOf(rows, record, space, true).tells, record, space).length;
}

/** Throws a usage error when a file that would be replaced holds results which the run was not told, or may hold some. */
async function checkTold(file: string, run: Run): Promise<void> {
  const [header = ''] = (await readBytes(file, 'a file'))
    .subarray(0, 2 ** 16)
    .toString()
    .split(/[\r\n]/);
  const columns = header.split(/[,;\t]/).map((name) => name.replaceAll('"', '').trim());
  // Of another kind of file nothing is known, and replacing it is what was asked for.
  if (!columns.includes(run.record.settings.reward.replaceAll('"', ''))) return;
  const found = await untoldIn(file, run).catch((error: unknown) => messageOf(error));
  if (found === 0) return;
  const [directory, name] = [run.directory, file].map(asArgument);
  const what =
    typeof found === 'number'
      ? `holds ${countOf(found, 'result')} that the run was not told`
      : `cannot be read for results (${found})`;
  throw usageError(
    `${file} ${what} and would be replaced; tell it first with diffopt tell ${directory} ${name}, or name another file with --out`,
  );
}

/** Throws a usage error for a flag about new designs where none are asked for. */
function checkPendingFlags({ count, pending }: Values): void {
  if (pending && count !== undefined) throw usageError('--count is about new designs, and --pending asks for none');
}

async function writeAsked(run: Run, asked: readonly AskedDesign[], values: Values, { stdout }: Session): Promise<void> {
  const designs = asked.map(({ id, design }) => ({ id, ...design }));
  const columns = askColumns(run, asked);
  if (values.out !== undefined) await writeDesigns(values.out, designs, columns);
  if (values.json) {
    const { directory, record } = run;
    const facts = { run: directory, round: record.round, designs: asked, files: { out: values.out } };
    await print(stdout, `${JSON.stringify(facts, null, 2)}\n`);
  } else if (values.out === undefined) await writeDesignsTo(stdout, designs, columns);
  else await print(stdout, `designs  ${values.out}\n`);
}

async function run([directory]: Files, values: Values, session: Session): Promise<void> {
  const { signal } = session;
  checkPendingFlags(values);
  checkOutputs(
    [...problemFiles(values), { role: '--candidates', file: values.candidates }],
    [
      { role: '--out', file: values.out },
      { role: '--save-space', file: values['save-space'] },
    ],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  try {
    const before = await settingsBegun(directory);
    const described = values.space !== undefined || values.data !== undefined;
    if (before !== undefined && !described) checkNoSettings(values, directory);
    const opened =
      before !== undefined && !described
        ? await openOwn(directory)
        : await openByFlags(directory, values, before, { reporter, signal });
    const { run } = opened;
    try {
      if (values.out !== undefined && existsSync(values.out)) await checkTold(values.out, run);
      const asked = values.pending ? pendingRequests(run.record) : await askAnew(opened, values, reporter, signal);
      reporter.note(
        `${directory}: round ${run.record.round}, ${countOf(pendingRequests(run.record).length, 'design')} without a result`,
      );
      reporter.end();
      await writeAsked(run, asked, values, session);
    } finally {
      await run.close();
    }
  } finally {
    reporter.end();
  }
}

/** Designs to try next, by hand. */
export const ask: Command = defineCommand<Values>({
  name: 'ask',
  operands: ['RUN'],
  summary: 'designs to try next by hand; diffopt tell takes their results',
  description:
    'Asks for designs and writes them as CSV, with an id each and an empty reward to fill in. The run is kept in the directory RUN: ' +
    'a new one needs --space or --data, later the directory says it all.',
  flags,
  examples: [
    ['diffopt ask coating --data runs.csv --reward yield --count 8 --out next.csv', 'begin, from past experiments'],
    ['diffopt tell coating next.csv', 'the same file, its rewards filled in'],
    ['diffopt ask coating --count 8 --out next.csv', 'and the next eight'],
  ],
  run,
});
