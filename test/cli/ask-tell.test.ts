import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellsOf, diffopt, experiments, folderWith } from '../support/cli.ts';
import { factsIn, fileOf, planeSpace } from '../support/optimizing.ts';
import { readJournal } from '../../src/run/index.ts';

const begin = [
  '--space',
  'space.json',
  '--reward',
  'yield',
  '--seed',
  '3',
  '--batch',
  '6',
  '--initial',
  '6',
  '--threads',
  '1',
];
const fast = ['--surrogate', 'gaussian-process'];

/** The text of a CSV with its rows changed, cell by cell. */
function withRows(csv: string, change: (row: readonly string[], at: number) => readonly string[]): string {
  const { header, rows } = cellsOf(csv);
  return [header, ...rows.map(change), []].map((row) => row.join(',')).join('\n');
}

const bowl = (x: string, y: string): string => String(-((Number(x) - 0.3) ** 2) - (Number(y) - 0.6) ** 2);

/** An asked CSV with its rewards filled in. */
function filledIn(csv: string, skip: readonly number[] = []): string {
  return withRows(csv, ([id = '', x = '', y = '', , ...rest], at) => [
    id,
    x,
    y,
    skip.includes(at) ? '' : bowl(x, y),
    ...rest,
  ]);
}

describe('ask and tell', () => {
  it('write as the past experiments are written, and read that', async () => {
    const data = experiments(30).replaceAll(',', ';').replaceAll('.', ',');
    const folder = folderWith({ 'data.csv': data });
    const start = ['--data', 'data.csv', '--reward', 'yield', '--seed', '3', '--threads', '1'];
    const asked = [];
    for (const args of [start, []]) {
      const { code, stdout } = await diffopt(['ask', 'lab', ...args, '--count', '2', '--quiet'], folder);
      expect(code).toBe(0);
      const lines = stdout.trim().split('\n');
      expect(lines[0]).toBe('id;x;y;catalyst;yield;predicted_yield;predicted_yield_std');
      for (const line of lines.slice(1))
        expect(line).toMatch(/^r\d-\d;[01](,\d\d?)?;[01](,\d\d?)?;[ABC];;\d+,\d+;\d+,\d+$/);
      writeFileSync(join(folder, 'next.csv'), stdout.replaceAll(/;([ABC]);;/g, ';$1;7,25;'));
      expect((await diffopt(['tell', 'lab', 'next.csv'], folder)).code).toBe(0);
      asked.push(stdout);
    }
    expect(asked[1]).not.toBe(asked[0]);
    const told = cellsOf(fileOf(folder, 'lab/evaluations.csv'));
    expect(told.rows.filter((row) => row.includes('7.25'))).toHaveLength(4);
  });

  it('go by hand through an initial round, results in parts, and a learnt round', async () => {
    const folder = folderWith({ 'space.json': planeSpace });
    const first = await diffopt(['ask', 'lab', ...begin, ...fast, '--out', 'next.csv'], folder);
    expect(first).toEqual({
      code: 0,
      stdout: 'designs  next.csv\n',
      stderr: 'lab: round 1, 6 designs without a result\n',
    });
    const csv = fileOf(folder, 'next.csv');
    const { header, rows } = cellsOf(csv);
    expect(header).toEqual(['id', 'x', 'y', 'yield', 'predicted_yield', 'predicted_yield_std']);
    expect(rows.map(([id, , , ...rest]) => [id, ...rest])).toEqual(
      Array.from({ length: 6 }, (_, i) => [`r1-${i + 1}`, '', '', '']),
    );

    for (const [, x, y] of rows) for (const cell of [x, y]) expect(cell).toMatch(/^[01](\.\d{1,3})?$/);

    // The fourth failed, the sixth is not measured, and one of our own is added.
    const results = filledIn(csv, [3, 5])
      .split('\n')
      .map((line, at) =>
        line === '' ? ',0.25,0.75,-0.02,,,' : `${line},${at === 0 ? 'broke' : at === 4 ? 'yes' : ''}`,
      );
    writeFileSync(join(folder, 'results.csv'), `${results.join('\n')}\n`);
    const told = await diffopt(['tell', 'lab', 'results.csv', '--failed', 'broke', '--json'], folder);
    expect([told.code, told.stderr]).toEqual([0, '']);
    expect(JSON.parse(told.stdout)).toMatchObject({ run: 'lab', new: 6, known: 0, empty: 1, pending: 1 });
    const again = await diffopt(['tell', 'lab', 'results.csv', '--failed', 'broke'], folder);
    expect(again.stdout).toMatch(
      /^0 new results, 6 known already, 1 row without a result yet, 1 design still to measure\n\nbest yield {2}-0\./,
    );
    expect(cellsOf(fileOf(folder, 'lab', 'evaluations.csv')).rows.map((row) => row.slice(3))).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => ['1', n === 4 ? 'failed' : 'ok', `r1-${n}`]),
      ['1', 'ok', expect.stringMatching(/^own-[0-9a-f]{16}$/)],
    ]);

    const second = await diffopt(['ask', 'lab', '--count', '3'], folder);
    const next = cellsOf(second.stdout).rows;
    expect(next.map(([id]) => id)).toEqual(['r2-1', 'r2-2', 'r2-3']);
    for (const [, , , reward, predicted, deviation] of next) {
      expect(reward).toBe('');
      expect(Number(predicted)).toBeLessThan(1);
      expect(Number(deviation)).toBeGreaterThan(0);
    }
    const pending = await diffopt(['ask', 'lab', '--pending'], folder);
    expect(cellsOf(pending.stdout).rows.map((row) => row.slice(0, 3))).toEqual([
      rows[5]!.slice(0, 3),
      ...next.map((row) => row.slice(0, 3)),
    ]);

    // The rest of both rounds, ids and rewards alone, as a spreadsheet leaves them.
    const rest = pending.stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(','))
      .map(([id, x = '', y = '']) => `${id};${bowl(x, y)}`);
    writeFileSync(join(folder, 'rest.csv'), ['id;yield', ...rest, ''].join('\r\n'));
    expect((await diffopt(['tell', 'lab', 'rest.csv'], folder)).stdout).toMatch(
      /^4 new results, 0 designs still to measure\n/,
    );
    const record = await readJournal(join(folder, 'lab'));
    expect(record.rounds.map(({ round, figures }) => [round, figures['measured'], figures['failed']])).toEqual([
      [1, 5, 1],
      [2, 3, 0],
    ]);
    expect(record.told.get('r2-1')!.design).toEqual(record.requests.get('r2-1')!.design);
  });

  it('replace no file with results that were not told, and say so of designs that were changed', async () => {
    const folder = folderWith({ 'space.json': planeSpace });
    const ask = (...more: readonly string[]) =>
      diffopt(['ask', 'lab', ...more, '--out', 'next.csv', '--quiet'], folder);
    await ask(...begin, '--count', '3');
    const asked = fileOf(folder, 'next.csv');
    const filled = withRows(asked, ([id = '', x = '', y = ''], at) => [id, at === 0 ? '0.999' : x, y, '1', '', '']);
    writeFileSync(join(folder, 'next.csv'), filled);
    for (const more of [[], ['--pending']]) {
      const { code, stderr } = await ask(...more);
      expect([code, stderr]).toEqual([
        2,
        'diffopt: next.csv holds 3 results that the run was not told and would be replaced; tell it first with diffopt tell lab next.csv, or name another file with --out\n',
      ]);
    }
    expect(fileOf(folder, 'next.csv')).toBe(filled);
    expect((await readJournal(join(folder, 'lab'))).asks).toBe(1);
    // Of a file that cannot be read nobody knows what it holds.
    writeFileSync(join(folder, 'next.csv'), filled.replace(',1,,', ',1 g,,'));
    expect((await ask()).stderr).toContain(
      'next.csv cannot be read for results (next.csv line 2, column "yield" holds "1 g"',
    );
    writeFileSync(join(folder, 'next.csv'), 'x,y,yield\n0.25,0.5,3\n');
    expect((await ask()).stderr).toContain('next.csv holds 1 result that the run was not told');
    writeFileSync(join(folder, 'other.csv'), 'x,y,predicted_yield\n0.25,0.5,3\n');
    expect((await diffopt(['ask', 'lab', '--pending', '--out', 'other.csv'], folder)).code).toBe(0);
    writeFileSync(join(folder, 'next.csv'), filled);
    expect((await diffopt(['tell', 'lab', 'next.csv'], folder)).stdout).toMatch(
      /^3 new results, 1 row with another design than was asked for, 0 designs still to measure\n/,
    );
    expect((await ask('--count', '2')).code).toBe(0);
    expect(cellsOf(fileOf(folder, 'next.csv')).rows.map(([id]) => id)).toEqual(['r2-1', 'r2-2']);
    writeFileSync(join(folder, 'other.csv'), fileOf(folder, 'next.csv').replace('r2-1', 'R2-1').replace(',,,', ',7,,'));
    const { code, stderr } = await diffopt(['tell', 'lab', 'other.csv'], folder);
    expect([code, stderr]).toEqual([1, expect.stringContaining('holds "R2-1", which was never asked')]);
  });

  it('begin from a table, with the space guessed from it', async () => {
    const folder = folderWith({ 'data.csv': experiments(12) });
    const args = ['ask', 'lab', '--data', 'data.csv', '--reward', 'yield', '--count', '2', '--threads', '1', ...fast];
    const { code, stdout, stderr } = await diffopt(args, folder);
    expect(stderr).toContain('data.csv: 12 rows; maximizing yield\n');
    expect([code, cellsOf(stdout).header]).toEqual([
      0,
      ['id', 'x', 'y', 'catalyst', 'yield', 'predicted_yield', 'predicted_yield_std'],
    ]);
    expect(cellsOf(stdout).rows.map(([, , , , , predicted]) => Number(predicted) > 5)).toEqual([true, true]);
    const record = await readJournal(join(folder, 'lab'));
    expect([record.evaluations.length, record.asks]).toEqual([12, 1]);
  });

  it('correct what was told by mistake, for good', async () => {
    const folder = folderWith({ 'space.json': planeSpace });
    await diffopt(['ask', 'lab', ...begin, '--count', '2', '--out', 'next.csv'], folder);
    const filled = (rewards: readonly string[]): string =>
      withRows(fileOf(folder, 'next.csv'), ([id = '', x = '', y = ''], at) => [id, x, y, rewards[at]!, '', '']);
    const told = async (rewards: readonly string[], ...flags: readonly string[]) => {
      writeFileSync(join(folder, 'results.csv'), `${filled(rewards)},0.5,0.25,3,,\n`);
      return diffopt(['tell', 'lab', 'results.csv', ...flags], folder);
    };
    expect((await told(['50', '4'])).stdout).toMatch(/^3 new results, .*\n\nbest yield {2}50\n/);
    expect(await told(['5', '4'])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'diffopt: results.csv line 2, column "yield": evaluation r1-1 was told with the reward 50 before, and is now told with the reward 5; --correct takes the new one\n',
    });
    expect((await told(['5', '4'], '--correct')).stdout).toMatch(
      /^1 new result, 2 known already, .*\n\nbest yield {2}5\n/,
    );
    expect((await told(['5', '4'])).stdout).toMatch(/^0 new results, 3 known already/);
    // The design of a row that was changed stays with its reward.
    const changed = fileOf(folder, 'next.csv').split('\n')[2]!.split(',')[0]!;
    for (const [reward, said] of [
      ['6', '1 row with another design than was asked for'],
      ['4', '1 new result, 0 designs still to measure'],
    ] as const) {
      writeFileSync(join(folder, 'changed.csv'), `id,x,y,yield\n${changed},0.125,0.875,${reward}\n`);
      const { stdout } = await diffopt(['tell', 'lab', 'changed.csv', '--correct'], folder);
      expect(stdout).toContain(said);
    }
    expect((await readJournal(join(folder, 'lab'))).told.get(changed)).toMatchObject({
      ...{ design: { x: 0.125, y: 0.875 }, reward: 4 },
    });
    const own = cellsOf(fileOf(folder, 'lab', 'evaluations.csv')).rows.find((row) => row.includes('3'))!;
    writeFileSync(join(folder, 'own.csv'), `id,yield\n${own.at(-1)},8\n`);
    expect((await diffopt(['tell', 'lab', 'own.csv', '--correct'], folder)).stdout).toMatch(/best yield {2}8\n/);
    const { evaluations } = await readJournal(join(folder, 'lab'));
    expect(evaluations.map((one) => one.status === 'measured' && one.reward)).toEqual([5, 4, 8]);
  });

  it('refuse what contradicts, and say where it stands', async () => {
    const folder = folderWith({ 'space.json': planeSpace });
    const csv = (await diffopt(['ask', 'lab', ...begin], folder)).stdout;
    writeFileSync(join(folder, 'results.csv'), filledIn(csv, [4, 5]));
    expect((await diffopt(['tell', 'lab', 'results.csv'], folder)).code).toBe(0);
    const journal = readFileSync(join(folder, 'lab', 'journal.jsonl'));
    const cases: readonly (readonly [string, string])[] = [
      [
        withRows(filledIn(csv), (row, at) => (at === 1 ? row.map((cell, i) => (i === 3 ? '7' : cell)) : row)),
        'bad.csv line 3, column "yield": evaluation r1-2 was told with the reward -',
      ],
      [
        withRows(filledIn(csv), (row, at) => (at === 2 ? ['r1-33', ...row.slice(1)] : row)),
        'bad.csv line 4, column "id" holds "r1-33", which was never asked;',
      ],
      [
        withRows(filledIn(csv), (row, at) => (at === 5 ? [row[0]!, '1.5', ...row.slice(2)] : row)),
        'bad.csv line 7, column "x": x is 1.5',
      ],
      [
        withRows(filledIn(csv), (row, at) => (at === 4 ? [...row.slice(0, 3), 'good', ...row.slice(4)] : row)),
        'bad.csv line 6, column "yield" holds "good", and a reward that is a finite number was expected;',
      ],
      [
        'id,yield\nr1-5,1\nr1-5,2\n',
        'bad.csv line 3, column "yield": evaluation r1-5 was told with the reward 1 before, and is now told with the reward 2',
      ],
      ['id,yield\n,1\n', 'bad.csv line 2 has neither an "id" nor a design'],
      ['id,x,yield\nr1-5,0.5,1\n', 'bad.csv has no column "y", a parameter of the run'],
    ];
    for (const [content, sentence] of cases) {
      writeFileSync(join(folder, 'bad.csv'), content);
      const { code, stdout, stderr } = await diffopt(['tell', 'lab', 'bad.csv'], folder);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(`diffopt: ${sentence}`)]);
    }
    expect(readFileSync(join(folder, 'lab', 'journal.jsonl'))).toEqual(journal);
    expect(factsIn(journal.toString()).filter(({ event }) => event === 'told')).toHaveLength(4);
  }, 240_000);

  it.each<[string, readonly string[], number, string]>([
    ['no space', ['ask', 'new'], 2, '--space or --data is missing'],
    ['flags of a new run', ['ask', 'lab', '--seed', '4'], 2, '--seed is for a new run, and lab holds one'],
    [
      'other flags',
      ['ask', 'lab', ...begin, '--minimize'],
      2,
      'direction is "minimize", but the run in lab was begun with "maximize"',
    ],
    ['nothing to tell to', ['tell', 'new', 'space.json'], 1, 'new holds no run'],
  ])('refuse %s', async (_, args, code, sentence) => {
    const folder = folderWith({ 'space.json': planeSpace });
    if (args.includes('lab')) await diffopt(['ask', 'lab', ...begin], folder);
    const result = await diffopt(args, folder);
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain(`diffopt: ${sentence}`);
  });
});
