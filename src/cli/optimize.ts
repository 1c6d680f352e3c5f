import { randomUUID } from 'node:crypto';
import { messageOf, usageError, UserError } from '../base/index.ts';
import {
  bestDesign,
  defaultCount,
  optimize as runOptimization,
  resultsAsked,
  runSettings,
  type OptimizeOptions,
  type OptimizeResult,
} from '../optimizer/index.ts';
import type { Run, RunSettings } from '../run/index.ts';
import { defineCommand, type Command } from './command.ts';
import { talkFlags, type TalkValues } from './computing.ts';
import { anyNumber, numberFlag, switchFlag, textFlag, wholeFromOne, type FlagsOf } from './flags.ts';
import {
  chosenOracle,
  evaluatingOptions,
  openOracle,
  oracleFacts,
  oracleFlags,
  type OpenOracle,
  type OracleChoice,
  type OracleValues,
} from './oracles.ts';
import { checkOutputs } from './paths.ts';
import { openProblem, problemFiles, problemFlags, type Problem, type ProblemValues } from './problem.ts';
import { createReporter, type Reporter } from './progress.ts';
import { defaultDirectory, openNamedRun, settingsBegun } from './run-directory.ts';
import { allFailedInWords, endInWords, followRun, startInWords } from './run-progress.ts';
import { runEvents } from './run-events.ts';
import { reportOf } from './run-report.ts';
import { searchFlags, searchOptions, surrogateFact, type SearchValues } from './searching.ts';
import { print, type Session } from './session.ts';

interface Values extends ProblemValues, OracleValues, SearchValues, TalkValues {
  readonly evaluations: number | undefined;
  readonly target: number | undefined;
  readonly stagnation: number | undefined;
  readonly batch: number | undefined;
  readonly run: string | undefined;
}

const flags: FlagsOf<Values> = {
  ...problemFlags,
  ...oracleFlags,
  batch: numberFlag(
    { group: 'What to ask for', help: 'designs in a round', fallback: String(defaultCount) },
    wholeFromOne,
  ),
  ...searchFlags,
  evaluations: numberFlag(
    { group: 'When to stop', help: 'after so many experiments; may be raised when the run goes on' },
    wholeFromOne,
  ),
  target: numberFlag(
    { group: 'When to stop', help: 'when the best reward is this one or better, in its own units' },
    anyNumber,
  ),
  stagnation: numberFlag(
    { group: 'When to stop', help: 'when so many experiments followed the best one' },
    wholeFromOne,
  ),
  run: textFlag({
    group: 'Output',
    help: 'the directory that keeps the run; with the same flags it goes on where it was',
    fallback: defaultDirectory,
  }),
  ...talkFlags,
  json: switchFlag({ group: 'Output', help: 'print what happens as JSON, an event a line, instead of text' }),
};

/** All that the flags say. */
interface Plan {
  readonly problem: Problem;
  readonly options: OptimizeOptions;
  readonly settings: RunSettings;
  /** Tells the evaluations of this run from those of others in a queue. */
  readonly key: string;
  /** Whether the directory holds the run. */
  readonly begun: boolean;
}

/** Throws a usage error when nothing but an interruption would ever end the run. */
function checkEnds(
  { space }: Problem,
  { evaluations, target, stagnation, candidates, fix = {} }: OptimizeOptions,
): void {
  if ([evaluations, target, stagnation, candidates].some((end) => end !== undefined)) return;
  if (Number.isFinite(space.fix(fix).size)) return;
  throw usageError('nothing ends the optimization: give --evaluations, --target or --stagnation');
}

async function planOf(values: Values, choice: OracleChoice, reporter: Reporter, signal: AbortSignal): Promise<Plan> {
  const before = await settingsBegun(values.run ?? defaultDirectory);
  const lookup = choice.kind === 'table' ? choice.subject : undefined;
  const problem = await openProblem(values, lookup, reporter, signal);
  const { evaluations, target, stagnation, batch } = values;
  const options: OptimizeOptions = {
    ...(await searchOptions(values, problem, reporter, signal)),
    ...evaluatingOptions(values),
    ...(evaluations === undefined ? {} : { evaluations }),
    ...(target === undefined ? {} : { target }),
    ...(stagnation === undefined ? {} : { stagnation }),
    ...(batch === undefined ? {} : { batch }),
    data: problem.data,
  };
  checkEnds(problem, options);
  const kept = before?.options?.['queue-key'];
  const key = typeof kept === 'string' ? kept : randomUUID();
  const more = { ...surrogateFact(values), ...oracleFacts(values, choice, key) };
  const threads = values.threads ?? before?.threads;
  const known = threads === undefined ? options : { ...options, threads };
  const settings = runSettings(problem.space, known, { reward: problem.reward, more });
  return { problem, options, settings, key, begun: before !== undefined };
}

interface Opened {
  readonly run: Run;
  readonly oracle: OpenOracle;
}

/** Opens both, or none: a run is begun only with an oracle that there is, and an oracle is started only for a run that is ours. */
async function openBoth(
  begun: boolean,
  toOpen: { readonly [K in keyof Opened]: () => Promise<Opened[K]> },
): Promise<Opened> {
  if (begun) {
    const run = await toOpen.run();
    const oracle = await toOpen.oracle().catch(async (error: unknown) => {
      await run.close();
      throw error;
    });
    return { run, oracle };
  }
  const oracle = await toOpen.oracle();
  const run = await toOpen.run().catch(async (error: unknown) => {
    await oracle.close();
    throw error;
  });
  return { run, oracle };
}

/** What an oracle keeps of this run is kept in the directory. */
async function forgetAll({ run, oracle }: Opened, reporter: Reporter): Promise<void> {
  const { told, requests } = run.record;
  await oracle
    .forget?.([...told.keys()].filter((id) => requests.has(id)))
    .catch((error: unknown) => reporter.note(`results stay in the queue: ${messageOf(error)}`));
}

/** The loop until it stops, told to the reporter and, where that is asked for, as events. */
async function loop(
  { run, oracle }: Opened,
  { problem, options }: Plan,
  { values, reporter, session }: { readonly values: Values; readonly reporter: Reporter; readonly session: Session },
): Promise<OptimizeResult> {
  const { record } = run;
  const report = reportOf(run);
  const events = runEvents(values.json ? session.stdout : undefined);
  const best = bestDesign(record, problem.space, record.settings.direction);
  const progress = followRun({ settings: record.settings, begun: resultsAsked(record), best, reporter });
  await events.started(run);
  const result = await runOptimization(problem.space, oracle, {
    ...options,
    run,
    signal: session.signal,
    observer: reporter.observer,
    onOutcome: (outcome) => {
      progress.onEvaluation(outcome);
      events.evaluated(outcome);
    },
    onRound: async (round) => {
      progress.onRound(round);
      await events.round(round);
      await report.writeNowAndThen();
    },
  });
  await report.write();
  await events.stopped(run, result);
  return result;
}

async function run(_: readonly [], values: Values, session: Session): Promise<void> {
  const { signal, stdout } = session;
  const choice = chosenOracle(values);
  checkOutputs(
    [
      ...problemFiles(values),
      { role: '--candidates', file: values.candidates },
      { role: '--table', file: values.table },
      { role: '--module', file: values.module },
    ],
    [{ role: '--save-space', file: values['save-space'] }],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  try {
    const plan = await planOf(values, choice, reporter, signal);
    signal.throwIfAborted();
    const opened = await openBoth(plan.begun, {
      run: () => openNamedRun(values.run, plan.settings),
      oracle: () => openOracle(choice, { values, problem: plan.problem, reporter, key: plan.key }),
    });
    try {
      reporter.note(startInWords(opened.run, values.run === undefined));
      const result = await loop(opened, plan, { values, reporter, session });
      await forgetAll(opened, reporter);
      reporter.end();
      if (!values.json) await print(stdout, endInWords(opened.run, result));
      const failed = result.stopped === 'aborted' ? undefined : allFailedInWords(opened.run.record);
      if (failed !== undefined) throw new UserError('stopped', failed);
    } finally {
      await opened.oracle.close();
      await opened.run.close();
    }
    signal.throwIfAborted();
  } finally {
    reporter.end();
  }
}

/** The loop against an oracle. */
export const optimize: Command = defineCommand<Values, readonly []>({
  name: 'optimize',
  operands: [],
  summary: 'ask for designs, have them evaluated, learn, and ask again',
  description:
    'Asks for designs in rounds, has an oracle do the experiments (a command, a program, a module, a table or a queue), learns from ' +
    'what came of them, and asks for better ones. Everything is kept in a directory, from which the same command goes on.',
  flags,
  examples: [
    [
      'diffopt optimize --space space.json --command "python3 oracle.py" --evaluations 200 --batch 20',
      'an oracle that stays and speaks JSON lines',
    ],
    [
      'diffopt optimize --space space.json --program "./sim --t={temperature} {catalyst}" --concurrency 8 --evaluations 500',
      'a program for each design, eight at a time',
    ],
    [
      'diffopt optimize --data runs.csv --reward cost --minimize --module cost.js --workers --concurrency 4 --evaluations 1000',
      'past experiments first, then a function in threads',
    ],
  ],
  run,
});
