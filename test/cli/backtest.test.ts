import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { BacktestResult } from '../../src/optimizer/index.ts';
import { diffopt, experiments, folderWith, startDiffopt } from '../support/cli.ts';

const data = experiments(60);
const onYield = ['backtest', 'data.csv', '--reward', 'yield'] as const;

describe('backtest', () => {
  it('prints what was found, by method, and writes a page that says the same', async () => {
    const folder = folderWith({ 'data.csv': data });
    const { code, stdout, stderr } = await diffopt([...onYield, '--repeats', '2', '--report', 'page.html'], folder);
    expect(code).toBe(0);
    const found =
      /^Of the 12 best designs, hidden among 24 candidates, it found ([\d.]+) \((?:no spread|([\d.]+) to ([\d.]+))\) choosing 12; chance finds 6;/;
    const [, value, low = value, high = value] = found.exec(stdout) ?? [];
    expect(Number(value)).toBeGreaterThan(8);
    expect(Number(low)).toBeLessThanOrEqual(Number(value));
    expect(Number(high)).toBeGreaterThanOrEqual(Number(value));
    expect(Number(low)).toBeGreaterThan(6);
    expect(stdout).toMatch(/^diffopt +[\d.]+ +([\d.]+ to [\d.]+ +)?\d+ % +\d+\.\d{4} +\d+\.\d{4}$/m);
    for (const name of ['nearest to the best', 'chance', 'perfect choice']) {
      expect(stdout).toMatch(new RegExp(`^${name} +[\\d.]+`, 'm'));
    }
    const verdict = /^On your data choosing by diffopt would have found .* as chance.*\.$/m.exec(stdout)?.[0];
    expect(verdict).toBeDefined();
    expect(stdout).toContain('report  page.html');
    expect(stderr).toMatch(/repeat 1 of 2: \d+ of 12 found \(nearest \d+, chance 6\)\nrepeat 2 of 2: /);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain(verdict);
  });

  it('prints one JSON object, and when minimizing hides the least', async () => {
    const folder = folderWith({ 'data.csv': data });
    const args = [...onYield, '--repeats', '1', '--minimize', '--count', '5', '--seed', '3', '--json', '--quiet'];
    const { code, stdout, stderr } = await diffopt(args, folder);
    expect([code, stderr]).toEqual([0, '']);
    const result = JSON.parse(stdout) as BacktestResult;
    const rewards = data
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[3]));
    rewards.sort((a, b) => a - b);
    expect([result.direction, result.count, result.winners, result.seed]).toEqual(['minimize', 5, 12, 3]);
    expect(result.hidden).toEqual({ best: rewards[0], worst: rewards[11] });
    expect(result.methods.chance.hits.value).toBe(2.5);
    expect(result.methods.diffopt.mean).toBeLessThan(result.methods.chance.mean);
  });
});

describe('what is wrong is said in one sentence', () => {
  const small = `${data.trimEnd().split('\n').slice(0, 16).join('\n')}\n`;
  it.each([
    [['--repeats', '0'], 2, '--repeats is "0"; expected a whole number of at least 1', data],
    [['--count', '25'], 2, 'count is 25, but there are only 24 candidates (12 of them hidden winners)', data],
    [['--fix', 'x=1'], 2, 'backtest has no flag --fix (see diffopt backtest --help)', data],
    [
      [],
      1,
      'data.csv has only 15 distinct designs with a reward; a backtest hides the best fifth of them and needs at least 20',
      small,
    ],
    [['--report', 'no/page.html'], 1, 'cannot write no/page.html: its directory does not exist', data],
  ] as const)('%j', async (args, code, sentence, csv) => {
    const folder = folderWith({ 'data.csv': csv });
    const finished = await diffopt([...onYield, '--quiet', ...args], folder);
    expect(finished).toEqual({ code, stdout: '', stderr: `diffopt: ${sentence}\n` });
    expect(readdirSync(folder)).toEqual(['data.csv']);
  });
});

it('ends when it is interrupted, and leaves no page', async () => {
  const folder = folderWith({ 'data.csv': data });
  const child = startDiffopt([...onYield, '--repeats', '1000', '--report', 'page.html'], folder);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const output = text(child.stdout);
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString();
    // Once: a second signal would end the process at once.
    if (!child.killed && said.includes('repeat 1 of 1000')) child.kill('SIGINT');
  });
  expect((await closed)[0]).toBe(130);
  expect(await output).toBe('');
  expect(said).toMatch(/diffopt: interrupted\n$/);
  expect(readdirSync(folder)).toEqual(['data.csv']);
});
