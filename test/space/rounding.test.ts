import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRounder, createSpace, roundDesign, type Parameter } from '../../src/space/index.ts';
import { decimal, vectors } from './spaces.ts';

const fraction: Parameter = { type: 'real', min: 0, max: 1 };
const mixture = createSpace({
  parameters: {
    a: fraction,
    b: fraction,
    c: fraction,
    d: fraction,
    t: { type: 'real', min: 0.001, max: 1, scale: 'log' },
  },
  constraints: [{ sum: ['a', 'b', 'c', 'd'], equals: 1 }],
});

describe('roundDesign', () => {
  test('keeps a sum that plain rounding would break', () => {
    const third = { a: 1 / 3, b: 1 / 3, c: 1 / 3, d: 0, t: 0.12345 };
    const rounded = roundDesign(mixture, third, { a: 2, b: 2, c: 2, d: 2, t: 3 })!;
    expect([rounded['a'], rounded['b'], rounded['c']].sort()).toEqual([0.33, 0.33, 0.34]);
    expect(rounded['d']).toBe(0);
    expect(rounded['t']).toBe(0.123);
  });

  test('prints decimals whose sum is 1 and that are within one unit of the value', () => {
    const names = ['a', 'b', 'c', 'd'];
    fc.assert(
      fc.property(
        vectors(5),
        fc.array(fc.integer({ min: 2, max: 12 }), { minLength: 4, maxLength: 4 }),
        (vector, places) => {
          const design = mixture.decode(vector)!;
          const rounded = createRounder(
            mixture,
            Object.fromEntries(names.map((name, i) => [name, places[i]])),
          )(design)!;
          expect(rounded['t']).toBe(design['t']);
          const total = names.reduce((sum, name) => sum + Number(rounded[name]), 0);
          expect(Math.abs(total - 1)).toBeLessThanOrEqual(1e-9);
          names.forEach((name, i) => {
            const value = Number(rounded[name]);
            expect(value).toBe(decimal(Math.round(value * 10 ** places[i]!), places[i]!));
            expect(Math.abs(value - Number(design[name]))).toBeLessThanOrEqual(2 * 10 ** -Math.min(...places));
          });
        },
      ),
      {
        numRuns: 300,
        examples: [
          [
            [0, 0, -8.266670681322809e-11, 0, 0],
            [2, 2, 12, 2],
          ],
          [
            [1, 0, -1.2600020304898152e-8, 0, -1],
            [4, 11, 3, 4],
          ],
          [
            [-1, 0, 0, -1, -1],
            [2, 2, 11, 2],
          ],
        ],
      },
    );
  });

  test('stays inside bounds that have more decimals', () => {
    const space = createSpace({ parameters: { a: { type: 'real', min: 0.123, max: 0.987 } } });
    expect(roundDesign(space, { a: 0.124 }, { a: 1 })).toEqual({ a: 0.2 });
    expect(roundDesign(space, { a: 0.987 }, { a: 1 })).toEqual({ a: 0.9 });
    expect(roundDesign(space, { a: 0.5 }, { a: 0 })).toBeUndefined();
  });

  test('is undefined where a sum needs more decimals', () => {
    const space = createSpace({
      parameters: { a: fraction, b: fraction },
      constraints: [{ sum: ['a', 'b'], equals: 0.125 }],
    });
    expect(roundDesign(space, { a: 0.1, b: 0.025 }, { a: 2, b: 2 })).toBeUndefined();
    const half = roundDesign(space, { a: 0.1, b: 0.025 }, { a: 2 })!;
    expect(half['a']).toBe(0.1);
    expect(half['b']).toBeCloseTo(0.025, 14);
  });

  test('leaves fixed values, steps and other parameters alone', () => {
    const space = createSpace({
      parameters: { a: fraction, b: fraction, c: { type: 'real', min: 0, max: 1, step: 0.125 } },
      constraints: [{ sum: ['a', 'b'], equals: 1 }],
    }).fix({ a: 0.12345 });
    expect(roundDesign(space, { a: 0.12345, b: 0.87655, c: 0.625 }, { a: 2, b: 5, c: 1 })).toEqual({
      a: 0.12345,
      b: 0.87655,
      c: 0.625,
    });
  });

  test('changes nothing where the decimals are beyond a double', () => {
    const space = createSpace({ parameters: { a: { type: 'real', min: 0, max: 1000 } } });
    const a = 123.45678901234567;
    expect(roundDesign(space, { a }, { a: 17 })).toEqual({ a });
  });
});
