import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantile, randomStream } from '../../src/base/index.ts';
import { nearestRow, remoteness } from '../../src/optimizer/nearest.ts';
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
      // Squares: roots of different ones can be equal.
      const squares = designs.map((design) => {
        const row = Float32Array.from(space.encode(design));
        return vector.reduce((sum, value, j) => sum + (value - row[j]!) ** 2, 0);
      });
      const least = Math.min(...squares);
      fc.pre(Number.isFinite(least));
      const { row, reward, distance } = nearestRow(table)(vector);
      expect(distance).toBeCloseTo(Math.sqrt(least / Math.max(1, space.dimension)), 9);
      expect(reward).toBe(row);
      expect(row).toBe(squares.indexOf(least));
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

test('remoteness is by how much a distance exceeds what 95 % of the rows stay below in theirs', () => {
  const table = planeTable(60);
  const rows = table.designs.map((design) => table.space.encode(design));
  const away = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!);
  const least = (from: ArrayLike<number>): number =>
    Math.min(...rows.map((row) => away(from, row)).filter((one) => one > 1e-6));
  const usual = quantile(Float64Array.from(rows, least).sort(), 0.95);
  const designs = Float32Array.from([-0.5, -0.5, 0.3, -0.9, 1, 1, -0.2, 0.9]);
  const remote = remoteness(table, randomStream(1))(designs);
  remote.forEach((one, i) => {
    const expected = least(designs.subarray(2 * i, 2 * i + 2)) / usual - 1;
    expect(one).toBeCloseTo(Math.max(0, expected), 4);
  });
  expect(remote[0]).toBe(0);
  expect(remote[2]).toBeGreaterThan(3);
  const known = table.space.encodeAll(table.designs);
  expect(remoteness(table, randomStream(1))(known).every((one) => one === 0)).toBe(true);
});

test('nothing is remote from one design, measured again and again, or in a space of none', () => {
  const same = planeTable(Array.from({ length: 12 }, (_, i) => ({ x: 0.3, y: 0.4, reward: i })));
  expect(Array.from(remoteness(same, randomStream(1))(Float32Array.from([1, 1])))).toEqual([0]);
});
