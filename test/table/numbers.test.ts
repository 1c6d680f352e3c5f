import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalsIn, formatCell, isMissingMark, isNotFinite, parseNumber } from '../../src/table/numbers.ts';

describe('parseNumber', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['+7', 7],
    [' 3.5 ', 3.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-05', 1e-5],
    ['-2.5E+3', -2500],
    ['007', 7],
    ['9007199254740993', 9007199254740992],
  ])('reads %j as %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', ' ', 'abc', '1,5', '1 000', '0x10', '1e', '--1', '1_000', 'NaN', 'inf', 'Infinity', '1e999', '12%'])(
    'refuses %j',
    (text) => {
      expect(parseNumber(text)).toBeUndefined();
    },
  );

  it('reads every number from its shortest text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(String(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

it.each(['NaN', 'nan', '-NAN', 'inf', '-Inf', '+Infinity', '1.#INF', '1.#QNAN', '1e999', ' nan '])(
  '%j is not finite',
  (text) => expect(isNotFinite(text)).toBe(true),
);

it.each(['1', 'information', 'nano', '', '1e99'])('%j is not a spelling of NaN or infinity', (text) =>
  expect(isNotFinite(text)).toBe(false),
);

it.each(['NA', 'n/a', '#N/A', 'null', 'None', '-', '?', '--'])('%j marks a missing number', (text) =>
  expect(isMissingMark(text)).toBe(true),
);

it.each(['A', '-1', '', 'nay'])('%j does not mark a missing number', (text) => expect(isMissingMark(text)).toBe(false));

it.each([
  ['3', 0],
  ['12.50', 2],
  ['540.0', 1],
  ['1e-05', 5],
  ['1.25E-3', 5],
  ['1.25e3', 0],
  ['5.', 0],
])('%j has %d decimals', (text, decimals) => expect(decimalsIn(text)).toBe(decimals));

describe('formatCell', () => {
  it.each([
    [2.5, 2, '2.50'],
    [540, 1, '540.0'],
    [-0.001, 2, '0.00'],
    [-0, undefined, '0'],
    [1e-5, 5, '0.00001'],
    [1e-7, undefined, '1e-7'],
    [30.1, 17, '30.1'],
    [0.5, 6, '0.500000'],
    [0.5, 14, '0.5'],
    [-1e-9, 8, '0'],
    [123456789012.5, 6, '123456789012.5'],
    [0.1, 17, '0.1'],
    [1 / 3, 17, '0.3333333333333333'],
    [7, 0, '7'],
    [2.4, 0, '2'],
    [5e-324, 324, '5e-324'],
    ['0.50', 1, '0.50'],
  ])('writes %d with %s decimals as %s', (value, decimals, text) => {
    expect(formatCell(value, decimals)).toBe(text);
  });

  it('is read back as the nearest number with those decimals', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 0, max: 12 }),
        (value, decimals) => {
          const read = parseNumber(formatCell(value, decimals)) ?? NaN;
          expect(read).toBe(Number(value.toFixed(decimals)) + 0);
          // Half a unit of the last decimal, and what lies between two doubles.
          const most = 0.5000001 * 10 ** -decimals + Math.abs(value) * Number.EPSILON;
          expect(Math.abs(read - value)).toBeLessThanOrEqual(most);
        },
      ),
      { examples: [[-38938.709289181046, 11]] },
    );
  });

  it('without decimals is read back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(formatCell(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
