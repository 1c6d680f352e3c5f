import { describe, expect, it } from 'vitest';
import type { LittleCell } from '../../benchmarks/little/cell.ts';
import { choosers, outcomeOf, randomOutcome, sharesBelow } from '../../benchmarks/little/choose.ts';
import { choiceCount, choiceOf, loadLittleTable, sizeExists, type Choice } from '../../benchmarks/little/tables.ts';
import { littleText, meanRanks } from '../../benchmarks/little/tables-text.ts';
import { tableFromRows } from '../../src/table/index.ts';
import { itWithData } from '../support/data.ts';

describe('outcomes of a choice', () => {
  it('are shares of worse candidates, towards the better end, ties in the middle', () => {
    const truth = Float64Array.of(5, 1, 3, 3, 9);
    expect([...sharesBelow({ truth, visible: { direction: 'maximize' } })]).toEqual([0.75, 0, 0.375, 0.375, 1]);
    expect([...sharesBelow({ truth, visible: { direction: 'minimize' } })]).toEqual([0.25, 1, 0.625, 0.625, 0]);
    expect(outcomeOf(Float64Array.of(0.5, 0.25, 1), [0, 1])).toEqual({ mean: 0.375, best: 0.5 });
  });

  it('of random candidates are those of all subsets on average', () => {
    const shares = Float64Array.of(0.4, 0, 1, 0.7, 0.4, 0.2);
    for (const count of [1, 2, 3, 6]) {
      const subsets = Array.from({ length: 2 ** 6 }, (_, bits) =>
        Array.from({ length: 6 }, (_, i) => i).filter((i) => (bits >> i) & 1),
      ).filter(({ length }) => length === count);
      const average = (pick: 'mean' | 'best'): number =>
        subsets.reduce((sum, chosen) => sum + outcomeOf(shares, chosen)[pick], 0) / subsets.length;
      const { mean, best } = randomOutcome(shares, count);
      expect(mean).toBeCloseTo(average('mean'), 12);
      expect(best).toBeCloseTo(average('best'), 12);
    }
  });
});

describe('a choice from a grid', () => {
  const places = Array.from({ length: 20 }, (_, i) => i / 19);
  const value = (x: number, y: number): number => -((x - 0.6) ** 2) - (y - 0.3) ** 2;
  const grid = places.flatMap((x) => places.map((y) => ({ x, y })));
  const shown = grid.filter((_, i) => i % 7 === 0);
  const hidden = grid.filter((_, i) => i % 7 !== 0);
  const real = { type: 'real', min: 0, max: 1 } as const;
  const choice: Choice = {
    visible: tableFromRows(
      shown.map(({ x, y }) => ({ x, y, r: value(x, y) })),
      { reward: 'r', direction: 'maximize', space: { parameters: { x: real, y: real } } },
    ),
    candidates: hidden,
    truth: Float64Array.from(hidden, ({ x, y }) => value(x, y)),
    count: 8,
  };
  const shares = sharesBelow(choice);

  it.each(['ours', 'nearest to the best'] as const)('by %s finds the hill', async (name) => {
    const chosen = await choosers[name](choice, 0);
    expect(new Set(chosen).size).toBe(8);
    expect(outcomeOf(shares, chosen).mean).toBeGreaterThan(0.85);
  });
});

describe('the ten tables', () => {
  itWithData('are cut into shown rows and candidates, nested over sizes', 'lab/agnp.csv.gz', async () => {
    const table = await loadLittleTable('agnp');
    expect(table.designs).toHaveLength(164);
    expect([20, 100, 500].map((size) => sizeExists(table, size as 20))).toEqual([true, true, false]);
    expect([choiceCount(164, 20), choiceCount(164, 100)]).toEqual([16, 12]);
    const [small, large, other] = [choiceOf(table, 20, 3), choiceOf(table, 100, 3), choiceOf(table, 20, 4)];
    expect(small.visible.designs).toHaveLength(20);
    expect(small.candidates).toHaveLength(144);
    expect(small.count).toBe(16);
    const text = (designs: readonly unknown[]): string[] => designs.map((design) => JSON.stringify(design));
    const known = new Set(text(large.visible.designs));
    expect(text(small.visible.designs).every((design) => known.has(design))).toBe(true);
    expect(text(large.candidates).some((design) => known.has(design))).toBe(false);
    expect(text(other.visible.designs)).not.toEqual(text(small.visible.designs));
  });

  itWithData('have one row for each design, with the mean reward', 'lab/hplc.csv.gz', async () => {
    const { table, designs } = await loadLittleTable('hplc');
    expect(table.designs).toHaveLength(1386);
    expect(designs).toHaveLength(1007);
  });
});

describe('results of little data', () => {
  const cellsWith = (difference: number): readonly LittleCell[] =>
    Array.from({ length: 8 }, (_, seed) => ({
      ...{ code: 'c', part: 'little', task: 'agnp, 20 rows', method: 'all', seed, count: 16, table: 'agnp', size: 20 },
      outcomes: {
        ours: { mean: 0.7 + difference * (1 + seed / 100), best: 0.9 },
        'nearest to the best': { mean: 0.7, best: 0.8 },
        random: { mean: 0.5, best: 0.95 },
      },
      seconds: 2,
    }));

  it('call a method worse, better or neither, after adjustment for two tests', () => {
    // Eight differences of one sign: 1 / 256, twice.
    const lines = (difference: number): string[] =>
      littleText(cellsWith(difference))
        .split('\n')
        .filter((line) => line.startsWith('| agnp'));
    expect(lines(-0.1)[0]).toMatch(/0\.008 \| \*\*worse\*\* .*\| +1\.000 \| better/);
    expect(lines(0)[0]).toMatch(/1\.000 \| no difference .*\| +1\.000 \| better/);
    expect(lines(0.1)[0]).toMatch(/1\.000 \| better .*\| +1\.000 \| better/);
  });

  it('rank the methods, 1 the best', () => {
    expect(meanRanks(cellsWith(0.1), 'mean')).toEqual({ ours: 1, 'nearest to the best': 2, random: 3 });
    expect(meanRanks(cellsWith(0), 'mean')).toEqual({ ours: 1.5, 'nearest to the best': 1.5, random: 3 });
    expect(meanRanks(cellsWith(0), 'best')).toEqual({ ours: 2, 'nearest to the best': 3, random: 1 });
  });
});
