import type { Design, Space, SpaceDefinition } from '../space/index.ts';
import type { Dialect } from './sheet.ts';

export type Direction = 'maximize' | 'minimize';

export interface TableOptions {
  /** The column that holds the reward, in its own units. */
  readonly reward: string;
  readonly direction: Direction;
  /** Columns that are not parameters. */
  readonly ignore?: readonly string[];
  /** The column that says which experiments failed; it is no parameter. None failed where it is not given. */
  readonly failed?: string;
  /** The space; guessed from the columns where it is not given. */
  readonly space?: SpaceDefinition;
  /** Where the space came from, as messages name it (the space). */
  readonly spaceFile?: string;
  /** Least number of rows with a reward (10). */
  readonly minimumLabelled?: number;
  /** Whether rewards that are all equal are an error (true). */
  readonly requireVariation?: boolean;
}

/** A table of past experiments, read and checked. Row i is `designs[i]` with `rewards[i]`. */
export interface Table {
  /** Where it came from, as messages name it. */
  readonly file: string;
  readonly space: Space;
  /** True when the space was guessed from the columns. */
  readonly inferred: boolean;
  readonly reward: string;
  readonly direction: Direction;
  /** The design columns in the order of the file; `space.names` may order them otherwise. */
  readonly columns: readonly string[];
  readonly designs: readonly Design[];
  /** In the reward's own units; NaN where the row has no reward, and where it failed, whatever its cell says. */
  readonly rewards: Float64Array;
  /** Whether the experiment failed: its design was tried and gave no result. */
  readonly failed: readonly boolean[];
  /** Columns that are neither parameters nor the reward nor the word on failures: the user said so, or the given space does not name them. */
  readonly ignored: readonly string[];
  /** Rows whose design stands in an earlier row, whatever its reward. */
  readonly repeats: number;
  /** Most decimals seen in a numeric column, by column name; the reward's too. */
  readonly decimals: Readonly<Record<string, number>>;
  /** How the file writes its cells; with commas and decimal points for rows that a program holds. */
  readonly dialect: Dialect;
}
