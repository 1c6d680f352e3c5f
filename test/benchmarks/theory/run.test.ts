import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runTheory, type TheoryCell, type TheoryResult } from '../../../benchmarks/theory/index.ts';
import { diffopt } from '../../support/cli.ts';

describe('the small suite of the theory', () => {
  const out = mkdtempSync(join(tmpdir(), 'theory-'));
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('measures each cell once, and writes tables and pictures', async () => {
    const seen: string[] = [];
    const onCell = ({ task }: TheoryCell): void => void seen.push(task);
    const first = await runTheory({ suite: 'theory-small', out, onCell });
    expect(seen).toEqual(['base', 'rows 64', 'rows 256', 'width 16']);
    const again = await runTheory({ suite: 'theory-small', out, onCell });
    expect(seen).toHaveLength(4);
    expect(again.cells).toEqual(first.cells);
    expect(readFileSync(first.files.results, 'utf8').trimEnd().split('\n')).toHaveLength(4);

    const { targets = [], guidance = [], rounds = [], choices = [], errors } = first.cells[0]!;
    expect(targets.map(({ target }) => target)).toEqual([0, 2, 4]);
    expect(targets[1]!.onSupport).toBeGreaterThan(targets[0]!.onSupport + 0.3);
    expect(guidance).toHaveLength(12);
    expect(rounds.map((result) => result.rounds.length)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(choices.length).toBeGreaterThan(10);
    for (const error of Object.values(errors)) expect(error).toBeGreaterThanOrEqual(0);

    const text = readFileSync(first.files.markdown, 'utf8');
    for (const title of ['Rising targets', 'Naive and look-ahead', 'Rounds on', 'Errors against', 'Choices']) {
      expect(text).toContain(`## ${title}`);
    }
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    for (const file of first.files.pictures) {
      expect(statSync(file).size).toBeLessThan(60_000);
      expect(readFileSync(file, 'utf8')).not.toMatch(/NaN|undefined|Infinity/);
    }
  }, 60_000);

  it('goes on from there on the command line, which refuses what experiments have not', async () => {
    const flags = ['benchmark', '--suite', 'theory-small'];
    const refused = await diffopt([...flags, '--methods', 'ours'], out);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('--methods does not go with --suite theory-small') as string,
    ]);
    const { code, stdout, stderr } = await diffopt([...flags, '--out', '.', '--json', '--quiet'], out);
    expect([code, stderr]).toEqual([0, '']);
    const { cells } = JSON.parse(stdout) as TheoryResult;
    expect(cells.map(({ task, seed }) => [task, seed])).toEqual(
      ['base', 'rows 64', 'rows 256', 'width 16'].map((task) => [task, 0]),
    );
  }, 60_000);
});
