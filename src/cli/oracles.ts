import { usageError } from '../base/index.ts';
import {
  commandOracle,
  moduleOracle,
  programOracle,
  queueOracle,
  tableOracle,
  workersOracle,
  type Oracle,
} from '../oracle/index.ts';
import type { OptimizeOptions } from '../optimizer/index.ts';
import type { Json } from '../run/index.ts';
import {
  numberFlag,
  switchFlag,
  textFlag,
  wholeFromOne,
  wholeFromZero,
  type FlagsOf,
  type NumberRule,
} from './flags.ts';
import type { Problem } from './problem.ts';
import type { Reporter } from './progress.ts';

const oracleKinds = ['command', 'program', 'module', 'table', 'queue'] as const;
export type OracleKind = (typeof oracleKinds)[number];

export interface OracleValues extends Readonly<Record<OracleKind, string | undefined>> {
  readonly workers: boolean;
  readonly 'queue-name': string | undefined;
  readonly concurrency: number | undefined;
  readonly timeout: number | undefined;
  readonly retries: number | undefined;
}

/** The longest that timers of Node wait, in seconds. */
const longest = 2_147_483;

const seconds: NumberRule = {
  words: `a number of seconds above 0, at most ${longest}`,
  holds: (value) => value > 0 && value <= longest,
};

/** The flags that say what does experiments, and how. */
export const oracleFlags: FlagsOf<OracleValues> = {
  command: textFlag({
    group: 'Oracle',
    help: 'a command that stays and answers {"id": ..., "design": {...}} lines with {"id": ..., "reward": ...} lines',
  }),
  program: textFlag({
    group: 'Oracle',
    help: 'a program started for each design, {name} in its arguments being a value, which prints the reward last',
  }),
  module: textFlag({ group: 'Oracle', help: 'a JavaScript file whose default export is a function: design => reward' }),
  workers: switchFlag({
    group: 'Oracle',
    help: 'call the module in worker threads, as many as --concurrency: for JavaScript that computes',
  }),
  table: textFlag({
    group: 'Oracle',
    help: 'a table of finished experiments that rewards are looked up in; designs are rows of it',
  }),
  queue: textFlag({ group: 'Oracle', help: 'the address of a Redis server whose BullMQ workers do experiments' }),
  'queue-name': textFlag({ group: 'Oracle', help: 'the name of the queue there', fallback: 'diffopt' }),
  concurrency: numberFlag({ group: 'Oracle', help: 'most experiments at a time', fallback: '1' }, wholeFromOne),
  timeout: numberFlag(
    { group: 'Oracle', help: 'seconds after which an experiment has failed', fallback: 'none' },
    seconds,
  ),
  retries: numberFlag(
    { group: 'Oracle', help: 'further attempts at an experiment that fails', fallback: '0' },
    wholeFromZero,
  ),
};

/** What does experiments, as the user named it. */
export interface OracleChoice {
  readonly kind: OracleKind;
  readonly subject: string;
}

/** Throws a usage error for a flag about another kind of oracle. */
function checkOracleFlags(values: OracleValues, kind: OracleKind): void {
  if (values.workers && kind !== 'module') throw usageError('--workers is about --module, which is not given');
  if (values['queue-name'] !== undefined && kind !== 'queue') {
    throw usageError('--queue-name is about --queue, which is not given');
  }
}

/** The one oracle that is named. Throws a usage error for none and for several. */
export function chosenOracle(values: OracleValues): OracleChoice {
  const named = oracleKinds.flatMap((kind) => {
    const subject = values[kind];
    return subject === undefined ? [] : [{ kind, subject }];
  });
  const [choice, second] = named;
  if (choice === undefined) {
    throw usageError(`an oracle is missing: one of ${oracleKinds.map((kind) => `--${kind}`).join(', ')}`);
  }
  if (second !== undefined) {
    throw usageError(`--${choice.kind} and --${second.kind} both say what does experiments; give one of them`);
  }
  checkOracleFlags(values, choice.kind);
  return choice;
}

/** The options of the loop that the flags stand for. */
export function evaluatingOptions({
  concurrency,
  timeout,
  retries,
}: OracleValues): Pick<OptimizeOptions, 'concurrency' | 'timeoutMs' | 'retries'> {
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === undefined ? {} : { timeoutMs: 1000 * timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
}

/**
 * What is kept in a run of the oracle: never an address, which may hold a password. `key` tells the run's evaluations from those of others
 * in a queue.
 */
export function oracleFacts(
  values: OracleValues,
  { kind, subject }: OracleChoice,
  key: string,
): Readonly<Record<string, Json>> {
  const { timeout, retries } = values;
  return {
    ...(kind === 'queue' ? { queue: values['queue-name'] ?? 'diffopt', 'queue-key': key } : { [kind]: subject }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
}

/** An oracle that lets go of what it keeps of evaluations whose outcome is kept elsewhere. */
export type OpenOracle = Oracle & { readonly forget?: (ids: readonly string[]) => Promise<void> };

interface Context {
  readonly values: OracleValues;
  readonly problem: Problem;
  readonly reporter: Reporter;
  /** Tells the evaluations of one run from those of others. */
  readonly key: string;
}

const openers: { readonly [K in OracleKind]: (subject: string, context: Context) => Promise<OpenOracle> } = {
  command: (command, { reporter: { note } }) => commandOracle(command, { onNotice: note, onStderr: note }),
  program: (command, { problem, reporter: { note } }) =>
    programOracle(command, { names: problem.space.names, onStderr: note }),
  module: (path, { values: { workers, concurrency = 1 } }) =>
    workers ? workersOracle(path, { threads: concurrency }) : moduleOracle(path),
  table: (file, { problem: { lookup } }) => {
    if (lookup === undefined) throw usageError(`${file} was not read`);
    return tableOracle(lookup);
  },
  queue: (url, { values, key }) => {
    const name = values['queue-name'];
    return queueOracle({ url, run: key, ...(name === undefined ? {} : { queue: name }) });
  },
};

/** Opens the oracle. Rejects as its maker in `src/oracle` does. */
export function openOracle({ kind, subject }: OracleChoice, context: Context): Promise<OpenOracle> {
  return openers[kind](subject, context);
}
