import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { meanReflectance } from '../../benchmarks/index.ts';
import { cellsOf, folderWith } from '../support/cli.ts';

const example = resolve(import.meta.dirname, '..', '..', 'examples', 'coating', 'propose.js');

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
