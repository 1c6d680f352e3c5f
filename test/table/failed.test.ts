import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpaceDefinition } from '../../src/space/index.ts';
import { tableFromRows, tableFromText, type Table, type TableOptions } from '../../src/table/index.ts';

const options: TableOptions = { reward: 'y', direction: 'maximize', failed: 'state' };
const lenient: TableOptions = { ...options, minimumLabelled: 0, requireVariation: false };

/** Rows of `x,state,y`, on line 2 and after. */
const tableOf = (cells: readonly (readonly [state: string, y: string])[], more: Partial<TableOptions> = {}) =>
  tableFromText(
    `x,state,y\n${cells.map(([state, y], row) => `${row},${state},${y}\n`).join('')}`,
    { ...options, ...more },
    'data.csv',
  );

const sentenceOf = (promise: Promise<Table>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

/** Every letter of a text in either case. */
const inAnyCase = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => Array.from(text, (letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(''));

const spelling = (words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...words).chain(inAnyCase);

describe('a column of failures', () => {
  it('is read in all its spellings, of either letter case and with blanks around', async () => {
    const cell = fc.oneof(
      spelling(['', '0', 'false', 'no', 'ok', '0.0', ' no ']).map((text) => [text, false] as const),
      spelling(['1', 'true', 'yes', 'failed', 'fail', 'infeasible', '1.0', ' fail ']).map(
        (text) => [text, true] as const,
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 20 }), async (cells) => {
        const table = await tableOf(
          cells.map(([text], row) => [text, String(row)]),
          lenient,
        );
        expect(table.failed).toEqual(cells.map(([, failed]) => failed));
        expect([...table.rewards]).toEqual(cells.map(([, failed], row) => (failed ? NaN : row)));
        expect(table.designs).toEqual(cells.map((_, row) => ({ x: row })));
      }),
    );
  });

  it('is no parameter and no ignored column, and all rows worked without it', async () => {
    const cells = [
      ['', '1'],
      ['failed', ''],
    ] as const;
    const table = await tableOf(cells, lenient);
    expect(table).toMatchObject({ ignored: [], columns: ['x'], failed: [false, true] });
    expect(table.space.names).toEqual(['x']);
    const space: SpaceDefinition = { parameters: { x: { type: 'real', min: 0, max: 9 } } };
    expect((await tableOf(cells, { ...lenient, space })).ignored).toEqual([]);
    const { failed: _, ...without } = lenient;
    const plain = tableFromRows([{ x: 1, y: 2 }, { x: 2 }], without);
    expect(plain.failed).toEqual([false, false]);
  });

  it('is read from rows that a program holds, truth values among them', () => {
    const rows = [
      { x: 1, state: true },
      { x: 2, state: false, y: 2 },
      { x: 3, state: null, y: 3 },
      { x: 4, state: 1 },
      { x: 5, y: 5 },
    ];
    expect(tableFromRows(rows, lenient).failed).toEqual([true, false, false, true, false]);
  });

  it('takes away the reward of a failed row, which may hold any text', async () => {
    const table = await tableOf(
      [
        ['yes', '1e40'],
        ['no', '2.5'],
        ['yes', 'n.d.'],
        ['yes', '0.125'],
      ],
      lenient,
    );
    expect([...table.rewards]).toEqual([NaN, 2.5, NaN, NaN]);
    expect(
      await sentenceOf(
        tableOf(
          [
            ['yes', 'n.d.'],
            ['no', 'n.d.'],
          ],
          lenient,
        ),
      ),
    ).toBe(
      'data.csv line 3, column "y" holds "n.d.", and a reward that is a finite number was expected; correct it, or leave the cell ' +
        'empty when the experiment has no result',
    );
  });
});

describe('a bad column of failures gets one sentence', () => {
  const ten = (state: string): (readonly [string, string])[] =>
    Array.from({ length: 10 }, (_, row) => [state, String(row)]);
  const space: SpaceDefinition = {
    parameters: { x: { type: 'real', min: 0, max: 9 }, state: { type: 'integer', min: 0, max: 1 } },
  };
  it.each<[string, readonly (readonly [string, string])[], Partial<TableOptions>, string]>([
    [
      'another word',
      [...ten('ok'), ['maybe', '3']],
      {},
      'data.csv line 12, column "state" holds "maybe", and a word on whether the experiment failed was expected: 1, true, yes, ' +
        'failed, fail or infeasible, or nothing, 0, false, no or ok',
    ],
    [
      'a number between',
      [...ten('0'), ['0.5', '3']],
      {},
      'data.csv line 12, column "state" holds "0.5", and a word on whether the experiment failed was expected: 1, true, yes, ' +
        'failed, fail or infeasible, or nothing, 0, false, no or ok',
    ],
    [
      'no such column',
      ten('ok'),
      { failed: 'stat' },
      'data.csv has no column "stat" for failed rows; did you mean "state" (its columns are "x", "state", "y")',
    ],
    ['the reward', ten('ok'), { failed: 'y' }, 'column "y" of data.csv is the reward and cannot say which rows failed'],
    [
      'an ignored column',
      ten('ok'),
      { ignore: ['state'] },
      'column "state" of data.csv says which rows failed and cannot be ignored',
    ],
    [
      'a parameter of the space',
      ten('0'),
      { space, spaceFile: 'space.json' },
      'column "state" of data.csv cannot say which rows failed, since space.json names it as a parameter',
    ],
    [
      'nothing but failures',
      ten('yes'),
      {},
      'data.csv has no row that worked: column "state" says that all 10 failed, and rewards of at least 10 others are needed',
    ],
    [
      'no reward in the rest',
      [...ten('yes'), ['no', '']],
      {},
      'data.csv has no row with a reward: column "y" is empty in all rows that did not fail (1); fill in the results',
    ],
    [
      'too few rewards in the rest',
      [...ten('yes'), ['no', '1'], ['no', '2']],
      {},
      'data.csv has only 2 rows with a reward in column "y", failed ones aside; at least 10 are needed',
    ],
    [
      'no design left',
      ten('no'),
      { ignore: ['x'] },
      'data.csv has no column left for a design besides the reward "y" (its columns are "x", "state", "y")',
    ],
  ])('%s', async (_, cells, more, sentence) => {
    expect(await sentenceOf(tableOf(cells, more))).toBe(sentence);
  });
});
