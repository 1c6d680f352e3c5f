import type { Space } from '../space/index.ts';

/** Where a sequence lies among encoded coordinates: from `start` on, `choices` one-hot coordinates for each of its positions. */
export interface SequenceSpan {
  readonly start: number;
  readonly positions: number;
  readonly choices: number;
}

/** What a surrogate may know of the coordinates of encoded designs. */
export interface EncodedLayout {
  /** d, the number of coordinates. */
  readonly dimension: number;
  /** For each of the d coordinates the number of its parameter, such as the one that a one-hot group encodes. Default: each its own. */
  readonly groups?: readonly number[];
  /** For each of the d coordinates the number of the list of options that its choice is from, -1 for a number: choices with the same list
   *  have the same options in the same order. Default: no lists are known. */
  readonly optionLists?: readonly number[];
  /** Coordinates whose order means something, as a motif may stand anywhere in them. Default: none. */
  readonly sequences?: readonly SequenceSpan[];
}

/** The number of the parameter (or of the position in a sequence) that each of a space's encoded coordinates belongs to. */
export function columnGroups({ columns }: Pick<Space, 'columns'>): readonly number[] {
  let next = 0;
  return columns.flatMap((column) => {
    if (column.kind === 'scalar') return [next++];
    return Array.from({ length: column.positions }, () => Array<number>(column.choices).fill(next++)).flat();
  });
}

/** How many groups there are, numbered from 0. */
export const groupCount = (groups: readonly number[]): number =>
  groups.reduce((largest, group) => Math.max(largest, group + 1), 0);

/** The number of the list of options that each of a space's encoded coordinates is from, -1 for numbers. */
export function columnOptionLists({ columns }: Pick<Space, 'columns'>): readonly number[] {
  const lists = new Map<string, number>();
  return columns.flatMap(({ kind, parameter, width }) => {
    if (kind === 'scalar') return [-1];
    const key = JSON.stringify(
      'alphabet' in parameter ? [...parameter.alphabet] : 'values' in parameter && parameter.values,
    );
    if (!lists.has(key)) lists.set(key, lists.size);
    return Array<number>(width).fill(lists.get(key)!);
  });
}

/** The sequences among a space's encoded coordinates. */
export function sequenceSpans({ columns }: Pick<Space, 'columns'>): readonly SequenceSpan[] {
  return columns.flatMap((column) =>
    column.kind === 'onehot' && column.positions > 1
      ? [{ start: column.offset, positions: column.positions, choices: column.choices }]
      : [],
  );
}

/** The layout of a space's encoded designs. */
export function encodedLayout(space: Pick<Space, 'columns' | 'dimension'>): Required<EncodedLayout> {
  return {
    dimension: space.dimension,
    groups: columnGroups(space),
    optionLists: columnOptionLists(space),
    sequences: sequenceSpans(space),
  };
}

/** Whether every coordinate shares its group with another: designs are choices alone, without a number. */
export function choicesOnly({ groups = [] }: Pick<EncodedLayout, 'groups'>): boolean {
  const counts = new Map<number, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts.size > 0 && [...counts.values()].every((count) => count > 1);
}
