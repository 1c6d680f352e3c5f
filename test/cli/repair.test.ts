import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellsOf, diffopt, experiments, folderWith } from '../support/cli.ts';

const ideas = `catalyst,note,y,x
B,first,0.9,0.8
A,"second, dear",0.1,0.55
C,third,0.35,0.95
`;
const files = { 'data.csv': experiments(60), 'ideas.csv': ideas };
const onYield = ['repair', 'data.csv', 'ideas.csv', '--reward', 'yield'] as const;

const yieldOf = (x: string, y: string, catalyst: string): number =>
  10 - 10 * (Number(x) - 0.3) ** 2 - 5 * (Number(y) - 0.6) ** 2 + (catalyst === 'A' ? 1 : 0);

describe('repair', () => {
  it('writes the designs in the order of their file, better than they were, with their other columns', async () => {
    const { code, stdout, stderr } = await diffopt([...onYield], folderWith(files));
    expect(stderr).toContain('ideas.csv: 3 designs\n');
    expect(code).toBe(0);
    const { header, rows } = cellsOf(stdout);
    expect(header.join()).toBe('catalyst,y,x,predicted_yield_before,predicted_yield,predicted_yield_std,moved,note');
    expect(rows.map((row) => row[7])).toEqual(['first', 'second, dear', 'third']);
    const given = cellsOf(ideas).rows;
    rows.forEach(([catalyst = '', y = '', x = '', before, after, std, moved], at) => {
      const [wasCatalyst = '', , wasY = '', wasX = ''] = given[at]!;
      expect(yieldOf(x, y, catalyst)).toBeGreaterThan(yieldOf(wasX, wasY, wasCatalyst));
      expect(Number(after)).toBeGreaterThan(Number(before));
      expect([x, y]).toEqual([expect.stringMatching(/^[01]\.\d\d$/), expect.stringMatching(/^[01]\.\d\d$/)]);
      expect(Number(std)).toBeGreaterThan(0);
      expect(Number(moved)).toBeGreaterThan(0);
      expect(Number(moved)).toBeLessThanOrEqual(1);
    });
  });

  it('takes its own output, and that of propose, whose predictions are made anew', async () => {
    const folder = folderWith({
      ...files,
      'ideas.csv': 'catalyst,y,x,predicted_yield,predicted_yield_std,moved,note\nA,0.9,0.9,77,7,0.7,mine\n',
    });
    const { code, stdout } = await diffopt(onYield, folder);
    const { header, rows } = cellsOf(stdout);
    expect([code, header.join()]).toEqual([
      0,
      'catalyst,y,x,predicted_yield_before,predicted_yield,predicted_yield_std,moved,note',
    ]);
    expect(Number(rows[0]![4])).toBeLessThan(20);
    expect(rows[0]![7]).toBe('mine');
  });

  it('reads decimal commas between semicolons, and writes as the designs are written', async () => {
    const european = (text: string): string => text.replaceAll(',', ';').replaceAll('.', ',');
    const folder = folderWith({ 'data.csv': european(experiments(60)), 'ideas.csv': european(ideas) });
    const [there, here] = [await diffopt([...onYield], folder), await diffopt([...onYield], folderWith(files))];
    expect(there.code).toBe(0);
    expect(there.stdout.split('\n')[1]).toMatch(/^[ABC];0,\d+;0,\d+;/);
    const points = there.stdout.replaceAll(',', '.').replaceAll(';', ',');
    expect(cellsOf(points).rows.map((row) => row.slice(0, 7))).toEqual(
      cellsOf(here.stdout).rows.map((row) => row.slice(0, 7)),
    );
  });

  it('keeps columns and fixed values, and tells all in JSON, the same bytes for the same seed', async () => {
    const folder = folderWith(files);
    const args = [...onYield, '--keep', 'x, catalyst', '--quiet', '--seed', '3'];
    const [json, csv] = [
      await diffopt([...args, '--json', '--out', 'better.csv'], folder),
      await diffopt(args, folder),
    ];
    expect(json.stderr + csv.stderr).toBe('');
    expect(csv.stdout).toBe(readFileSync(join(folder, 'better.csv'), 'utf8'));
    const given = cellsOf(ideas).rows;
    cellsOf(csv.stdout).rows.forEach((row, at) => {
      expect([row[0], Number(row[2])]).toEqual([given[at]![0], Number(given[at]![3])]);
      expect(row[1]).not.toBe(given[at]![2]);
    });
    const result = JSON.parse(json.stdout) as { kept: string[]; repaired: { changed: boolean; moved: number }[] };
    expect(result.kept).toEqual(['x', 'catalyst']);
    expect(result.repaired.map(({ changed }) => changed)).toEqual([true, true, true]);
  });

  it('brings designs inside constraints', async () => {
    const space = {
      parameters: {
        x: { type: 'real', min: 0, max: 1 },
        y: { type: 'real', min: 0, max: 1 },
        catalyst: { type: 'categorical', values: ['A', 'B', 'C'] },
      },
      constraints: [{ linear: { x: 1, y: 1 }, atMost: 1.2 }],
    };
    const inside = experiments(120)
      .split('\n')
      .filter((line, at) => at === 0 || Number(line.split(',')[0]) + Number(line.split(',')[1]) <= 1.2)
      .join('\n');
    const folder = folderWith({ ...files, 'data.csv': `${inside}\n`, 'space.json': JSON.stringify(space) });
    const { code, stdout, stderr } = await diffopt([...onYield, '--space', 'space.json', '--fix', 'x=0.7'], folder);
    expect([code, stderr]).toEqual([0, expect.stringContaining('ideas.csv: 3 designs\n')]);
    for (const [, y, x] of cellsOf(stdout).rows) {
      expect(x).toBe('0.70');
      expect(Number(y)).toBeLessThanOrEqual(0.5);
    }
  });
});

describe('what repair refuses', () => {
  const cases: readonly (readonly [string, readonly string[], string, Readonly<Record<string, string>>])[] = [
    [
      'one file',
      ['repair', 'data.csv', '--reward', 'yield'],
      'repair needs two files: diffopt repair DATA.csv DESIGNS.csv',
      {},
    ],
    [
      'three files',
      ['repair', 'data.csv', 'ideas.csv', 'more.csv', '--reward', 'yield'],
      'repair takes two files, DATA.csv and DESIGNS.csv, but "more.csv" follows "ideas.csv"',
      {},
    ],
    ['no strength', [...onYield, '--strength', '0'], '--strength is "0"; expected a number from 0.001 to 1', {}],
    [
      'an unknown column to keep',
      [...onYield, '--keep', 'z'],
      'there is no parameter "z" to keep; the parameters are x, y, catalyst',
      {},
    ],
    [
      'an output onto the designs',
      [...onYield, '--out', 'ideas.csv'],
      '--out and the designs are both ideas.csv; name another file for --out',
      {},
    ],
    [
      'a value outside the space',
      onYield,
      'ideas.csv line 3, column "x": x is 3, outside 0 to 0.99; give a wider space with --space, or remove the row',
      { 'ideas.csv': 'catalyst,y,x\nA,0.5,0.5\nA,0.5,3\n' },
    ],
    [
      'a column that the output needs',
      onYield,
      'ideas.csv has a column "moved", a name that the output needs for itself; rename it',
      {
        'data.csv': `moved,yield\n${Array.from({ length: 12 }, (_, i) => `${i},${i % 5}\n`).join('')}`,
        'ideas.csv': 'moved\n1\n',
      },
    ],
  ];
  it.each(cases)('%s', async (_name, args, sentence, changed) => {
    const { code, stdout, stderr } = await diffopt([...args, '--quiet'], folderWith({ ...files, ...changed }));
    expect(code).toBeGreaterThan(0);
    expect([stdout, stderr]).toEqual(['', `diffopt: ${sentence}\n`]);
  });
});
