import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';

/** A text that equal designs of a space share, and no others. */
export function designKey({ names }: Space, design: Design): string {
  return JSON.stringify(names.map((name) => design[name]));
}

/** The table with some of its rows, in the order given. Nothing else of it changes: not its space, nor the decimals seen. */
export function subTable(table: Table, rows: ArrayLike<number>): Table {
  // Every field is named, so that a new one that belongs to rows cannot be forgotten here.
  const { file, space, inferred, reward, direction, columns, ignored, decimals, dialect } = table;
  const designs = Array.from(rows, (row) => table.designs[row]!);
  const rewards = Float64Array.from(rows, (row) => table.rewards[row]!);
  const failed = Array.from(rows, (row) => table.failed[row]!);
  const repeats = designs.length - new Set(designs.map((design) => designKey(space, design))).size;
  return {
    file,
    space,
    inferred,
    reward,
    direction,
    columns,
    designs,
    rewards,
    failed,
    ignored,
    repeats,
    decimals,
    dialect,
  };
}
