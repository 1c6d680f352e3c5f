import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { packageRoot, type BenchmarkCell } from '../../benchmarks/index.ts';
import { mean } from '../../benchmarks/statistics.ts';
import { diffopt, folderWith } from '../support/cli.ts';
import { itWithData } from '../support/data.ts';

// Under a minute on two cores that do nothing else.
vi.setConfig({ testTimeout: 900_000 });

/** What a cell is expected to end with, and how far it may be from it, as a share of it: other machines round otherwise. */
interface Expectation {
  readonly task: string;
  readonly method: string;
  /** The final true cost, or the best or median score, the mean of all draws for a random method. */
  readonly figure: 'cost' | 'best' | 'median';
  readonly value: number;
  readonly tolerance: number;
}

const { flags, expected } = JSON.parse(
  readFileSync(join(packageRoot(), 'test', 'benchmarks', 'expectations.json'), 'utf8'),
) as { readonly flags: readonly string[]; readonly expected: readonly Expectation[] };

function figureOf(cell: BenchmarkCell, figure: Expectation['figure']): number {
  if (cell.part === 'online') return cell.curve.at(-1)?.cost ?? NaN;
  return mean(cell.scores.map((scores) => (figure === 'best' ? scores.best : scores.median)));
}

describe('a part of the quick suite', () => {
  itWithData('ends where it is known to', 'tfbind8/tfbind8.csv.gz', async () => {
    const { code, stdout, stderr } = await diffopt(['benchmark', ...flags, '--json', '--quiet'], folderWith());
    expect([code, stderr]).toEqual([0, '']);
    const { counts, cells } = JSON.parse(stdout) as {
      readonly counts: Readonly<Record<string, number>>;
      readonly cells: readonly BenchmarkCell[];
    };
    expect(counts).toEqual({ done: cells.length, capped: 0, failed: 0, missing: 0 });
    // A cell that nothing is known of, or an expectation without a cell, is a mistake.
    const names = (list: readonly { readonly task: string; readonly method: string }[]): string[] =>
      [...new Set(list.map(({ task, method }) => `${task}, ${method}`))].sort();
    expect(names(cells)).toEqual(names(expected));
    const wrong = expected.flatMap(({ task, method, figure, value, tolerance }) => {
      const found = figureOf(
        cells.find((cell) => cell.task === task && cell.method === method)!,
        figure,
      );
      const near = Math.abs(found - value) <= tolerance * Math.abs(value);
      return near ? [] : [`${task}, ${method}: ${figure} ${found}, expected ${value}`];
    });
    expect(wrong).toEqual([]);
    const problems = cells.flatMap((cell) => (cell.part === 'offline' ? cell.problems : []));
    expect(problems).toEqual([]);
  });
});
