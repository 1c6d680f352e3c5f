import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { createSpace, type Design, type SpaceDefinition } from '../../src/space/index.ts';
import {
  designsFromRows,
  formatSpace,
  readDesigns,
  readTable,
  tableFromRows,
  tableFromText,
  writeDesigns,
  type Table,
  type TableOptions,
} from '../../src/table/index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'diffopt-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const options: TableOptions = { reward: 'y', direction: 'maximize' };
const lenient: TableOptions = { ...options, minimumLabelled: 0, requireVariation: false };
/** Twelve rows that nothing is wrong with; lines 2 to 13 of their file. */
const good = Array.from({ length: 12 }, (_, row) => `${row % 4},${(row * 0.25).toFixed(2)},${'AB'[row % 2]},${row}.5`);
const header = 'n,t,kind,y';

function csv(...changes: [line: number, text: string][]): string {
  const lines = [header, ...good];
  for (const [line, text] of changes) lines[line - 1] = text;
  return `${lines.join('\n')}\n`;
}

function tableOf(text: string, more: Partial<TableOptions> = {}): Promise<Table> {
  return tableFromText(text, { ...options, ...more }, 'data.csv');
}

async function sentenceOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).kind).toBe('data');
  return (error as UserError).message;
}

describe('commas between digits', () => {
  const rows = Array.from({ length: 12 }, (_, i) => `"${['128,256', '256,512'][i % 2]}",${i % 5},"1,${200 + i}"`);
  const content = (header: string): string => `${header}\n${rows.join('\n')}\n`;

  it('are refused where numbers are read, by their cell, in a parameter as in the reward', async () => {
    const parameters = { n: { type: 'integer', min: 0, max: 4 } } as const;
    await expect(tableOf(content('hidden,n,y'), { ignore: ['hidden'] })).rejects.toThrow(
      'data.csv line 2, column "y" is "1,200", a comma between thousands, or a decimal one; write 1200',
    );
    await expect(tableOf(content('hidden,y,z'), { ignore: ['z'] })).rejects.toThrow(
      'data.csv line 2, column "hidden" is "128,256"',
    );
    const real = { ...parameters, z: { type: 'real', min: 0, max: 2000 } } as const;
    await expect(tableOf(content('hidden,y,z'), { space: { parameters: { z: real.z } } })).rejects.toThrow(
      'data.csv line 2, column "z" is "1,200"',
    );
  });

  it('are none of ours in a column that is left out, or holds choices', async () => {
    expect(
      await tableOf(content('hidden,y,z'), { ignore: ['hidden', 'z'] }).catch((error: Error) => error.message),
    ).toContain('no column left');
    const hidden = { type: 'categorical', values: ['128,256', '256,512'] } as const;
    const table = await tableOf(content('hidden,y,z'), { space: { parameters: { hidden } } });
    expect(table.designs[1]).toEqual({ hidden: '256,512' });
  });
});

describe('a table', () => {
  it('is read with its space guessed', async () => {
    const table = await tableOf(csv([4, '2,0.5,A,'], [13, '0,0.00,A,7']));
    expect(table.space.definition).toEqual({
      parameters: {
        n: { type: 'integer', min: 0, max: 3 },
        t: { type: 'real', min: 0, max: 2.5 },
        kind: { type: 'categorical', values: ['A', 'B'] },
      },
    });
    expect(table.inferred).toBe(true);
    expect(table).toMatchObject({ file: 'data.csv', reward: 'y', direction: 'maximize', ignored: [], repeats: 1 });
    expect(table.columns).toEqual(['n', 't', 'kind']);
    expect(table.decimals).toEqual({ n: 0, t: 2, y: 1 });
    expect(table.designs).toHaveLength(12);
    expect(table.designs[2]).toEqual({ n: 2, t: 0.5, kind: 'A' });
    expect([...table.rewards]).toEqual([0.5, 1.5, NaN, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 7]);
  });

  it('is read in a given space, whose order its designs have', async () => {
    const space: SpaceDefinition = {
      parameters: {
        t: { type: 'real', min: 0, max: 10, step: 0.25 },
        n: { type: 'ordinal', values: [3, 2, 1, 0] },
      },
    };
    const table = await tableOf(csv(), { space, spaceFile: 'space.json' });
    expect(table.inferred).toBe(false);
    expect(table.space.names).toEqual(['t', 'n']);
    expect(table.columns).toEqual(['n', 't']);
    expect(Object.entries(table.designs[5] ?? {})).toEqual([
      ['t', 1.25],
      ['n', 1],
    ]);
    expect(table.ignored).toEqual(['kind']);
  });

  it('counts designs that stand twice by their values, not by their texts or rewards', async () => {
    const table = await tableOf('n,t,y\n1,0.5,1\n1.0,.5,2\n1,0.50,2\n1,0.25,1\n-0,0.5,1\n0,0.5,1\n', lenient);
    expect(table.repeats).toBe(3);
    expect(table.designs[4]).toEqual({ n: 0, t: 0.5 });
  });

  it('is the same from rows, from text and from a file', async () => {
    const file = join(folder, 'same.csv');
    writeFileSync(file, csv());
    const rows = good.map((line) => {
      const [n, t, kind, y] = line.split(',');
      return { n: Number(n), t: Number(t), kind, y: Number(y) };
    });
    const fromRows = tableFromRows(rows, options);
    const fromText = await tableOf(csv());
    const fromFile = await readTable(file, options);
    for (const table of [fromText, fromFile]) {
      expect(table.designs).toEqual(fromRows.designs);
      expect(table.rewards).toEqual(fromRows.rewards);
      expect(table.space.definition).toEqual(fromRows.space.definition);
    }
  });

  it('from rows has empty cells where a row has nothing', () => {
    const rows = [{ a: 1, y: 1 }, { a: 2, y: null }, { y: undefined, a: 3 }, { a: 4 }, { a: 5, y: '' }];
    expect([...tableFromRows(rows, lenient).rewards]).toEqual([1, NaN, NaN, NaN, NaN]);
  });

  it('names ignored columns in the order of the file', async () => {
    expect((await tableOf(csv(), { ignore: ['kind', 'n'] })).ignored).toEqual(['n', 'kind']);
  });

  it('may have columns named as JavaScript names its own things', async () => {
    const text = '__proto__,constructor,toString,y\na,1,2.5,1\n';
    const table = await tableOf(text, { ...lenient, ignore: ['__proto__'] });
    expect(table.ignored).toEqual(['__proto__']);
    expect(Object.entries(table.designs[0] ?? {})).toEqual([
      ['constructor', 1],
      ['toString', 2.5],
    ]);
    const rewarded = await tableOf('a,__proto__\n1,2.50\n', { ...lenient, reward: '__proto__' });
    expect([...rewarded.rewards]).toEqual([2.5]);
    expect(Object.entries(rewarded.decimals)).toEqual([
      ['a', 0],
      ['__proto__', 2],
    ]);
  });

  it('takes a bound that a value misses by float64 noise as the bound, and nothing more', async () => {
    const space: SpaceDefinition = { parameters: { a: { type: 'real', min: 0.3, max: 1 } } };
    const table = await tableOf('a,y\n0.29999999999999993,1\n', { ...lenient, space });
    expect(table.designs).toEqual([{ a: 0.3 }]);
    expect(await sentenceOf(tableOf('a,y\n0.299999999,1\n', { ...lenient, space }))).toBe(
      'data.csv line 2, column "a": a is 0.299999999, outside 0.3 to 1; widen the space, or remove the row',
    );
  });

  it('obeys a sum up to the rounding of its cells', async () => {
    const share = { type: 'real', min: 0, max: 1 } as const;
    const space: SpaceDefinition = {
      parameters: { a: share, b: share, c: share },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 1 }],
    };
    const rounded = await tableOf('a,b,c,y\n0.33,0.33,0.33,1\n0.5,0.25,0.25,2\n', { ...lenient, space });
    expect(rounded.designs).toHaveLength(2);
    expect(await sentenceOf(tableOf('a,b,c,y\n0.5,0.25,0.25,1\n0.33,0.33,0.30,2\n', { ...lenient, space }))).toMatch(
      /^data\.csv line 3: .*0\.96.*; widen the space, or remove the row$/,
    );
  });
});

describe('a bad table gets one sentence', () => {
  const space: SpaceDefinition = {
    parameters: { n: { type: 'integer', min: 0, max: 3 }, t: { type: 'real', min: 0, max: 2 } },
  };
  const given = { space, spaceFile: 'space.json' };
  it.each<[string, string, Partial<TableOptions>, string]>([
    [
      'no such reward',
      csv(),
      { reward: 'Y' },
      'data.csv has no column "Y" for the reward; did you mean "y" (its columns are "n", "t", "kind", "y")',
    ],
    [
      'no reward alike',
      csv(),
      { reward: 'strength' },
      'data.csv has no column "strength" for the reward (its columns are "n", "t", "kind", "y")',
    ],
    [
      'no labelled row',
      'n,y\n1,\n2,\n',
      {},
      'data.csv has no row with a reward: column "y" is empty in all rows (2); fill in the results',
    ],
    [
      'nine labelled rows',
      csv([2, '0,0.00,A,'], [3, '0,0.25,A,'], [4, '0,0.50,A,']),
      {},
      'data.csv has only 9 rows with a reward in column "y"; at least 10 are needed',
    ],
    [
      'a constant reward',
      `n,y\n${Array.from({ length: 10 }, (_, row) => `${row},2.50`).join('\n')}`,
      {},
      'data.csv, column "y" holds 2.5 in every row with a reward, so no design is better than another; is it the right column?',
    ],
    [
      'rewards beyond single precision',
      csv([7, '1,1,A,1e31']),
      {},
      'data.csv, column "y" reaches from 0.5 to 1e+31, and rewards no larger than 1e+30 that differ by 1e-30 or more were ' +
        'expected; give it in another unit',
    ],
    [
      'a text in the reward',
      csv([7, '1,1,A,n.d.']),
      {},
      'data.csv line 7, column "y" holds "n.d.", and a reward that is a finite number was expected; correct it, or leave the cell ' +
        'empty when the experiment has no result',
    ],
    [
      'NaN in the reward',
      csv([7, '1,1,A,nan']),
      {},
      'data.csv line 7, column "y" holds "nan", and a reward that is a finite number was expected; correct it, or leave the cell ' +
        'empty when the experiment has no result',
    ],
    [
      'an infinite reward',
      csv([7, '1,1,A,1e400']),
      {},
      'data.csv line 7, column "y" holds "1e400", and a reward that is a finite number was expected; correct it, or leave the cell ' +
        'empty when the experiment has no result',
    ],
    [
      'a text among numbers',
      csv([3, '1,warm,A,1']),
      {},
      'data.csv line 3, column "t" holds "warm", and the column\'s other cells are numbers; correct the cell, or leave the column ' +
        'out with --ignore t',
    ],
    [
      'an unknown column to ignore',
      csv(),
      { ignore: ['kinds'] },
      'data.csv has no column "kinds" to ignore; did you mean "kind" (its columns are "n", "t", "kind", "y")',
    ],
    ['the reward ignored', csv(), { ignore: ['y'] }, 'column "y" of data.csv is the reward and cannot be ignored'],
    [
      'nothing left',
      csv(),
      { ignore: ['n', 't', 'kind'] },
      'data.csv has no column left for a design besides the reward "y" (its columns are "n", "t", "kind", "y")',
    ],
    [
      'a reserved name',
      '__proto__,y\n1,2\n',
      lenient,
      'data.csv, column "__proto__" has a name that JavaScript reserves; rename it, or leave it out with --ignore __proto__',
    ],
    [
      'a value outside the space',
      csv(),
      given,
      'data.csv line 11, column "t": t is 2.25, outside 0 to 2; widen space.json, or remove the row',
    ],
    [
      'a text where the space has a number',
      csv([3, '1,warm,A,1']),
      given,
      'data.csv line 3, column "t": t is "warm", not a number; widen space.json, or remove the row',
    ],
    [
      'no cell where the space has a parameter',
      csv([3, '1,,A,1']),
      given,
      'data.csv line 3, column "t" is empty, and every design needs a value there; fill it in, or remove the row',
    ],
    [
      'a parameter without a column',
      'n,y\n1,2\n',
      { ...lenient, ...given },
      'data.csv has no column "t", a parameter of space.json (its columns are "n", "y")',
    ],
    [
      'a parameter ignored',
      csv(),
      { ...given, ignore: ['t'] },
      'column "t" of data.csv cannot be ignored, since space.json names it as a parameter',
    ],
    [
      'the reward as a parameter',
      csv(),
      { ...given, reward: 'n' },
      'the reward "n" is named as a parameter in space.json; remove it there',
    ],
  ])('%s', async (_, text, more, sentence) => {
    expect(await sentenceOf(tableOf(text, more))).toBe(sentence);
  });

  it('which counts rows where there are no lines', () => {
    const rows = Array.from({ length: 10 }, (_, row) => ({ a: row === 4 ? Infinity : row, y: row }));
    expect(() => tableFromRows(rows, options, 'results')).toThrow(
      'results row 5, column "a" holds "Infinity", and a finite number was expected; fill it in, or remove the row',
    );
    expect(() => tableFromRows([], options, 'results')).toThrow('results is empty; at least one row was expected');
  });

  it('for a file that is not there', async () => {
    const file = join(folder, 'missing.csv');
    expect(await sentenceOf(readTable(file, options))).toBe(`cannot read ${file}: there is no such file`);
  });
});

describe('a list of designs', () => {
  const space = createSpace({
    parameters: { n: { type: 'integer', min: 0, max: 3 }, kind: { type: 'categorical', values: ['A', 'B'] } },
  });

  it('has the designs and every other column', async () => {
    const file = join(folder, 'designs.csv');
    writeFileSync(file, 'id,kind,price,n\nX-1,A,1.50,3\nX-2,B,,2\nX-3,A,2,3\n');
    const list = await readDesigns(file, space);
    expect(list.designs).toEqual([
      { n: 3, kind: 'A' },
      { n: 2, kind: 'B' },
      { n: 3, kind: 'A' },
    ]);
    expect(list).toMatchObject({ file, columns: ['kind', 'n'], repeats: 1, decimals: { n: 0 } });
    expect(list.extra).toEqual([
      { name: 'id', cells: ['X-1', 'X-2', 'X-3'] },
      { name: 'price', cells: ['1.50', '', '2'] },
    ]);
  });

  it('is refused where the space does not hold a design', () => {
    expect(() => designsFromRows([{ n: 4, kind: 'A' }], space, {}, 'list')).toThrow(
      'list row 1, column "n": n is 4, outside 0 to 3; give a wider space with --space, or remove the row',
    );
    expect(() => designsFromRows([{ n: 1, kind: 'C' }], space, { spaceFile: 'space.json' }, 'list')).toThrow(
      'list row 1, column "kind": kind is "C", not one of A, B; widen space.json, or remove the row',
    );
    expect(() => designsFromRows([{ n: 1 }], space, { spaceFile: 'space.json' }, 'list')).toThrow(
      'list has no column "kind", a parameter of space.json (its columns are "n")',
    );
  });
});

const names = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    fc.constantFrom('constructor', 'toString', '0', ' a', 'b ', 'c,d', '"e"', 'f;g', 'µ (°C)', 'h\ni'),
  ),
  { minLength: 3, maxLength: 3 },
);
const safeNames = names.filter((all) =>
  all.every((name) => name !== 'y' && name !== '__proto__' && !name.includes('\0')),
);

describe('writing then reading', () => {
  it('gives the same designs, names and space for decimals that the numbers have', async () => {
    const file = join(folder, 'round.csv');
    const row = fc.tuple(fc.integer(), fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom('p', 'q, r', ' s', '"'));
    await fc.assert(
      fc.asyncProperty(
        safeNames,
        fc.array(row, { minLength: 8, maxLength: 12 }),
        async ([i = '', r = '', c = ''], rows) => {
          const designs: Design[] = rows.map(([whole, thousandths, kind]) =>
            Object.fromEntries<number | string>([
              [i, whole],
              [r, thousandths / 1000],
              [c, kind],
            ]),
          );
          const space: SpaceDefinition = {
            parameters: Object.fromEntries<SpaceDefinition['parameters'][string]>([
              [i, { type: 'integer', min: -(2 ** 31), max: 2 ** 31 }],
              [r, { type: 'real', min: -1000, max: 1000 }],
              [c, { type: 'categorical', values: ['p', 'q, r', ' s', '"'] }],
            ]),
          };
          const decimals = Object.fromEntries([
            [i, 0],
            [r, 3],
          ]);
          const extra = [{ name: 'y', cells: designs.map((_, at) => at) }];
          await writeDesigns(file, designs, { columns: [c, i, r], decimals, extra });
          const table = await readTable(file, { ...lenient, space });
          expect(table.designs).toEqual(designs);
          expect(table.columns).toEqual([c, i, r]);
          expect(JSON.parse(formatSpace(table.space.definition))).toEqual(space);
          expect((await tableFromText(readFileSync(file), lenient)).columns).toEqual([c, i, r]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a whole table keeps its text', async () => {
    const file = join(folder, 'table.csv');
    const table = await tableOf(csv());
    const { designs, columns, decimals, rewards } = table;
    const extra = [{ name: 'y', cells: [...rewards], decimals: decimals['y'] ?? 0 }];
    await writeDesigns(file, designs, { columns, decimals, extra });
    expect(readFileSync(file, 'utf8')).toBe(csv());
  });
});
