import { describe, expect, it } from 'vitest';
import { inferSpace } from '../../src/table/infer.ts';
import { sheetFromRows } from '../../src/table/sheet.ts';
import type { Parameter } from '../../src/space/index.ts';

function guess(cells: readonly (string | number)[]): Parameter | undefined {
  const sheet = sheetFromRows(
    cells.map((cell) => ({ x: cell })),
    'data.csv',
  );
  return inferSpace(sheet, sheet.columns).parameters['x'];
}

function repeated<T>(values: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => values).flat();
}

describe('the guess', () => {
  it.each<[string, (string | number)[], Parameter]>([
    ['whole numbers', [3, 1, 2, 10], { type: 'integer', min: 1, max: 10 }],
    ['whole numbers written as reals', ['3.0', '1e1', '-2'], { type: 'integer', min: -2, max: 10 }],
    ['other numbers', ['1', '2.5', '1e-05'], { type: 'real', min: 1e-5, max: 2.5 }],
    ['whole numbers that float64 does not tell apart', ['1', '1e20'], { type: 'real', min: 1, max: 1e20 }],
    ['one whole number', [7, 7, 7], { type: 'integer', min: 7, max: 7 }],
    ['one real', [0.5, 0.5], { type: 'real', min: 0.5, max: 0.5 }],
    ['three texts in twelve rows', repeated(['C', 'A', 'B'], 4), { type: 'categorical', values: ['A', 'B', 'C'] }],
    ['one text', ['A', 'A'], { type: 'categorical', values: ['A'] }],
    [
      'texts that mark missing numbers',
      repeated(['none', 'relu'], 2),
      { type: 'categorical', values: ['none', 'relu'] },
    ],
    [
      'codes that begin with zeros',
      repeated(['010', '001', '120'], 2),
      { type: 'categorical', values: ['001', '010', '120'] },
    ],
    ['few numbers without zeros before them', repeated([10, 20], 4), { type: 'integer', min: 10, max: 20 }],
    ['many numbers with zeros before them', ['010', '001', '120'], { type: 'integer', min: 1, max: 120 }],
    ['numbers among texts', repeated(['1', '2', 'auto'], 4), { type: 'categorical', values: ['1', '2', 'auto'] }],
    ['texts of one length, all distinct', ['GATC', 'TTTT', 'CAAA'], { type: 'sequence', alphabet: 'ACGT', length: 4 }],
    ['strings of bits', ['0110', '1000', '0001'], { type: 'sequence', alphabet: '01', length: 4 }],
    ['whole numbers of zeros and ones', ['110', '101', '100'], { type: 'integer', min: 100, max: 110 }],
    ['letters beyond 16 bits', ['😀a', 'a😀', 'aa'], { type: 'sequence', alphabet: 'a😀', length: 2 }],
  ])('from %s', (_, cells, parameter) => {
    expect(guess(cells)).toEqual(parameter);
  });

  it('is categorical up to 20 texts that are at most half the rows, and a sequence beyond', () => {
    const texts = Array.from({ length: 21 }, (_, at) => `${String.fromCharCode(65 + at)}A`);
    expect(guess(repeated(texts.slice(0, 20), 2))).toEqual({ type: 'categorical', values: texts.slice(0, 20) });
    expect(guess(repeated(texts, 2))?.type).toBe('sequence');
    expect(guess([...repeated(texts.slice(0, 20), 1), ...texts.slice(0, 19)])?.type).toBe('sequence');
  });

  it('is a sequence up to 25 letters', () => {
    const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
    expect(guess(letters.slice(0, 25))).toEqual({
      type: 'sequence',
      alphabet: letters.slice(0, 25).join(''),
      length: 1,
    });
    expect(() => guess(letters)).toThrow(
      'data.csv, column "x" holds 26 distinct texts in 26 rows, such as "A": too many for categories, and over 26 letters, ' +
        'which is too many for a sequence; leave it out with --ignore x, or say what it is with --space',
    );
  });
});

describe('what cannot be guessed', () => {
  const numbers = Array.from({ length: 19 }, (_, row) => row + 0.5);
  it.each<[string, (string | number)[], string]>([
    [
      'names of different lengths',
      ['ab', 'abc', 'a'],
      'data.csv, column "x" holds 3 distinct texts in 3 rows, such as "ab": too many for categories, and of different lengths ' +
        'for a sequence; leave it out with --ignore x, or say what it is with --space',
    ],
    [
      'labels of one length',
      ['EXP-001', 'EXP-002', 'EXP-103'],
      'data.csv, column "x" holds 3 distinct texts in 3 rows, such as "EXP-001", which look like labels or dates; leave it out with ' +
        '--ignore x, or say what it is with --space',
    ],
    [
      'dates',
      ['2024-03-01', '2024-03-02', '2024-04-11'],
      'data.csv, column "x" holds 3 distinct texts in 3 rows, such as "2024-03-01", which look like labels or dates; leave it out with ' +
        '--ignore x, or say what it is with --space',
    ],
    [
      'a text among numbers',
      [...numbers, 'hot'],
      'data.csv row 20, column "x" holds "hot", and the column\'s other cells are numbers; correct the cell, or leave the column ' +
        'out with --ignore x',
    ],
    [
      'a decimal comma among numbers',
      [...numbers, '1,5'],
      'data.csv row 20, column "x" holds "1,5", and the column\'s other cells are numbers; correct the cell, or leave the column ' +
        'out with --ignore x',
    ],
    [
      'NaN',
      [1, NaN, 2],
      'data.csv row 2, column "x" holds "NaN", and a finite number was expected; fill it in, or remove the row',
    ],
    [
      'infinity',
      ['1', '-inf'],
      'data.csv row 2, column "x" holds "-inf", and a finite number was expected; fill it in, or remove the row',
    ],
    [
      'marks of missing numbers, even when they are many',
      ['NA', '1', 'NA', '2.5'],
      'data.csv row 1, column "x" holds "NA", and a finite number was expected; fill it in, or remove the row',
    ],
    [
      'an empty cell',
      ['1', '', '3'],
      'data.csv row 2, column "x" is empty, and every design needs a value there; fill it in, remove the row, or leave the column ' +
        'out with --ignore x',
    ],
    [
      'an empty column',
      ['', ''],
      'data.csv, column "x" is empty in all rows; fill it in, or leave the column out with --ignore x',
    ],
  ])('%s', (_, cells, sentence) => {
    let message = '';
    try {
      guess(cells);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe(sentence);
  });

  it('names a column in a way that a shell understands', () => {
    const sheet = sheetFromRows([{ "it's odd": 'a' }, { "it's odd": 'bc' }], 'data.csv');
    expect(() => inferSpace(sheet, sheet.columns)).toThrow(`--ignore 'it'\\''s odd',`);
  });
});
