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
