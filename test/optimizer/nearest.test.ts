import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestRow } from '../../src/optimizer/nearest.ts';
import { createSpace } from '../../src/space/index.ts';
import { drawnSpace, vectors } from '../space/spaces.ts';
import { planeTable } from './tiny.ts';

test('the nearest row is the one with the least root mean squared difference of coordinates, the first of equals', () => {
  const drawn = drawnSpace.chain(({ parameters, designs }) =>
    vectors(createSpace({ parameters }).dimension).map((vector) => ({ parameters, designs, vector })),
  );
  fc.assert(
    fc.property(drawn, ({ parameters, designs, vector }) => {
      const space = createSpace({ parameters });
      const table = { ...planeTable(10), space, designs, rewards: Float64Array.from(designs.keys()) };
      const distances = designs.map((design) => {
        const row = Float32Array.from(space.encode(design));
        return Math.sqrt(vector.reduce((sum, value, j) => sum + (value - row[j]!) ** 2, 0) / space.dimension);
      });
      const least = Math.min(...distances);
      fc.pre(Number.isFinite(least));
      const { row, reward, distance } = nearestRow(table)(vector);
      expect(distance).toBeCloseTo(least, 9);
      expect(distances[row]).toBeCloseTo(least, 9);
      expect(reward).toBe(row);
      expect(distances.slice(0, row).every((one) => one > least)).toBe(true);
    }),
  );
});

test('a row of the table is nearest to itself; one without a reward has none', () => {
  const rows = planeTable(12).designs.map(({ x, y }, i) => ({
    x: Number(x),
    y: Number(y),
    reward: i === 3 ? null : i,
  }));
  const table = planeTable(rows);
  const nearest = nearestRow(table);
  table.designs.forEach((design, row) => {
    expect(nearest(Float32Array.from(table.space.encode(design)))).toEqual({
      row,
      reward: row === 3 ? undefined : row,
      distance: 0,
    });
  });
});
