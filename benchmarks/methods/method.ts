import type { RandomStream } from '../../src/base/index.ts';
import { createDesignSet, type Design } from '../../src/space/index.ts';
import { tableFromRows, type Direction, type Table } from '../../src/table/index.ts';
import type { Task } from '../tasks/task.ts';

/** What a method is given: the visible rows, and how many designs to propose. */
export interface Request {
  /** Space, reward, direction and visible rows. */
  readonly table: Table;
  /** Every design that no visible row holds, where the space can be listed. */
  readonly unseen?: readonly Design[];
  readonly count: number;
  readonly seed: number;
  /** The method's own. */
  readonly stream: RandomStream;
}

/** Proposes `count` different designs that are in the space and not in the table. */
export type Method = (request: Request) => Promise<readonly Design[]>;

/** The visible rows of a task as the table that a user would have. */
export function visibleTable({ name, space, reward, direction, visible }: TableSource): Table {
  const rows = visible.designs.map((design, row) => ({ ...design, [reward]: visible.rewards[row]! }));
  return tableFromRows(rows, { reward, direction, space }, name);
}

type TableSource = Pick<Task, 'name' | 'space' | 'reward' | 'direction' | 'visible'>;

/** Designs as they are taken: only new ones, until there are enough. */
export interface Collector {
  readonly designs: readonly Design[];
  /** Takes a design unless it is undefined, known or one too many. */
  readonly take: (design: Design | undefined) => void;
  readonly full: () => boolean;
}

/** Collects up to `limit` designs that differ from each other and from the rows of the table. */
export function collect(table: Table, limit: number): Collector {
  const known = createDesignSet(table.space);
  for (const design of table.designs) known.add(design);
  const designs: Design[] = [];
  return {
    designs,
    full: () => designs.length >= limit,
    take: (design) => {
      if (design === undefined || designs.length >= limit || known.has(design)) return;
      known.add(design);
      designs.push(design);
    },
  };
}

/** Larger is better: a reward with its sign turned where less is better. */
export const signOf: { readonly [D in Direction]: 1 | -1 } = { maximize: 1, minimize: -1 };
