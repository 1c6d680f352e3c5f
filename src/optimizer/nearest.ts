import { quantile, type RandomStream } from '../base/index.ts';
import type { Table } from '../table/index.ts';
import type { Nearest } from './types.ts';
import { squaredDistance } from './select.ts';

/** Finds the row of the table that is nearest to an encoded design (d numbers). */
export function nearestRow({ space, designs, rewards }: Table): (design: ArrayLike<number>) => Nearest {
  const { dimension } = space;
  const rows = space.encodeAll(designs);
  return (design) => {
    let row = 0;
    let least = Infinity;
    for (let i = 0; i < designs.length; i++) {
      const distance = squaredDistance(design, rows.subarray(i * dimension, (i + 1) * dimension));
      if (distance < least) [row, least] = [i, distance];
    }
    const reward = rewards[row]!;
    return {
      row,
      reward: Number.isNaN(reward) ? undefined : reward,
      distance: Math.sqrt(least / Math.max(1, dimension)),
    };
  };
}

/** Rows whose nearest neighbours are looked for, and rows among which they are. */
const sampled = { rows: 400, among: 4000 } as const;

/** How far apart neighbours in the table usually are: the median Euclidean distance from a row to the nearest other design, in encoded
 *  coordinates, over random rows of a large table. 0 where all rows hold one design. */
export function neighbourDistance({ space, designs }: Table, stream: RandomStream): number {
  const { dimension } = space;
  const order = stream.permutation(designs.length).subarray(0, sampled.among);
  const rows = space.encodeAll(Array.from(order, (row) => designs[row]!));
  const rowAt = (i: number): Float32Array => rows.subarray(i * dimension, (i + 1) * dimension);
  const nearest = Float64Array.from({ length: Math.min(sampled.rows, order.length) }, (_, i) => {
    let least = Infinity;
    for (let j = 0; j < order.length; j++) {
      const distance = squaredDistance(rowAt(i), rowAt(j));
      if (distance > 0 && distance < least) least = distance;
    }
    return Math.sqrt(least);
  });
  const known = nearest.filter((distance) => Number.isFinite(distance));
  return known.length === 0 ? 0 : quantile(known, 0.5);
}
