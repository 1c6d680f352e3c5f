import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { createDesignSet, createSpace, type Design, type Parameter } from '../../src/space/index.ts';

const real: Parameter = { type: 'real', min: 0, max: 10 };

describe('a design is in the set', () => {
  const space = createSpace({
    parameters: {
      x: real,
      y: { type: 'real', min: 1, max: 1000, scale: 'log' },
      s: { type: 'real', min: 0, max: 1, step: 0.1 },
      n: { type: 'integer', min: 0, max: 9 },
      o: { type: 'ordinal', values: [1, 2, 4] },
      c: { type: 'categorical', values: ['A', 'B'] },
      q: { type: 'sequence', alphabet: 'AC', length: 3 },
    },
  });
  const first: Design = { x: 5, y: 10, s: 0.3, n: 4, o: 2, c: 'A', q: 'ACA' };
  const set = createDesignSet(space);
  set.add(first);

  test.each<[string, Partial<Record<string, number | string>>]>([
    ['itself', {}],
    ['a real within 1e-3 of the range', { x: 5.01 }],
    ['a real within 1e-3 of the range below', { x: 4.99 }],
    ['a log real within 1e-3 of the log range', { y: 10 * 1000 ** 0.00099 }],
    ['a step in its last bits', { s: 0.1 + 0.2 }],
    ['a listed number as text', { o: '2' }],
  ])('that differs by %s', (_, change) => {
    expect(set.has({ ...first, ...change } as Design)).toBe(true);
  });

  test.each<[string, Partial<Record<string, number | string>>]>([
    ['more than 1e-3 of the range', { x: 5.0101 }],
    ['more than 1e-3 of the log range', { y: 10 * 1000 ** 0.00101 }],
    ['a step', { s: 0.4 }],
    ['one', { n: 5 }],
    ['an ordinal', { o: 4 }],
    ['a category', { c: 'B' }],
    ['a letter', { q: 'ACC' }],
  ])('but not one that differs by %s', (_, change) => {
    expect(set.has({ ...first, ...change } as Design)).toBe(false);
  });

  test('after it was added as a new one, which one within reach of it is not', () => {
    const grown = createDesignSet(space);
    expect([first, { ...first }, { ...first, x: 5.01 }].map((one) => grown.addNew(one))).toEqual([true, false, false]);
    expect(grown.size).toBe(1);
    expect(grown.addNew({ ...first, x: 5.02 })).toBe(true);
    expect(grown.size).toBe(2);
    expect(grown.has({ ...first, x: 5.029 })).toBe(true);
  });

  test('which counts designs that are not equal', () => {
    const counted = createDesignSet(space);
    expect(counted.size).toBe(0);
    counted.add(first);
    counted.add({ ...first });
    expect(counted.size).toBe(1);
    counted.add({ ...first, x: 5.005 });
    expect(counted.size).toBe(2);
    // Within reach of the second alone.
    expect(counted.has({ ...first, x: 5.0149 })).toBe(true);
    expect(set.has({ ...first, x: 5.0149 })).toBe(false);
  });
});

test('agrees with a comparison of all pairs', () => {
  const space = createSpace({
    parameters: { x: real, y: real, z: { type: 'real', min: -1, max: 1 }, n: { type: 'integer', min: 0, max: 1 } },
  });
  // Clusters about as wide as the radius, 0.01 of x and y.
  const near = fc.integer({ min: 0, max: 40 }).map((k) => 5 + k * 0.0011);
  const design = fc.record({ x: near, y: near, z: near.map((v) => (v - 5) / 5), n: fc.integer({ min: 0, max: 1 }) });
  fc.assert(
    fc.property(fc.array(design, { minLength: 30, maxLength: 200 }), (designs) => {
      const set = createDesignSet(space);
      designs.forEach((candidate, i) => {
        const same = designs
          .slice(0, i)
          .some(
            (other) =>
              other.n === candidate.n &&
              Math.abs(other.x - candidate.x) <= 0.01 &&
              Math.abs(other.y - candidate.y) <= 0.01 &&
              Math.abs(other.z - candidate.z) <= 0.002,
          );
        expect(set.has(candidate)).toBe(same);
        set.add(candidate);
      });
    }),
    { numRuns: 200 },
  );
});

test('holds all 65,536 sequences of 8 letters and their repeats', () => {
  const space = createSpace({ parameters: { q: { type: 'sequence', alphabet: 'ACGT', length: 8 } } });
  const set = createDesignSet(space);
  const text = (k: number): string => Array.from({ length: 8 }, (_, i) => 'ACGT'[(k >> (2 * i)) & 3]!).join('');
  for (let k = 0; k < 65536; k++) {
    const design = { q: text(k) };
    if (k % 97 === 0) expect(set.has(design)).toBe(false);
    set.add(design);
    if (k % 97 === 0) expect(set.has(design)).toBe(true);
  }
  for (let k = 0; k < 256; k++) set.add({ q: text(k) });
  expect(set.size).toBe(65536);
});

test('finds near designs of 200 reals, sparse ones too', () => {
  const names = Array.from({ length: 200 }, (_, i) => `p${i}`);
  const space = createSpace({ parameters: Object.fromEntries(names.map((name) => [name, real])) });
  const random = randomStream(1);
  const value = (k: number, i: number): number => {
    // The first coordinate keeps designs that are sparse everywhere else apart.
    if (i === 0) return (10 * k) / 500;
    return k % 2 === 0 || random.uniform() < 0.03 ? 10 * random.uniform() : 0;
  };
  const designs = Array.from({ length: 500 }, (_, k): Design =>
    Object.fromEntries(names.map((name, i) => [name, value(k, i)])),
  );
  const set = createDesignSet(space);
  for (const design of designs) {
    expect(set.has(design)).toBe(false);
    set.add(design);
  }
  for (const design of designs) {
    const moved = (by: number): Design =>
      Object.fromEntries(
        names.map((name) => [name, Number(design[name]) < 5 ? Number(design[name]) + by : Number(design[name]) - by]),
      );
    expect(set.has(moved(0.0099))).toBe(true);
    expect(set.has(moved(0.0101))).toBe(false);
  }
});
