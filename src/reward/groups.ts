import type { Space } from '../space/index.ts';

/** The number of the parameter (or of the position in a sequence) that each of a space's encoded coordinates belongs to. */
export function columnGroups({ columns }: Pick<Space, 'columns'>): readonly number[] {
  let next = 0;
  return columns.flatMap((column) => {
    if (column.kind === 'scalar') return [next++];
    return Array.from({ length: column.positions }, () => Array<number>(column.choices).fill(next++)).flat();
  });
}

/** Whether every coordinate shares its group with another: designs are choices alone, without a number. */
export function choicesOnly(groups: readonly number[] = []): boolean {
  const counts = new Map<number, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts.size > 0 && [...counts.values()].every((count) => count > 1);
}
