import { table, type Block } from './document.ts';
import { methodText } from './standings.ts';

/** A task's name, and what is shown of each method that was measured on it. */
export interface GlanceRow {
  readonly task: string;
  readonly seeds: number;
  readonly figures: ReadonlyMap<string, string>;
}

/** All tasks in one table, a column for each method. */
export function glanceTable(rows: readonly GlanceRow[], methods: readonly string[]): Block {
  return table<GlanceRow>(
    [
      { name: 'task', align: 'left', cell: ({ task }) => task },
      { name: 'seeds', align: 'right', cell: ({ seeds }) => `${seeds}` },
      ...methods.map((method) => ({
        name: methodText(method),
        align: 'right' as const,
        cell: ({ figures }: GlanceRow) => figures.get(method) ?? '',
      })),
    ],
    rows,
  );
}

/** The most seeds that a method was measured in. */
export function mostSeeds(methods: ReadonlyMap<string, readonly { readonly seed: number }[]>): number {
  return Math.max(...[...methods.values()].map((cells) => new Set(cells.map(({ seed }) => seed)).size));
}
