import { createHash } from 'node:crypto';
import { z } from 'zod';
import { packageVersion, usageError } from '../base/index.ts';
import { compareSettings, type Json, type Run, type RunSettings } from '../run/index.ts';
import type { Design, Space, Value } from '../space/index.ts';
import { defaultCount } from './defaults.ts';
import type { Evaluation } from './evaluation.ts';
import { defaultThreads } from './models.ts';
import type { OptimizerOptions } from './optimizer-options.ts';
import { plainOptionNames, plainOptions, plainOptionsSchema, readShape, type PlainOptions } from './plain-options.ts';

/** What decides what a run does: how designs are looked for, and what is known before the first. */
export type RunOptions = OptimizerOptions & { readonly data?: readonly Evaluation[] };

/** What options do not say of a run. */
export interface RunFacts {
  /** Name of the reward, and of its column in `evaluations.csv` (`reward`). */
  readonly reward?: string;
  /** More that must be the same when it is resumed, by the name that users know it by: the surrogate, the oracle. */
  readonly more?: Readonly<Record<string, Json>>;
}

/** Options that settings hold elsewhere than among `options`. */
const elsewhere: readonly (keyof PlainOptions)[] = ['direction', 'batch', 'evaluations', 'seed'];

/** Keys of a run's `options` that optimizer options become. */
const ownNames: ReadonlySet<string> = new Set([
  ...plainOptionNames.filter((name) => !elsewhere.includes(name)),
  'data',
]);

/** "12 rows, sha256 0123456789abcdef": what tells one list from another at a glance. */
function digestOf(rows: readonly Json[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`);
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return `${count}, sha256 ${hash.digest('hex').slice(0, 16)}`;
}

function valuesOf({ names }: Space, design: Design): readonly (Value | null)[] {
  return names.map((name) => design[name] ?? null);
}

/** Candidates as settings hold them; the digest comes first, so that it is what a refusal names. */
function listed(space: Space, candidates: readonly Design[]): Json {
  const rows = candidates.map((design) => valuesOf(space, design));
  return { digest: digestOf(rows), rows };
}

function dataRow(space: Space, { id, design, reward, error }: Evaluation): Json {
  return [id ?? null, design === undefined ? null : valuesOf(space, design), reward ?? null, error ?? null];
}

/**
 * The settings to open a run with that `optimize` or a `DiffusionOptimizer` with these options goes on with. A surrogate is a function
 * and not among them: name it in `more`. `threads` is what the machine has unless it is given.
 */
export function runSettings(
  space: Space,
  options: RunOptions,
  { reward = 'reward', more = {} }: RunFacts = {},
): RunSettings {
  const { direction, batch, evaluations, seed, candidates, fix, ...others } = plainOptions(options);
  const fixed = { ...space.fixed, ...fix };
  const { data = [], threads = defaultThreads() } = options;
  return {
    space: space.definition,
    direction: direction ?? 'maximize',
    reward,
    seed: seed ?? 0,
    batch: batch ?? defaultCount,
    threads,
    ...(evaluations === undefined ? {} : { evaluations }),
    package: packageVersion(),
    options: {
      ...(others as Readonly<Record<string, Json>>),
      ...(Object.keys(fixed).length === 0 ? {} : { fix: fixed }),
      ...(candidates === undefined ? {} : { candidates: listed(space, candidates) }),
      ...(data.length === 0 ? {} : { data: digestOf(data.map((one) => dataRow(space, one))) }),
      ...more,
    },
  };
}

const listedSchema = z.object({ rows: z.array(z.array(z.union([z.number(), z.string()]))) });

/**
 * The options of the optimizer that a run was begun with, without its surrogate. Throws a data error that names the field for settings
 * that `runSettings` did not make.
 */
export function optionsOfRun({
  space,
  direction,
  seed,
  batch,
  threads,
  evaluations,
  options = {},
}: RunSettings): OptimizerOptions {
  const names = Object.keys(space.parameters);
  const {
    data: _,
    candidates,
    ...own
  } = Object.fromEntries(Object.entries(options).filter(([name]) => ownNames.has(name)));
  const plain = readShape(plainOptionsSchema, own, 'the options of the run');
  const rows =
    candidates === undefined ? undefined : readShape(listedSchema, candidates, 'the candidates of the run').rows;
  return {
    ...plain,
    direction,
    seed,
    batch,
    threads,
    ...(evaluations === undefined ? {} : { evaluations }),
    ...(rows === undefined
      ? {}
      : { candidates: rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? '']))) }),
  };
}

/** The same with no other options than those that optimizer options become. */
function ownSettings(settings: RunSettings): RunSettings {
  const entries = Object.entries(settings.options ?? {}).filter(([name]) => ownNames.has(name));
  return { ...settings, options: Object.fromEntries(entries) };
}

/**
 * Throws a usage error that names the setting and both values when a run was begun with other options than these. The number of threads
 * and of evaluations are the run's where none is given; more evaluations than the run's are to be given when it is opened.
 */
export function checkRunOptions({ directory, record: { settings } }: Run, space: Space, options: RunOptions): void {
  const { threads, evaluations } = settings;
  const limit = evaluations === undefined ? {} : { evaluations };
  const given = runSettings(space, { threads, ...limit, ...options }, { reward: settings.reward });
  if (compareSettings(directory, ownSettings(settings), given) === 'same') return;
  throw usageError(
    `evaluations is ${given.evaluations ?? 'not limited'}, but the run in ${directory} was opened with ${evaluations ?? 'no limit'}; ` +
      `open it with more`,
  );
}
