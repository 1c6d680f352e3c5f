import type { Design, Space } from '../space/index.ts';

export type Direction = 'maximize' | 'minimize';

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
  /** In the reward's own units; NaN where the row has no reward. */
  readonly rewards: Float64Array;
  /** Columns that are neither parameters nor the reward: the user said so, or the given space does not name them. */
  readonly ignored: readonly string[];
  /** Rows whose design stands in an earlier row, whatever its reward. */
  readonly repeats: number;
  /** Most decimals seen in a numeric column, by column name; the reward's too. */
  readonly decimals: Readonly<Record<string, number>>;
}
