import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { constant, mean, multiply, onnxRuntime, square, subtract, type Tensor } from '../../src/graph/index.ts';
import { ascent } from '../../src/optimizer/ascend.ts';
import { createSpace, type Space } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';
import { rowsOf } from './tiny.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

const axis = { type: 'real', min: 0, max: 1 } as const;
const space = createSpace({ parameters: { a: axis, b: axis, c: axis } });

/** sign times the mean squared distance from a place: [n, d] to [n, 1]. */
const bowl =
  (place: readonly number[], sign: number) =>
  (designs: Tensor): Tensor =>
    multiply(mean(square(subtract(designs, constant(place))), [1], true), sign);

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a, (value, j) => (value - b[j]!) ** 2).reduce((sum, one) => sum + one, 0) / a.length);

/** The children of one call. Parents are not looked at. */
async function climb(
  own: Space,
  model: (designs: Tensor) => Tensor,
  direction: Direction,
  starts: readonly Float32Array[],
  { count = 64, seed = 1 } = {},
): Promise<Float32Array> {
  const opened = await ascent(runtime, own, model, direction, starts);
  try {
    return await opened.variation([], count, randomStream(seed));
  } finally {
    await opened.dispose();
  }
}

describe('an ascent', () => {
  const start = Float32Array.of(-0.9, 0.9, 0.8);
  const place = [0.3, -0.2, 0.1];

  test.each<[Direction, number]>([
    ['maximize', -1],
    ['minimize', 1],
  ])('to %s ends nearer to the optimum than it starts, and some end at it', async (direction, sign) => {
    const children = rowsOf(await climb(space, bowl(place, sign), direction, [start]), 3);
    const ends = children.map((child) => distance(child, place));
    const from = distance(start, place);
    for (const end of ends) expect(end).toBeLessThan(from);
    expect(Math.min(...ends)).toBeLessThan(0.02);
    // Strides differ, so that children are spread from the start to the optimum.
    expect(Math.max(...ends)).toBeGreaterThan(0.7 * from);
  });

  test('down a model is up its negative, bit for bit', async () => {
    const up = await climb(space, bowl(place, -1), 'maximize', [start]);
    expect(await climb(space, bowl(place, 1), 'minimize', [start])).toEqual(up);
  });

  test('comes to rest: where a stride is long enough to arrive, it ends close by, since steps grow shorter', async () => {
    const near = Float32Array.of(place[0]! + 0.3, place[1]! + 0.3, place[2]! + 0.3);
    const ends = rowsOf(await climb(space, bowl(place, -1), 'maximize', [near], { count: 200 }), 3);
    // Half of the strides get there.
    const arrived = ends.filter((end) => distance(end, place) < 0.01).length / 200;
    expect(arrived).toBeGreaterThan(0.35);
    expect(arrived).toBeLessThan(0.6);
  });

  test('goes as far for a steep model as for a flat one', async () => {
    const flat = await climb(space, bowl(place, -0.001), 'maximize', [start]);
    const steep = await climb(space, bowl(place, -1000), 'maximize', [start]);
    flat.forEach((value, i) => expect(value).toBeCloseTo(steep[i]!, 3));
  });

  test('stays where there is no slope', async () => {
    const children = await climb(space, bowl(place, 0), 'maximize', [start]);
    for (const child of rowsOf(children, 3)) expect(child).toEqual(start);
  });

  test('keeps to the box, and reaches its wall where the optimum lies outside', async () => {
    const children = rowsOf(await climb(space, bowl([4, -4, 0], -1), 'maximize', [start]), 3);
    for (const child of children) for (const value of child) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    expect(children.some(([a, b]) => a === 1 && b === -1)).toBe(true);
  });

  test('does not move fixed coordinates, and moves the others', async () => {
    const fixed = space.fix({ b: 0.95 });
    const children = rowsOf(await climb(fixed, bowl(place, -1), 'maximize', [start]), 3);
    for (const child of children) {
      expect(child[1]).toBe(start[1]);
      expect(child[0]).toBeGreaterThan(start[0]!);
      expect(child[2]).toBeLessThan(start[2]!);
    }
  });

  test('leaves from every start, and they stay as they were', async () => {
    const starts = [Float32Array.of(-0.9, 0, 0), Float32Array.of(0, -0.9, 0), Float32Array.of(0, 0, -0.9)];
    // Along the first axis alone: the other coordinates tell the start.
    const model = (designs: Tensor): Tensor => bowl([1, 0, 0], -1)(multiply(designs, constant([1, 0, 0])));
    const children = rowsOf(await climb(space, model, 'maximize', starts), 3);
    const left = starts.map((one) => children.filter((child) => child[1] === one[1] && child[2] === one[2]).length);
    for (const count of left) expect(count).toBeGreaterThan(64 / 6);
    expect(left.reduce((a, b) => a + b)).toBe(64);
    expect(starts[0]).toEqual(Float32Array.of(-0.9, 0, 0));
  });

  test('is the same bytes for the same stream, and others for another', async () => {
    const one = await climb(space, bowl(place, -1), 'maximize', [start]);
    expect(await climb(space, bowl(place, -1), 'maximize', [start])).toEqual(one);
    expect(await climb(space, bowl(place, -1), 'maximize', [start], { seed: 2 })).not.toEqual(one);
  });
});
