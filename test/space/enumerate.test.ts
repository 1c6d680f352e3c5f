import { describe, expect, test } from 'vitest';
import { createSpace, enumerate, type Parameter } from '../../src/space/index.ts';

const space = createSpace({
  parameters: {
    n: { type: 'integer', min: 1, max: 2 },
    c: { type: 'categorical', values: ['x', 'y'] },
    q: { type: 'sequence', alphabet: 'CA', length: 2 },
  },
});

describe('enumerate', () => {
  test('lists all designs in order', () => {
    const all = [...enumerate(space)];
    expect(all).toHaveLength(space.size);
    expect(all.slice(0, 6).map(({ n, c, q }) => `${n}${c}${q}`)).toEqual([
      '1xCC',
      '1xCA',
      '1xAC',
      '1xAA',
      '1yCC',
      '1yCA',
    ]);
    expect(new Set(all.map((design) => JSON.stringify(design))).size).toBe(16);
  });

  test('stops at the limit, also in a space too large to list', () => {
    expect([...enumerate(space, 3)]).toHaveLength(3);
    const vast = createSpace({ parameters: { q: { type: 'sequence', alphabet: 'ACGT', length: 50 } } });
    expect([...enumerate(vast, 2)].map(({ q }) => q)).toEqual(['A'.repeat(50), 'A'.repeat(49) + 'C']);
    expect([...enumerate(space, 0)]).toEqual([]);
  });

  test('obeys fixed values', () => {
    const fixed = [...enumerate(space.fix({ c: 'y', q: 'AC' }))];
    expect(fixed).toEqual([
      { n: 1, c: 'y', q: 'AC' },
      { n: 2, c: 'y', q: 'AC' },
    ]);
  });

  test('obeys constraints: 66 ways to share 10 among three, 9 of them with 8 for the first or third', () => {
    const share: Parameter = { type: 'real', min: 0, max: 1, step: 0.1 };
    const shares = createSpace({
      parameters: { a: share, b: share, c: share },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 1 }],
    });
    const all = [...enumerate(shares)];
    expect(all).toHaveLength(66);
    expect(all.every((design) => shares.satisfies(design, 1e-9))).toBe(true);
    expect([...enumerate(shares.fix({ b: 0.8 }))]).toHaveLength(3);
  });

  test('finds the few feasible designs of a large space', () => {
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const count: Parameter = { type: 'integer', min: 0, max: 20 };
    const tight = createSpace({
      parameters: Object.fromEntries(names.map((name) => [name, count])),
      constraints: [{ sum: names, equals: 239 }],
    });
    expect([...enumerate(tight)]).toHaveLength(12);
  });

  test('refuses a space with a free real, and lists it once the real is fixed', () => {
    const endless = createSpace({
      parameters: { r: { type: 'real', min: 0, max: 1 }, n: { type: 'integer', min: 1, max: 3 } },
    });
    expect(() => [...enumerate(endless)]).toThrow(
      'the designs cannot be listed, since r is a real parameter without a step',
    );
    expect([...enumerate(endless.fix({ r: 0.25 }))].map(({ n }) => n)).toEqual([1, 2, 3]);
  });
});
