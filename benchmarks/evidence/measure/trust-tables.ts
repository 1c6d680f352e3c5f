import { randomStream } from '../../../src/base/index.ts';
import { createDesignSet } from '../../../src/space/index.ts';
import { readTable, type Table } from '../../../src/table/index.ts';
import { dataPath } from '../../data.ts';
import { loadLittleTable } from '../../little/tables.ts';
import { lookupOracle } from '../../tasks/lookup.ts';
import type { SplitRows } from './split.ts';

export const trustTableNames = [
  'concrete',
  'airfoil',
  'photo_pce10',
  'superconductor',
  'crossed_barrel',
  'tf-bind-8',
] as const;
export type TrustTableName = (typeof trustTableNames)[number];

/** So many distinct designs, drawn by the seed, each with the mean of its rewards; all where there are fewer. */
export function distinctRows({ file, space, ...table }: Table, limit: number, seed: number): SplitRows {
  const labelled = table.rewards.map((reward, row) => (Number.isNaN(reward) ? -1 : row)).filter((row) => row >= 0);
  const oracle = lookupOracle(
    file,
    space.names,
    Array.from(labelled, (row) => table.designs[row]!),
    labelled.map((row) => table.rewards[row]!),
  );
  const seen = createDesignSet(space);
  const designs: Table['designs'][number][] = [];
  for (const at of randomStream(seed).split('rows to split').permutation(oracle.designs.length)) {
    const design = oracle.designs[at]!;
    if (designs.length === limit) break;
    if (seen.has(design)) continue;
    seen.add(design);
    designs.push(design);
  }
  const rewards = Float64Array.from(designs, oracle.score);
  return { space: space.definition, direction: table.direction, designs, rewards };
}

async function little(name: 'concrete' | 'photo_pce10' | 'crossed_barrel'): Promise<SplitRows> {
  const { table, designs, rewards } = await loadLittleTable(name);
  return { space: table.space.definition, direction: table.direction, designs, rewards };
}

const loaders: { readonly [Name in TrustTableName]: (seed: number) => Promise<SplitRows> } = {
  concrete: () => little('concrete'),
  airfoil: async (seed) =>
    distinctRows(
      await readTable(dataPath('uci/airfoil.csv.gz'), { reward: 'sound_pressure_level', direction: 'minimize' }),
      1000,
      seed,
    ),
  photo_pce10: () => little('photo_pce10'),
  superconductor: async (seed) =>
    distinctRows(
      await readTable(dataPath('superconductor/superconductor.csv.gz'), {
        reward: 'critical_temp',
        direction: 'maximize',
        ignore: ['material'],
      }),
      2000,
      seed,
    ),
  crossed_barrel: () => little('crossed_barrel'),
  'tf-bind-8': async (seed) =>
    distinctRows(
      await readTable(dataPath('tfbind8/tfbind8.csv.gz'), {
        reward: 'score',
        direction: 'maximize',
        space: { parameters: { sequence: { type: 'sequence', alphabet: 'ACGT', length: 8 } } },
      }),
      3000,
      seed,
    ),
};

/** Rows of a table, every design once. The seed draws them where not all are taken. Throws a data error where the data is missing. */
export function loadTrustTable(name: TrustTableName, seed: number): Promise<SplitRows> {
  return loaders[name](seed);
}
