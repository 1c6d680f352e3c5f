import { performance } from 'node:perf_hooks';
import { randomStream, standardDeviation } from '../../../src/base/index.ts';
import { propose } from '../../../src/optimizer/index.ts';
import { createSpace, type Design } from '../../../src/space/index.ts';
import { tableFromRows } from '../../../src/table/index.ts';
import type { CellKey } from '../../offline/cells.ts';
import { splitRows, type SplitName, type SplitRows } from './split.ts';
import { loadTrustTable, type TrustTableName } from './trust-tables.ts';

/** What is said of a row that was held out, and how wrong it is; in standard deviations of the table's rewards. */
export interface Told {
  readonly trust: number;
  /** Predicted mean less reward. */
  readonly error: number;
  /** Predicted standard deviation. */
  readonly std: number;
}

export interface TrustCell extends CellKey {
  readonly task: TrustTableName;
  readonly method: SplitName;
  /** One for each row that was held out. */
  readonly told: readonly Told[];
  readonly seconds: number;
}

const reward = 'reward';

/** Digits of what is kept. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Learns from the rows that are not held out, and has the others judged as candidates, all of which are asked for. */
export async function toldOf(rows: SplitRows, split: SplitName, seed: number): Promise<readonly Told[]> {
  const { shown, heldOut } = splitRows(split, rows, randomStream(seed).split('split', split));
  const { space, direction } = rows;
  const table = tableFromRows(
    shown.designs.map((design, row) => ({ ...design, [reward]: shown.rewards[row]! })),
    { reward, direction, space },
  );
  const { names } = createSpace(space);
  const keyOf = (design: Design): string => JSON.stringify(names.map((name) => design[name]));
  const truth = new Map(heldOut.designs.map((design, row) => [keyOf(design), heldOut.rewards[row]!]));
  const { proposals } = await propose(table, { candidates: heldOut.designs, count: heldOut.designs.length, seed });
  const scale = standardDeviation(rows.rewards);
  return proposals.map(({ design, trust, predicted: { mean, std } }) => {
    const known = truth.get(keyOf(design));
    if (known === undefined) throw new Error(`Judged ${keyOf(design)}, which was not held out.`);
    return { trust: rounded(trust), error: rounded((mean - known) / scale), std: rounded(std / scale) };
  });
}

/** Judges the held-out rows of one table. */
export async function measureTrust(
  key: CellKey & { readonly task: TrustTableName; readonly method: SplitName },
): Promise<TrustCell> {
  const rows = await loadTrustTable(key.task, key.seed);
  const started = performance.now();
  const told = await toldOf(rows, key.method, key.seed);
  return { ...key, told, seconds: (performance.now() - started) / 1000 };
}
