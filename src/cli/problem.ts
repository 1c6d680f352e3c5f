import { usageError, writeWhole } from '../base/index.ts';
import type { Evaluation } from '../optimizer/index.ts';
import { createSpace, type Space } from '../space/index.ts';
import {
  formatSpace,
  plainDialect,
  type Dialect,
  type Direction,
  type Table,
  type TableOptions,
} from '../table/index.ts';
import { dataFlags, openTable, readSpace, type DataValues } from './data.ts';
import { textFlag, type FlagsOf } from './flags.ts';
import type { NamedFile } from './paths.ts';
import type { Reporter } from './progress.ts';

export interface ProblemValues extends Omit<DataValues, 'reward'> {
  readonly data: string | undefined;
  readonly reward: string | undefined;
}

/** The flags that say what is optimized, and what is known of it. */
export const problemFlags: FlagsOf<ProblemValues> = {
  data: textFlag({ group: 'Data', help: 'a table of past experiments (CSV, plain or gzipped), known from the start' }),
  ...dataFlags,
  reward: textFlag({
    group: 'Data',
    help: 'the column that holds the reward, in its own units (required with a table)',
    fallback: 'reward',
  }),
};

/** What is optimized. */
export interface Problem {
  readonly space: Space;
  readonly direction: Direction;
  /** Name of the reward. */
  readonly reward: string;
  /** What is known of it. */
  readonly data: readonly Evaluation[];
  /** How that is written. */
  readonly dialect: Dialect;
  /** The table that is looked up, where there is one. */
  readonly lookup: Table | undefined;
}

/** A loop needs no measured row to begin with. */
const needs = { minimumLabelled: 0, requireVariation: false } as const;

/** The rows of a table as evaluations, failed and unlabelled ones too. */
function evaluationsOf({ file, designs, rewards, failed }: Table): readonly Evaluation[] {
  return designs.map((design, row): Evaluation => {
    if (failed[row] === true) return { design, error: `failed in ${file}` };
    const reward = rewards[row]!;
    return Number.isNaN(reward) ? { design } : { design, reward };
  });
}

function problemOf(table: Table, known: boolean): Problem {
  const { space, direction, reward, dialect } = table;
  return { space, direction, reward, data: known ? evaluationsOf(table) : [], dialect, lookup: undefined };
}

/** The files that the flags name, for `checkOutputs`. */
export function problemFiles(values: ProblemValues): readonly NamedFile[] {
  return [
    { role: '--data', file: values.data },
    { role: '--space', file: values.space },
  ];
}

/** Throws a usage error for flags about a table where there is none. */
function checkTableFlags(values: ProblemValues): void {
  const idle = values.failed !== undefined ? 'failed' : values.ignore.length > 0 ? 'ignore' : undefined;
  if (idle !== undefined) throw usageError(`--${idle} is about the columns of a table, and there is none`);
}

/**
 * Reads what the flags describe, says what was found, and saves the space where that is asked for. `lookup` is a further table, of which
 * designs are looked up. Throws a usage error where nothing says what a design is.
 */
export async function openProblem(
  values: ProblemValues,
  lookup: string | undefined,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Problem> {
  const { data, reward, space: spaceFile } = values;
  const direction = values.minimize ? 'minimize' : 'maximize';
  if (data === undefined && lookup === undefined) {
    if (spaceFile === undefined)
      throw usageError('--space or --data is missing: a space.json, or a table of experiments');
    checkTableFlags(values);
    const space = createSpace(await readSpace(spaceFile), spaceFile);
    if (values['save-space'] !== undefined) await writeWhole(values['save-space'], formatSpace(space.definition));
    return { space, direction, reward: reward ?? 'reward', data: [], dialect: plainDialect, lookup: undefined };
  }
  if (reward === undefined) throw usageError('--reward is missing: the column that holds the reward, in its own units');
  const open = (file: string, more: Partial<TableOptions> = {}, own: Partial<DataValues> = {}): Promise<Table> =>
    openTable(file, { ...values, ...own, reward }, reporter, signal, { ...needs, ...more });
  if (lookup === undefined) return problemOf(await open(data!), true);
  const table = await open(lookup);
  if (data === undefined) return { ...problemOf(table, false), lookup: table };
  // Its space holds what can be looked up.
  const { space, file: spaceName } = table;
  const more = spaceFile === undefined ? { space: space.definition, spaceFile: spaceName } : {};
  const known = await open(data, more, { 'save-space': undefined, ignore: [] });
  return { ...problemOf(known, true), lookup: table };
}
