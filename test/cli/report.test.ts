import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderRunReport } from '../../src/report/index.ts';
import { openRun, readJournal, type Run } from '../../src/run/index.ts';
import { requests, settings } from '../run/runs.ts';
import { diffopt, folderWith } from '../support/cli.ts';

/** A run with a round of five, four of them told; the caller closes it. */
async function openedIn(folder: string): Promise<Run> {
  const run = await openRun(join(folder, 'run'), settings);
  await run.ask(
    1,
    requests(1, 5).map((request) => ({ ...request, predicted: { mean: 1, std: NaN } })),
  );
  await run.tell([
    ...[0.25, 4, -1].map((reward, i) => ({ id: `r1-${i}`, status: 'measured', reward, source: 'oracle' }) as const),
    { id: 'r1-3', status: 'failed', error: 'pump blocked', source: 'oracle' },
  ]);
  return run;
}

it('writes the report of a run that this process holds, reading alone', async () => {
  const folder = folderWith();
  const run = await openedIn(folder);
  const journal = readFileSync(join(folder, 'run', 'journal.jsonl'));
  const finished = await diffopt(['report', 'run'], folder);
  expect(finished).toEqual({ code: 0, stdout: `report  ${join('run', 'report.html')}\n`, stderr: '' });
  const html = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
  expect(html).toBe(renderRunReport(run.record));
  expect(html).toContain('1 design waits for a result');
  expect(readFileSync(join(folder, 'run', 'journal.jsonl')).equals(journal)).toBe(true);
  expect(readdirSync(join(folder, 'run')).sort()).toEqual(['journal.jsonl', 'lock', 'report.html']);
  await run.tell([{ id: 'r1-4', status: 'measured', reward: 9, source: 'oracle' }]);
  await run.close();
});

it('passes over a torn last line, and writes where it is told', async () => {
  const folder = folderWith();
  const run = await openedIn(folder);
  await run.close();
  const before = renderRunReport(await readJournal(run.directory));
  appendFileSync(join(run.directory, 'journal.jsonl'), '{"event":"told","id":"r1-4","sta');
  const { code, stdout } = await diffopt(['report', 'run', '--out', 'page.html', '--json'], folder);
  expect([code, JSON.parse(stdout)]).toEqual([0, { files: { report: 'page.html' } }]);
  expect(readFileSync(join(folder, 'page.html'), 'utf8')).toBe(before);
  expect(readdirSync(run.directory)).toEqual(['journal.jsonl']);
});

it.each([
  [['report', 'data'], 1, `data holds no run: there is no ${join('data', 'journal.jsonl')}`],
  [['report', 'notes.txt'], 1, `notes.txt holds no run: there is no ${join('notes.txt', 'journal.jsonl')}`],
  [['report', '.'], 1, 'line 1 of journal.jsonl is not valid JSON, and a journal event was expected'],
] as const)('refuses %j in one sentence', async (args, code, sentence) => {
  const folder = folderWith({ 'notes.txt': 'no run', 'journal.jsonl': 'no event\n' });
  expect(await diffopt(args, folder)).toEqual({ code, stdout: '', stderr: `diffopt: ${sentence}\n` });
  expect(readdirSync(folder)).toEqual(['journal.jsonl', 'notes.txt']);
});

it('does not replace a file of the run', async () => {
  const folder = folderWith();
  const run = await openedIn(folder);
  await run.writeResults();
  await run.close();
  const csv = join('run', 'evaluations.csv');
  const { code, stderr } = await diffopt(['report', 'run', '--out', csv], folder);
  expect([code, stderr]).toEqual([
    2,
    `diffopt: --out and evaluations.csv of the run are both ${csv}; name another file for --out\n`,
  ]);
  writeFileSync(join(folder, 'run', 'report.html'), 'old');
  expect((await diffopt(['report', 'run', '--quiet'], folder)).code).toBe(0);
  expect(readFileSync(join(folder, 'run', 'report.html'), 'utf8')).toContain('pump blocked');
});
