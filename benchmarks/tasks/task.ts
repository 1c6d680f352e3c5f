import type { Design, SpaceDefinition } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';

/** n designs with their n rewards in own units; rows may repeat. */
export interface Rows {
  readonly designs: readonly Design[];
  readonly rewards: Float64Array;
}

/** An offline task: a method sees some rows, and a truth that it does not see scores what it proposes. */
export interface Task {
  readonly name: string;
  readonly space: SpaceDefinition;
  /** The reward's column, and which end of it is good. */
  readonly reward: string;
  readonly direction: Direction;
  readonly visible: Rows;
  /** What a score is: the share of the full data's range, or the reward's own units. */
  readonly unit: string;
  /** Least and greatest reward of the full data, own units; absent where scores are shares of that range already. */
  readonly range?: Range;
  /** The score of the best visible row, from its reward. */
  readonly bestVisible: number;
  /** The true score of a design, in the task's direction; undefined where nobody measured it. */
  readonly score: (design: Design) => number | undefined;
  /** What a reader must know of the truth; asked for after scoring. */
  readonly note?: () => string;
  /** Every design of a space that can be listed, and those of them that no visible row holds. */
  readonly listing?: { readonly all: readonly Design[]; readonly unseen: readonly Design[] };
}

/** The better of two rewards, by direction. */
export const better: { readonly [D in Direction]: (a: number, b: number) => number } = {
  maximize: (a, b) => Math.max(a, b),
  minimize: (a, b) => Math.min(a, b),
};

/** The best of n >= 1 rewards. */
export function best(values: ArrayLike<number>, direction: Direction): number {
  return Array.from(values).reduce((a, b) => better[direction](a, b));
}

/** Row numbers by reward, best first; equal rewards in the order of the rows. */
export function byReward(rewards: ArrayLike<number>, direction: Direction): Uint32Array {
  const sign = direction === 'maximize' ? -1 : 1;
  return Uint32Array.from({ length: rewards.length }, (_, row) => row).sort(
    (a, b) => sign * (rewards[a]! - rewards[b]!) || a - b,
  );
}

/** Some rows, by their numbers. */
export function rowsAt({ designs, rewards }: Rows, numbers: ArrayLike<number>): Rows {
  const rows = Array.from(numbers);
  return {
    designs: rows.map((row) => designs[row]!),
    rewards: Float64Array.from(rows, (row) => rewards[row]!),
  };
}

/** The rows whose reward is at most a limit. */
export function rowsAtMost(limit: number, rows: Rows): Rows {
  const numbers = Array.from(rows.rewards.keys()).filter((row) => rows.rewards[row]! <= limit);
  return rowsAt(rows, numbers);
}

/** Rewards as shares of the range from `min` to `max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export function rangeOf(values: Float64Array): Range {
  return { min: best(values, 'minimize'), max: best(values, 'maximize') };
}

export function normalized(value: number, { min, max }: Range): number {
  return (value - min) / (max - min);
}
