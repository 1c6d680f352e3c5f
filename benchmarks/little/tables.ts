import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { randomStream } from '../../src/base/index.ts';
import { createDesignSet, parseSpace, type Design } from '../../src/space/index.ts';
import { readTable, tableFromRows, type Table } from '../../src/table/index.ts';
import { dataPath } from '../data.ts';
import { lookupOracle } from '../tasks/lookup.ts';
import { rowsAt, type Rows } from '../tasks/task.ts';

/** Laboratory data and one table of building materials, by name. The first three are complete grids. */
export const littleTableNames = [
  'suzuki_edbo',
  'buchwald_a',
  'buchwald_b',
  'hplc',
  'photo_pce10',
  'crossed_barrel',
  'agnp',
  'p3ht',
  'colors_bob',
  'concrete',
] as const;
export type LittleTableName = (typeof littleTableNames)[number];

/** Labelled rows that a method sees. */
export const littleSizes = [20, 100, 500] as const;
export type LittleSize = (typeof littleSizes)[number];

/** Rows that must be left to choose from. */
const leastCandidates = 50;

const taskFile = z.object({ space: z.unknown(), reward: z.string(), direction: z.enum(['maximize', 'minimize']) });

async function read(name: LittleTableName): Promise<Table> {
  if (name === 'concrete') {
    return readTable(dataPath('uci/concrete.csv.gz'), { reward: 'strength', direction: 'maximize' });
  }
  const path = dataPath(`lab/${name}.csv.gz`);
  const description = path.replace(/\.csv\.gz$/, '.task.json');
  const { space, reward, direction } = taskFile.parse(JSON.parse(readFileSync(description, 'utf8')));
  return readTable(path, { reward, direction, space: parseSpace(space, description) });
}

/** A table whose rows are all measured: what is not shown can be chosen, and its truth be looked up. */
export interface LittleTable extends Rows {
  readonly name: LittleTableName;
  readonly table: Table;
}

/** Reads a table. Rows of one design become one with their mean reward, and rows too close to an earlier one are left out. */
export async function loadLittleTable(name: LittleTableName): Promise<LittleTable> {
  const table = await read(name);
  const oracle = lookupOracle(name, table.space.names, table.designs, table.rewards);
  const distinct = createDesignSet(table.space);
  const designs = oracle.designs.filter((design) => {
    if (distinct.has(design)) return false;
    distinct.add(design);
    return true;
  });
  return { name, table, designs, rewards: Float64Array.from(designs, oracle.score) };
}

/** What a method sees, and what it may choose. */
export interface Choice {
  readonly visible: Table;
  readonly candidates: readonly Design[];
  /** True rewards of the candidates. */
  readonly truth: Float64Array;
  /** How many to choose. */
  readonly count: number;
}

/** Whether enough rows are left to choose from. */
export function sizeExists({ rewards }: Pick<Rows, 'rewards'>, size: LittleSize): boolean {
  return rewards.length - size >= leastCandidates;
}

/** How many of a table's rows are to be chosen when `size` are shown: a fifth of the others, and at most 16. */
export function choiceCount(rows: number, size: LittleSize): number {
  return Math.min(16, Math.floor((rows - size) / 5));
}

/** Shows `size` rows drawn by the seed; the others are candidates. */
export function choiceOf({ name, table, designs, rewards }: LittleTable, size: LittleSize, seed: number): Choice {
  const order = randomStream(seed).split('little data', name).permutation(designs.length);
  const shown = rowsAt({ designs, rewards }, order.subarray(0, size));
  const hidden = rowsAt({ designs, rewards }, order.subarray(size).sort());
  const { reward, direction, space } = table;
  const rows = shown.designs.map((design, row) => ({ ...design, [reward]: shown.rewards[row]! }));
  return {
    visible: tableFromRows(rows, { reward, direction, space: space.definition }, name),
    candidates: hidden.designs,
    truth: hidden.rewards,
    count: choiceCount(designs.length, size),
  };
}
