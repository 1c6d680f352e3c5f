import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { meanReflectance } from '../../benchmarks/index.ts';
import type { Design } from '../../src/space/index.ts';
import { cellsOf, diffopt, folderWith } from '../support/cli.ts';

const compiled = resolve(import.meta.dirname, '..', '..', 'examples', 'coating');
const example = join(compiled, 'propose.js');
/** The root of the repository, seen from the compiled tests. */
const root = resolve(import.meta.dirname, '..', '..', '..');

it('npm start proposes better coatings than any measured, and says so truly', async () => {
  const folder = folderWith();
  const { stdout } = await promisify(execFile)(process.execPath, [example, '--quiet'], { cwd: folder });
  const found = /^best in data ([\d.]+) % \/ best proposed ([\d.]+) % \/ median proposed ([\d.]+) %$/m.exec(stdout);
  const [bestMeasured, bestProposed, medianProposed] = (found ?? []).slice(1).map(Number);
  expect(bestMeasured).toBe(1.694);

  const csv = join(folder, 'out', 'coating', 'proposals.csv');
  const { header, rows } = cellsOf(readFileSync(csv, 'utf8'));
  expect(rows).toHaveLength(96);
  const names = header.slice(0, 12);
  const truths = rows.map((row) =>
    meanReflectance(
      Object.fromEntries(names.map((name, at) => [name, at % 2 === 0 ? (row[at] ?? '') : Number(row[at])])),
    ),
  );
  const sorted = truths.sort((a, b) => a - b);
  expect(bestProposed).toBe(Number(sorted[0]?.toFixed(3)));
  expect(medianProposed).toBe(Number((((sorted[47] ?? NaN) + (sorted[48] ?? NaN)) / 2).toFixed(3)));
  expect(bestProposed).toBeLessThan(1.694);

  const report = join('out', 'coating', 'report.html');
  expect(stdout.endsWith(`\n${join('out', 'coating', 'proposals.csv')}\n${report}\n`)).toBe(true);
  expect(readFileSync(join(folder, report), 'utf8')).toContain('reflectance');
});

it('coatings in rounds, as the example has them, are better than those at random and rewarded truly', async () => {
  const folder = folderWith();
  const space = join(root, 'examples', 'coating', 'space.json');
  const oracle = join(compiled, 'oracle.js');
  const flags = ['--minimize', '--reward', 'reflectance', '--evaluations', '120', '--batch', '40', '--run', 'coatings'];
  const { code, stderr } = await diffopt(['optimize', '--space', space, '--module', oracle, ...flags], folder);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { header, rows } = cellsOf(readFileSync(join(folder, 'coatings', 'evaluations.csv'), 'utf8'));
  expect(rows).toHaveLength(120);
  const column = (name: string) => rows.map((row) => row[header.indexOf(name)]!);
  const rewards = column('reflectance').map(Number);
  rows.forEach((_, at) => {
    const names = header.filter((name) => /^(material|thickness)_/.test(name));
    const design: Design = Object.fromEntries(
      names.map((name) => [name, name.startsWith('m') ? column(name)[at]! : Number(column(name)[at])]),
    );
    expect(rewards[at]).toBe(meanReflectance(design));
  });
  const best = (round: string): number => Math.min(...rewards.filter((_, at) => column('round')[at] === round));
  expect(Math.min(best('2'), best('3'))).toBeLessThan(best('1'));
});
