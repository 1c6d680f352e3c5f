import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diffopt, folderWith } from '../support/cli.ts';

describe('help', () => {
  it('shows every flag with its default, and examples', async () => {
    const { code, stdout, stderr } = await diffopt(['propose', '--help'], folderWith());
    expect([code, stderr]).toEqual([0, '']);
    const flags = Array.from(stdout.matchAll(/--([a-z-]+) {2}/g), ([, name]) => name);
    const wanted =
      'reward minimize ignore failed space save-space count target quantile guidance fix candidates pool diversity';
    expect(flags).toEqual([
      ...`${wanted} out json quiet report surrogate seed runtime threads help version`.split(' '),
    ]);
    expect(stdout).toMatch(/--count +number of proposals +\[default: 96\]/);
    expect(stdout).toContain('diffopt propose runs.csv --reward yield --out next.csv');
  });

  it('lists the commands, and tells the version of the package', async () => {
    const help = await diffopt(['--help'], folderWith());
    const names = 'propose repair backtest optimize ask tell report train sample benchmark';
    for (const name of names.split(' ')) expect(help.stdout).toMatch(new RegExp(`^ {2}diffopt ${name} `, 'm'));
    const { version } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8'),
    ) as { version: string };
    expect((await diffopt(['--version'], folderWith())).stdout).toBe(`${version}\n`);
  });
});
