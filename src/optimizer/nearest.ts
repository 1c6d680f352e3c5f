import { quantile, type RandomStream } from '../base/index.ts';
import type { Table } from '../table/index.ts';
import type { Nearest } from './types.ts';

/** Coordinates that are added up before a sum is held against the least one so far. */
const stretch = 16;

/** The squared Euclidean distance from the vector at `at` of `vectors` (d numbers) to the nearest of some rows (n x d) that is not at
 *  distance 0 if `others` is set, and the number of that row; Infinity and -1 where there is none. */
function nearestOf(
  vectors: ArrayLike<number>,
  at: number,
  rows: ArrayLike<number>,
  dimension: number,
  others: boolean,
): { readonly row: number; readonly squared: number } {
  let row = -1;
  let least = Infinity;
  const count = dimension === 0 ? 0 : rows.length / dimension;
  for (let i = 0; i < count; i++) {
    const start = i * dimension;
    let total = 0;
    for (let from = 0; from < dimension && total < least; from += stretch) {
      const to = Math.min(dimension, from + stretch);
      for (let j = from; j < to; j++) total += (vectors[at + j]! - rows[start + j]!) ** 2;
    }
    if (total < least && !(others && total === 0)) [row, least] = [i, total];
  }
  return { row, squared: least };
}

/** Finds the row of the table that is nearest to an encoded design (d numbers). */
export function nearestRow({ space, designs, rewards }: Table): (design: ArrayLike<number>) => Nearest {
  const { dimension } = space;
  const rows = space.encodeAll(designs);
  return (design) => {
    const { row, squared } = dimension === 0 ? { row: 0, squared: 0 } : nearestOf(design, 0, rows, dimension, false);
    const reward = rewards[row]!;
    return {
      row,
      reward: Number.isNaN(reward) ? undefined : reward,
      distance: Math.sqrt(squared / Math.max(1, dimension)),
    };
  };
}

/** Rows whose nearest neighbours are looked for, and rows among which they are. */
const sampled = { rows: 400, among: 4000 } as const;

/** Some rows of a table, encoded, and how far each of the first of them is from the nearest other design (rising). */
interface Neighbourhood {
  readonly rows: Float32Array;
  readonly distances: Float64Array;
}

function neighbourhood({ space, designs }: Pick<Table, 'space' | 'designs'>, stream: RandomStream): Neighbourhood {
  const { dimension } = space;
  const order = stream.permutation(designs.length).subarray(0, sampled.among);
  const rows = space.encodeAll(Array.from(order, (row) => designs[row]!));
  const distances = Float64Array.from({ length: Math.min(sampled.rows, order.length) }, (_, i) =>
    Math.sqrt(nearestOf(rows, i * dimension, rows, dimension, true).squared),
  );
  return { rows, distances: distances.filter((distance) => Number.isFinite(distance)).sort() };
}

/** How far apart neighbours in the table usually are: the median Euclidean distance from a row to the nearest other design, in encoded
 *  coordinates, over random rows of a large table. 0 where all rows hold one design. */
export function neighbourDistance(table: Table, stream: RandomStream): number {
  const { distances } = neighbourhood(table, stream);
  return distances.length === 0 ? 0 : quantile(distances, 0.5);
}

/**
 * How remote designs (n x d, encoded) are from given ones: by how many times their distance to the nearest one exceeds what 95 % of
 * those stay below in their distance to the nearest other one; 0 for designs that are as near. Of many given ones, random ones count.
 */
export function remoteness(
  known: Pick<Table, 'space' | 'designs'>,
  stream: RandomStream,
): (designs: Float32Array) => Float64Array {
  const { dimension } = known.space;
  const { rows, distances } = neighbourhood(known, stream);
  const usual = distances.length === 0 ? 0 : quantile(distances, 0.95);
  return (designs) =>
    Float64Array.from({ length: dimension === 0 ? 0 : designs.length / dimension }, (_, i) => {
      if (usual === 0) return 0;
      const { squared } = nearestOf(designs, i * dimension, rows, dimension, false);
      return Math.max(0, Math.sqrt(squared) / usual - 1);
    });
}
