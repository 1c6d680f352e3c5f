import fc from 'fast-check';
import { DecisionTreeRegression } from 'ml-cart';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { referenceRuntime } from '../../src/graph/index.ts';
import { fitForest, forestDefaults } from '../../src/reward/index.ts';
import { drawCoordinates } from '../../src/reward/forest.ts';
import { flatten, treeValue } from '../../src/reward/tree.ts';
import { dimension, drawRows, r2, smooth } from './conformance.ts';

const context = (seed = 1) => ({ runtime: referenceRuntime, stream: randomStream(seed) });

test('a tree in arrays says what ml-cart’s own says', () => {
  const { designs, rewards } = drawRows(120, smooth, 1, 1, 10);
  const rows = Array.from(rewards, (_, i) => [...designs.subarray(i * dimension, (i + 1) * dimension)]);
  const tree = new DecisionTreeRegression({ minNumSamples: 3 });
  // The tree sees the columns in another order.
  const columns = [2, 0, 1];
  const seen = (row: readonly number[]): number[] => columns.map((j) => row[j]!);
  tree.train(rows.map(seen), [...rewards]);
  const flat = flatten(tree.root, columns);
  const fresh = drawRows(500, smooth, 2).designs;
  const expected = tree.predict(
    Array.from({ length: 500 }, (_, i) => seen([...fresh.subarray(i * dimension, (i + 1) * dimension)])),
  );
  expected.forEach((value, i) => expect(treeValue(flat, fresh, i * dimension)).toBe(value));
  expect(new Set(expected).size).toBeGreaterThan(20);
});

describe('held-out predictions', () => {
  test('are those of the trees that did not draw the row: one tree leaves about a third without any', async () => {
    const rows = drawRows(300, smooth, 3);
    const single = await fitForest({ trees: 1, bag: 300 })(rows, context());
    const judged = single.heldOut.mean.filter(Number.isFinite).length;
    expect(judged).toBe(single.quality.rows);
    expect(judged / 300).toBeGreaterThan(0.3);
    expect(judged / 300).toBeLessThan(0.44);
    const { mean: all } = await single.predict(rows.designs);
    single.heldOut.mean.forEach((value, row) => {
      if (Number.isFinite(value)) expect(value).toBe(all[row]);
    });
  });

  test('do not know the rows: rewards that are their own noise are not predicted', async () => {
    const rows = drawRows(200, () => 0, 4, 1, 1);
    const forest = await fitForest({ trees: 30 })(rows, context());
    expect(forest.quality.r2).toBeLessThan(0.1);
    expect(r2((await forest.predict(rows.designs)).mean, rows.rewards)).toBeGreaterThan(0.3);
  });
});

test('a reward of two values that one choice decides is learnt', async () => {
  const stream = randomStream(5);
  const designs = new Float32Array(60 * 2).map(() => (stream.uniform() < 0.5 ? -1 : 1));
  const rewards = Float64Array.from({ length: 60 }, (_, i) => (designs[2 * i]! > 0 ? 1 : 0));
  const forest = await fitForest({ parameterShare: 1 })({ designs, dimension: 2, rewards }, context());
  const { mean: center } = await forest.predict(Float32Array.of(-1, 1, 1, -1));
  expect(center[0]).toBeLessThan(0.05);
  expect(center[1]).toBeGreaterThan(0.95);
});

test('a tree looks at whole parameters, at one at least, and stops at the bound', () => {
  const parameters = [[0, 1, 2], [3], [4, 5], [6], [7, 8, 9, 10]];
  const sizes = fc.record({
    parameterShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
    coordinates: fc.integer({ min: 1, max: 11 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(sizes, ({ parameterShare, coordinates, seed }) => {
      const training = { ...forestDefaults, parameterShare, coordinates };
      const drawn = new Set(drawCoordinates(parameters, training, randomStream(seed)));
      const whole = parameters.filter((parameter) => parameter.every((j) => drawn.has(j)));
      expect(whole.flat()).toHaveLength(drawn.size);
      expect(whole.length).toBeGreaterThan(0);
      expect(whole.length).toBeLessThanOrEqual(Math.ceil(parameterShare * parameters.length));
      expect(drawn.size - Math.max(...whole.map(({ length }) => length))).toBeLessThan(coordinates);
    }),
  );
});
