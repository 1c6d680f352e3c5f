import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { cellsOf, diffopt, experiments, folderWith, startDiffopt } from '../support/cli.ts';

const data = experiments();
const onYield = ['propose', 'data.csv', '--reward', 'yield'] as const;

describe('propose to stdout', () => {
  it('writes the design columns in their order with the decimals of the data, then the prediction', async () => {
    const folder = folderWith({ 'data.csv': data });
    const { code, stdout, stderr } = await diffopt([...onYield, '--count', '20'], folder);
    expect(code).toBe(0);
    const { header, rows } = cellsOf(stdout);
    expect(header).toEqual(['x', 'y', 'catalyst', 'predicted_yield', 'predicted_yield_std', 'trust']);
    expect(rows).toHaveLength(20);
    for (const [x = '', y = '', catalyst = '', predicted = '', std = '', trust = ''] of rows) {
      expect(x).toMatch(/^[01]\.\d\d$/);
      expect(y).toMatch(/^[01]\.\d\d$/);
      expect(['A', 'B', 'C']).toContain(catalyst);
      expect(predicted).toMatch(/^\d+\.\d{3}$/);
      expect(Number(std)).toBeGreaterThan(0);
      expect(trust).toMatch(/^(0\.\d{3}|1\.000)$/);
    }
    const designs = rows.map((row) => row.slice(0, 3).join());
    const measured = new Set(cellsOf(data).rows.map((row) => row.slice(0, 3).join()));
    expect(new Set(designs).size).toBe(20);
    expect(designs.filter((design) => measured.has(design))).toEqual([]);
    expect(stderr).toContain('data.csv: 50 rows; maximizing yield\n');
    expect(stderr).toMatch(/the space is a guess from the columns .*\n {2}x +real +0(\.\d+)? to /);
    expect(stderr).toMatch(/asked for yield = \d+\.\d{3}, .*; most was drawn for \d.* with guidance (1\.5|3)\b.*\n/);
    expect(stderr).toMatch(
      /: orders 50 rows .* rank correlation of (0\.9\d|1\.00) \(R² [01]\.\d\d\), .* 80 % hold \d+ % of them\n/,
    );
    expect(stderr).not.toContain('\r');
  });

  it('says of shares of a mixture, and of numbers that span powers of ten, how to describe them', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => {
      const [a, b] = [(i % 6) / 10, (i % 4) / 10];
      const even = ((i * 0.618) % 1).toFixed(4);
      return [a, b, (1 - a - b).toFixed(2), (1e-4 * 10 ** (i % 5)).toPrecision(3), 20 + (i % 7), even, i % 9].join(',');
    });
    const folder = folderWith({ 'data.csv': ['a,b,c,load,heat,even,yield', ...rows, ''].join('\n') });
    const args = ['propose', 'data.csv', '--reward', 'yield', '--count', '2', '--pool', '64'];
    const { stderr } = await diffopt([...args, '--threads', '1', '--out', 'out.csv'], folder);
    expect(stderr).toContain(
      '"a", "b", "c" add up to 1 in every row: if they must, say so in a space with "constraints": [{"sum":["a","b","c"],"equals":1}]\n',
    );
    expect(stderr).toContain(
      '\n"load" spans powers of ten: where ratios matter rather than differences, say "scale": "log" in a space\n',
    );
    expect(stderr).not.toContain('"heat"');
  });

  it('says of a column that counts the rows how to leave it out', async () => {
    const [header, ...rows] = experiments(12).trim().split('\n');
    const counted = [`run no,${header}`, ...rows.map((row, i) => `${i + 1},${row}`)].join('\n');
    const args = [...onYield, '--count', '3'];
    const said = 'column "run no" counts the rows: if it is no parameter, leave it out with --ignore \'run no\'\n';
    const folder = folderWith({ 'data.csv': counted });
    expect((await diffopt(args, folder)).stderr).toContain(said);
    expect((await diffopt([...args, '--ignore', 'run no'], folder)).stderr).not.toContain('counts the rows');
  });

  it('finds designs near the best one, and when minimizing near the worst', async () => {
    const folder = folderWith({ 'data.csv': data });
    const distances = async (args: readonly string[]): Promise<number[]> => {
      const { stdout } = await diffopt([...onYield, '--count', '10', '--quiet', ...args], folder);
      return cellsOf(stdout).rows.map(([x, y]) => Math.hypot(Number(x) - 0.3, Number(y) - 0.6));
    };
    expect(Math.max(...(await distances([])))).toBeLessThan(0.25);
    expect(Math.min(...(await distances(['--minimize'])))).toBeGreaterThan(0.5);
  });

  it('gives the same bytes for the same seed, in a file as on stdout, and others for another seed', async () => {
    const folder = folderWith({ 'data.csv': data });
    const run = (args: readonly string[]) => diffopt([...onYield, '--count', '12', '--quiet', ...args], folder);
    const first = await run(['--seed', '7']);
    const again = await run(['--seed', '7', '--out', 'next.csv', '--report', 'next.html']);
    const other = await run(['--seed', '8']);
    expect(first.stderr).toBe('');
    expect(first.stdout).toBe(readFileSync(join(folder, 'next.csv'), 'utf8'));
    expect(other.stdout).not.toBe(first.stdout);
    expect(other.stdout.split('\n')).toHaveLength(14);
    const report = readFileSync(join(folder, 'next.html'), 'utf8');
    expect(report).toMatch(/^<!doctype html>/i);
    const best = cellsOf(first.stdout).rows[0] ?? [];
    expect(again.stdout).toContain('data');
    expect(again.stdout).toMatch(
      new RegExp(`^ +1 +${best[3]} +${best[4]} +\\d\\.\\d\\d +${best[0]} +${best[1]} +${best[2]}$`, 'm'),
    );
    expect(again.stdout).toContain('and 2 more proposals\n');
    expect(again.stdout).toMatch(/\n\nproposals {2}next\.csv\nreport {5}next\.html\n$/);
  });

  it('ends quietly when its reader has gone', async () => {
    const folder = folderWith({ 'data.csv': data });
    const child = startDiffopt([...onYield, '--count', '5', '--quiet'], folder);
    child.stdout.destroy();
    const stderr = text(child.stderr);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(await stderr).toBe('');
    expect(code).toBe(0);
  });
});

describe('what is asked for', () => {
  it('keeps fixed values as they were given, finer than the data too', async () => {
    const folder = folderWith({ 'data.csv': data });
    const args = [...onYield, '--count', '8', '--fix', 'catalyst=B', '--fix', 'x=0.1234', '--quiet'];
    const { code, stdout } = await diffopt(args, folder);
    expect(code).toBe(0);
    const { rows } = cellsOf(stdout);
    expect(rows).toHaveLength(8);
    for (const [x, y, catalyst] of rows) expect([x, y?.length, catalyst]).toEqual(['0.1234', 4, 'B']);
  });

  it('takes proposals from a list of candidates, the better ones first', async () => {
    const list = ['catalyst,supplier,y,x'];
    for (let i = 0; i <= 20; i++) list.push(`${'ABC'[i % 3]},s${i},0.605,${(i / 22 + 0.01).toFixed(3)}`);
    const measured = data.split('\n')[1]?.split(',') ?? [];
    list.push(`${measured[2]},s99,${measured[1]},${measured[0]}`);
    const folder = folderWith({ 'data.csv': data, 'list.csv': `${list.join('\n')}\n` });
    const args = [...onYield, '--candidates', 'list.csv', '--count', '6'];
    const { code, stdout, stderr } = await diffopt(args, folder);
    expect(stderr).toContain('list.csv: 22 candidates, 0 repeated, 1 measured already\n');
    expect(code).toBe(0);
    const { header, rows } = cellsOf(stdout);
    expect(header.slice(0, 3)).toEqual(['x', 'y', 'catalyst']);
    const listed = list.slice(1, -1).map((line) => line.split(','));
    for (const [x, y, catalyst] of rows) {
      expect(listed.some(([c, , b, a]) => c === catalyst && Number(b) === Number(y) && Number(a) === Number(x))).toBe(
        true,
      );
    }
    expect(rows).toHaveLength(6);
    const best = Math.abs(Number(rows[0]?.[0]) - 0.3);
    expect(best).toBeLessThan(0.25);
  });

  it('asks for a target, or for a quantile, with the weights given', async () => {
    const folder = folderWith({ 'data.csv': data });
    const run = async (args: readonly string[]) => {
      const { stdout } = await diffopt([...onYield, '--count', '3', '--json', '--quiet', ...args], folder);
      return (JSON.parse(stdout) as { outcomes: { target: number; guidance: number; samples: number }[] }).outcomes;
    };
    const asked = await run(['--target', '9.5', '--guidance', '0.5,2', '--pool', '300']);
    expect(asked.map(({ target, guidance, samples }) => [target, guidance, samples])).toEqual([
      [9.5, 0.5, 100],
      [9.5, 2, 100],
      [9.5, 0.5, 100],
    ]);
    const rewards = cellsOf(data).rows.map((row) => Number(row[3]));
    const best = await run(['--quantile', '1', '--guidance', '1', '--pool', '100']);
    expect([...new Set(best.map(({ target }) => target))]).toEqual([Math.max(...rewards)]);
  });
});
