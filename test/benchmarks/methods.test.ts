import { describe, expect, it } from 'vitest';
import { loadTask, methods, visibleTable, type Request } from '../../benchmarks/index.ts';
import { ascend, climb, withSlope, type Slope } from '../../benchmarks/methods/gradient-ascent.ts';
import { evolve } from '../../benchmarks/methods/genetic-algorithm.ts';
import { mutationOf } from '../../benchmarks/methods/mutate.ts';
import { uniformDesign } from '../../benchmarks/methods/random.ts';
import { withRuntime } from '../../benchmarks/methods/surrogate.ts';
import { randomStream } from '../../src/base/index.ts';
import { add, constant, multiply, sin, square, subtract, sum, type Tensor } from '../../src/graph/index.ts';
import { createDesignSet, createSpace, type Design, type SpaceDefinition } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';

const mixed: SpaceDefinition = {
  parameters: {
    a: { type: 'real', min: 0, max: 1 },
    b: { type: 'real', min: -2, max: 2 },
    steps: { type: 'integer', min: 0, max: 8 },
    kind: { type: 'categorical', values: ['p', 'q', 'r', 's'] },
    code: { type: 'sequence', alphabet: 'AC', length: 5 },
  },
};

/** A smooth cost of 0 at one design, in encoded coordinates. */
const target = createSpace(mixed).encode({ a: 0.7, b: -1, steps: 6, kind: 'r', code: 'CACCA' });

function cost(vector: ArrayLike<number>, from = 0): number {
  return target.reduce((total, value, j) => total + (vector[from + j]! - value) ** 2, 0);
}

function request(direction: Direction, count: number): Request {
  const space = createSpace(mixed);
  const sign = direction === 'maximize' ? -1 : 1;
  const stream = randomStream(1);
  const designs = Array.from({ length: 60 }, () => uniformDesign(space, stream));
  const rewards = Float64Array.from(designs, (design) => sign * cost(space.encode(design)));
  const table = visibleTable({ name: 'mixed', space: mixed, reward: 'y', direction, visible: { designs, rewards } });
  return { table, count, seed: 1, stream: randomStream(2) };
}

function expectNew({ table, count }: Request, proposals: readonly Design[]): void {
  expect(proposals).toHaveLength(count);
  const known = createDesignSet(table.space);
  for (const design of table.designs) known.add(design);
  for (const design of proposals) {
    expect(table.space.problemWith(design)).toBeUndefined();
    expect(known.has(design)).toBe(false);
    known.add(design);
  }
}

function costs({ table }: Request, designs: readonly Design[]): number[] {
  return designs.map((design) => cost(table.space.encode(design))).sort((a, b) => a - b);
}

/** The gradient of the reward in closed form. */
const slopeOf =
  (direction: Direction): Slope =>
  (designs) =>
    Promise.resolve(
      Float64Array.from(
        designs,
        (value, i) => (direction === 'maximize' ? -2 : 2) * (value - target[i % target.length]!),
      ),
    );

describe('gradient ascent', () => {
  it.each(['maximize', 'minimize'] as const)('finds the end of a bowl (%s)', async (direction) => {
    const asked = request(direction, 10);
    const starts = asked.table.space.encodeAll(asked.table.designs.slice(0, 5));
    const ends = await ascend(starts, slopeOf(direction), direction === 'maximize' ? 1 : -1);
    for (let row = 0; row < 5; row++) expect(cost(ends, row * target.length)).toBeLessThan(0.01);
    const proposals = await climb(asked, slopeOf(direction));
    expectNew(asked, proposals);
    const best = costs(asked, asked.table.designs)[0]!;
    expect(costs(asked, proposals)[0]).toBeLessThan(0.01);
    expect(costs(asked, proposals)[5]).toBeLessThan(best);
  });

  it('stays in the box', async () => {
    const outwards: Slope = (designs) => Promise.resolve(new Float64Array(designs.length).fill(3));
    expect([...(await ascend(Float32Array.of(0, -1, 0.5), outwards, 1))]).toEqual([1, 1, 1]);
  });

  it('has the same slope from a graph as from differences of predictions', async () => {
    const weights = Float64Array.of(0.5, -1, 2);
    const graph = (x: Tensor): Tensor =>
      sum(multiply(add(square(subtract(x, 0.25)), sin(x)), constant(weights, [1, 3])), [1], true);
    const value = (row: ArrayLike<number>, at: number): number =>
      weights.reduce((total, weight, j) => total + weight * ((row[at + j]! - 0.25) ** 2 + Math.sin(row[at + j]!)), 0);
    const predict = (designs: Float32Array): Promise<{ mean: Float64Array; std: Float64Array }> =>
      Promise.resolve({
        mean: Float64Array.from({ length: designs.length / 3 }, (_, row) => value(designs, 3 * row)),
        std: new Float64Array(designs.length / 3),
      });
    const x = Float32Array.of(0.1, -0.4, 0.9, -1, 0, 0.5);
    await withRuntime(async (runtime) => {
      const exact = await withSlope({ predict, graph }, 3, runtime, (slope) => slope(x));
      const near = await withSlope({ predict }, 3, runtime, (slope) => slope(x));
      exact.forEach((slope, i) => {
        expect(slope).toBeCloseTo(weights[i % 3]! * (2 * (x[i]! - 0.25) + Math.cos(x[i]!)), 5);
        expect(near[i]).toBeCloseTo(slope, 2);
      });
    });
  });
});

describe('the genetic algorithm', () => {
  it.each(['maximize', 'minimize'] as const)(
    'improves on the data and ends near the best design (%s)',
    async (direction) => {
      const asked = request(direction, 10);
      const evaluate = (designs: readonly Design[]): Promise<Float64Array> =>
        Promise.resolve(Float64Array.from(designs, (design) => -cost(asked.table.space.encode(design))));
      const proposals = await evolve(asked, evaluate);
      expectNew(asked, proposals);
      const found = proposals.map((design) => cost(asked.table.space.encode(design)));
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      expect(found[0]).toBeLessThan(0.01);
      expect(found[9]).toBeLessThan(costs(asked, asked.table.designs)[0]!);
    },
  );
});

describe('mutations', () => {
  const space = createSpace(mixed);
  const { one, each } = mutationOf(space.columns);

  it('of one place change one value or letter, and reach every place', () => {
    const stream = randomStream(5);
    const start: Design = { a: 0.5, b: 0, steps: 4, kind: 'p', code: 'AAAAA' };
    const changed = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const vector = space.encode(start);
      one(vector, stream);
      const design = space.decode(vector)!;
      const different = space.names.filter((name) => design[name] !== start[name]);
      expect(different).toHaveLength(1);
      const [name = ''] = different;
      if (name === 'code') expect(Array.from(String(design[name])).filter((letter) => letter === 'C')).toHaveLength(1);
      changed.add(`${name}${name === 'code' ? String(design[name]) : ''}`);
    }
    expect(changed.size).toBe(4 + 5);
  });

  it('of each place change one of nine on average', () => {
    const stream = randomStream(6);
    const start: Design = { a: 0.5, b: 0, steps: 4, kind: 'p', code: 'AAAAA' };
    let total = 0;
    for (let i = 0; i < 1000; i++) {
      const vector = space.encode(start);
      each(vector, stream);
      const { a, b, steps, kind, code } = space.decode(vector)!;
      total += Number(a !== 0.5) + Number(b !== 0) + Number(steps !== 4) + Number(kind !== 'p');
      total += Array.from(String(code)).filter((letter) => letter === 'C').length;
    }
    expect(Math.abs(total / 1000 - 1)).toBeLessThan(0.15);
  });
});

describe('methods on the coating example', () => {
  const { name, space, reward, direction, visible, score } = loadTask('coating');
  const table = visibleTable({ name, space, reward, direction, visible });

  it('mutates the best rows into new designs near them', async () => {
    const asked: Request = { table, count: 20, seed: 0, stream: randomStream(0) };
    const proposals = await methods['best-of-data'](asked);
    expectNew(asked, proposals);
    for (const design of proposals) {
      const changes = table.designs.map(
        (row) => table.space.names.filter((parameter) => row[parameter] !== design[parameter]).length,
      );
      expect(Math.min(...changes)).toBe(1);
    }
    const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
    expect(middle(proposals.map((design) => score(design)!))).toBeLessThan(middle([...visible.rewards]));
  });
});
