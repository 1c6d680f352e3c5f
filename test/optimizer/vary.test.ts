import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mean, randomStream, standardDeviation } from '../../src/base/index.ts';
import { vary } from '../../src/optimizer/vary.ts';
import { createSpace, type Parameter, type Space, type Value } from '../../src/space/index.ts';
import { drawnSpace } from '../space/spaces.ts';
import { tiedSpace } from './mixed.ts';
import { rowsOf } from './tiny.ts';

const encodedRows = (space: Space, designs: Parameters<Space['encodeAll']>[0]): readonly Float32Array[] =>
  rowsOf(space.encodeAll(designs), space.dimension);

/** A space of n parameters of one kind. */
const alike = (n: number, parameter: Parameter): Space =>
  createSpace({ parameters: Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, parameter])) });

const countOf = (list: Iterable<unknown>): number => [...list].filter(Boolean).length;

describe('children', () => {
  test('of any parents, one alone included, are designs of the space once decoded', () => {
    fc.assert(
      fc.property(drawnSpace, fc.integer(), fc.integer({ min: 1, max: 12 }), ({ parameters, designs }, seed, count) => {
        const space = createSpace({ parameters });
        const children = vary(space, encodedRows(space, designs), count, randomStream(seed));
        expect(children.length).toBe(count * space.dimension);
        for (let i = 0; i < count; i++) {
          const child = space.decode(children, i * space.dimension);
          expect(child).toBeDefined();
          expect(space.problemWith(child!)).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });

  test('of a constrained space obey its constraints once decoded', () => {
    const space = createSpace(tiedSpace);
    const parents = encodedRows(space, [
      { a: 0.2, b: 0.3, c: 0.5, layers: 2, catalyst: 'A' },
      { a: 0.6, b: 0.4, c: 0, layers: 3, catalyst: 'B' },
    ]);
    const children = vary(space, parents, 200, randomStream(1));
    for (let i = 0; i < 200; i++)
      expect(space.satisfies(space.decode(children, i * space.dimension)!, 1e-9)).toBe(true);
  });

  test('stay in the box, and their choices are one of each', () => {
    fc.assert(
      fc.property(drawnSpace, fc.integer(), ({ parameters, designs }, seed) => {
        const space = createSpace({ parameters });
        for (const child of rowsOf(vary(space, encodedRows(space, designs), 8, randomStream(seed)), space.dimension)) {
          for (const value of child) expect(Math.abs(value)).toBeLessThanOrEqual(1);
          for (const column of space.columns) {
            if (column.kind === 'scalar' || column.choices === 1) continue;
            for (let position = 0; position < column.positions; position++) {
              const start = column.offset + position * column.choices;
              const group = [...child.subarray(start, start + column.choices)];
              expect(group.filter((value) => value === 1)).toHaveLength(1);
              expect(group.filter((value) => value === -1)).toHaveLength(column.choices - 1);
            }
          }
        }
      }),
    );
  });

  test('keep the coordinates of fixed parameters, bit for bit', () => {
    fc.assert(
      fc.property(
        drawnSpace,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.integer(),
        ({ parameters, designs }, flags, seed) => {
          const whole = createSpace({ parameters });
          const names = whole.names.filter((_, i) => flags[i]);
          const fixed = Object.fromEntries(names.map((name) => [name, designs[0]![name]!]));
          const space = whole.fix(fixed);
          const parents = encodedRows(
            space,
            designs.map((design) => ({ ...design, ...fixed })),
          );
          const held = space.columns.filter(({ name }) => names.includes(name));
          for (const child of rowsOf(vary(space, parents, 6, randomStream(seed)), space.dimension)) {
            for (const { offset, width } of held) {
              expect(child.subarray(offset, offset + width)).toEqual(parents[0]!.subarray(offset, offset + width));
            }
          }
        },
      ),
    );
  });

  test('of a space that is fixed altogether are their parents', () => {
    const space = alike(3, { type: 'real', min: 0, max: 1 }).fix({ p0: 0.1, p1: 0.2, p2: 0.3 });
    const parent = encodedRows(space, [{ p0: 0.1, p1: 0.2, p2: 0.3 }]);
    expect(vary(space, parent, 2, randomStream(1))).toEqual(Float32Array.from([...parent[0]!, ...parent[0]!]));
  });

  test('leave their parents as they were, and depend on the stream alone', () => {
    const space = alike(5, { type: 'integer', min: 0, max: 9 });
    const stream = randomStream(4);
    const designs = Array.from({ length: 6 }, () =>
      Object.fromEntries(space.names.map((name) => [name, stream.integer(10)])),
    );
    const parents = encodedRows(space, designs);
    const first = vary(space, parents, 40, randomStream(9));
    expect(parents).toEqual(encodedRows(space, designs));
    expect(vary(space, parents, 40, randomStream(9))).toEqual(first);
    expect(vary(space, parents, 40, randomStream(10))).not.toEqual(first);
  });
});

describe('what changes', () => {
  const count = 4000;

  test('is one gene or two on average, whatever their number', () => {
    for (const genes of [2, 10, 60]) {
      const space = alike(genes, { type: 'real', min: 0, max: 1 });
      const parent = encodedRows(space, [Object.fromEntries(space.names.map((name) => [name, 0.5]))]);
      const changed = rowsOf(vary(space, parent, count, randomStream(genes)), genes).map((child) =>
        countOf(child.map((value, j) => Number(value !== parent[0]![j]))),
      );
      // A binomial of mean 1.5 at most: its standard error is below 0.02.
      expect(Math.abs(mean(changed) - 1.5)).toBeLessThan(0.08);
    }
  });

  test('is one position of a sequence like any other gene: a letter drawn anew, itself included', () => {
    const space = createSpace({ parameters: { guide: { type: 'sequence', alphabet: 'ACGT', length: 30 } } });
    const text = 'ACGTACGTACGTACGTACGTACGTACGTAC';
    const children = vary(space, encodedRows(space, [{ guide: text }]), count, randomStream(2));
    const changed = Array.from({ length: count }, (_, i) => {
      const guide = String(space.decode(children, i * space.dimension)!['guide']);
      return countOf([...guide].map((letter, at) => letter !== text[at]));
    });
    expect(Math.abs(mean(changed) - 1.5 * 0.75)).toBeLessThan(0.08);
  });

  test('of a single parent are steps of a few hundredths of the range, since there is no difference to move by', () => {
    const space = alike(1, { type: 'real', min: 0, max: 1 });
    const children = vary(space, encodedRows(space, [{ p0: 0.5 }]), count, randomStream(6));
    expect(standardDeviation([...children])).toBeGreaterThan(0.03);
    expect(standardDeviation([...children])).toBeLessThan(0.05);
  });

  test.each<[string, Parameter, Value]>([
    ['few levels', { type: 'integer', min: 0, max: 4 }, 2],
    ['the end of few levels', { type: 'integer', min: 0, max: 4 }, 4],
    ['two levels', { type: 'integer', min: 0, max: 1 }, 0],
    ['a coarse step', { type: 'real', min: 0, max: 1, step: 0.25 }, 0.25],
    ['a logarithmic scale', { type: 'integer', min: 1, max: 1000, scale: 'log' }, 1],
    ['an ordered list', { type: 'ordinal', values: ['low', 'middle', 'high'] }, 'middle'],
  ])('of a number with %s is one step at least, though its parents agree', (_, parameter, value) => {
    const space = alike(1, parameter);
    const children = vary(space, encodedRows(space, [{ p0: value }]), 200, randomStream(3));
    for (let i = 0; i < 200; i++) expect(space.decode(children, i)!['p0']).not.toBe(value);
  });

  test('of parents that agree about a parameter is hardly that parameter; of those that differ, by their difference', () => {
    const space = alike(2, { type: 'real', min: 0, max: 1 });
    const parents = encodedRows(
      space,
      Array.from({ length: 10 }, (_, i) => ({ p0: i / 10, p1: 0.5 })),
    );
    const children = rowsOf(vary(space, parents, count, randomStream(7)), 2);
    const moved = (coordinate: number): number =>
      mean(children.map((child, i) => Math.abs(child[coordinate]! - parents[i % 10]![coordinate]!)));
    expect(moved(0)).toBeGreaterThan(5 * moved(1));
  });

  test('all else comes from the parents: a share of the columns from a second one', () => {
    const space = alike(40, { type: 'categorical', values: ['a', 'b'] });
    const all = (value: string) => Object.fromEntries(space.names.map((name) => [name, value]));
    const children = vary(space, encodedRows(space, [all('a'), all('b')]), count, randomStream(8));
    const others = Array.from({ length: count }, (_, i) => {
      const child = space.decode(children, i * space.dimension)!;
      return countOf(Object.values(child).map((value) => value !== (i % 2 === 0 ? 'a' : 'b')));
    });
    // Half of the children mix, half of those with their own kind; they take 0.3 of 40 columns. Changes add 1.5 / 2.
    expect(Math.abs(mean(others) - (0.25 * 12 + 0.75 * 0.95))).toBeLessThan(0.4);
    expect(others.filter((n) => n > 6).length / count).toBeCloseTo(0.25, 1);
  });
});
