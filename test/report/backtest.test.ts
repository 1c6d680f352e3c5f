import { describe, expect, it } from 'vitest';
import type { BacktestResult, Comparison, Estimate, Measures } from '../../src/optimizer/index.ts';
import {
  backtestSection,
  methodRows,
  protocolInWords,
  recoveryInWords,
  remarksOn,
  renderBacktestReport,
  verdictInWords,
} from '../../src/report/index.ts';
import { find, parse, textOf, walk, type Node } from './markup.ts';

const estimate = (value: number, low: number, high: number): Estimate => ({ value, low, high });

/** A result as on 200 rows; the figures fit each other. */
function resultWith(
  change: Partial<BacktestResult> = {},
  chance: Comparison = 'better',
  nearest: Comparison = 'better',
) {
  const hits = {
    diffopt: estimate(31.2, 28, 34.123),
    nearest: estimate(24, 21, 27),
    chance: estimate(20, 16, 24),
    perfect: estimate(40, 40, 40),
  };
  const measures = (found: number): Measures => ({ hits: found, mean: found / 100, best: 0.9 });
  const result: BacktestResult = {
    file: 'runs.csv',
    reward: 'yield <%>',
    direction: 'maximize',
    decimals: 2,
    designs: 200,
    used: 200,
    alike: 0,
    winners: 40,
    decoys: 40,
    visible: 120,
    tied: 0,
    hidden: { worst: 0.7, best: 0.95 },
    count: 40,
    seed: 7,
    repeats: [31, 31.4].map((found, seed) => ({
      seed,
      methods: {
        diffopt: measures(found),
        nearest: measures(24),
        chance: measures(20),
        perfect: measures(40),
      },
    })),
    methods: {
      diffopt: { hits: hits.diffopt, precision: 0.78, recall: 0.78, mean: 0.8, best: 0.95 },
      nearest: { hits: hits.nearest, precision: 0.6, recall: 0.6, mean: 0.7, best: 0.9 },
      chance: { hits: hits.chance, precision: 0.5, recall: 0.5, mean: 0.6, best: 0.94 },
      perfect: { hits: hits.perfect, precision: 1, recall: 1, mean: 0.85, best: 0.95 },
    },
    advantage: {
      chance: { difference: estimate(11.2, 8, 14), comparison: chance },
      nearest: { difference: estimate(7.2, 4, 10), comparison: nearest },
    },
    ...change,
  };
  return result;
}

describe('a backtest in words', () => {
  it('says what was found, with intervals', () => {
    expect(recoveryInWords(resultWith())).toBe(
      'Of the 40 best designs, hidden among 80 candidates, it found 31.2 (28 to 34.1) choosing 40; chance finds 20; choosing what ' +
        'is nearest to the best visible designs finds 24 (21 to 27).',
    );
    expect(protocolInWords(resultWith())).toContain(
      'In each of 2 repeats, 120 designs were visible and 40 of the others',
    );
    expect(
      methodRows(resultWith()).map(({ name, found, interval, recall }) => [name, found, interval, recall]),
    ).toEqual([
      ['diffopt', '31.2', '28 to 34.1', '78 %'],
      ['nearest to the best', '24', '21 to 27', '60 %'],
      ['chance', '20', '16 to 24', '50 %'],
      ['perfect choice', '40', '', '100 %'],
    ]);
  });

  it('claims no more than the intervals do', () => {
    const verdict = (chance: Comparison, nearest: Comparison): string =>
      verdictInWords(resultWith({}, chance, nearest));
    const better = 'On your data choosing by diffopt would have found 1.6 times as many of the best designs as chance';
    expect(verdict('better', 'better')).toBe(
      `${better}, and 1.3 times as many as choosing what is nearest to the best known.`,
    );
    expect(verdict('better', 'undecided')).toBe(
      `${better}; that it finds more than choosing what is nearest to the best known is not shown.`,
    );
    expect(verdict('better', 'worse')).toBe(
      `${better}, but choosing what is nearest to the best known finds more, 24: stay close to the best.`,
    );
    for (const nearest of ['better', 'undecided', 'worse'] as const) {
      expect(verdict('undecided', nearest)).toContain('no better than chance');
      expect(verdict('worse', nearest)).toContain('worse than chance');
    }
  });

  it('says so where there is little to go by', () => {
    expect(verdictInWords(resultWith({ winners: 4 }))).toMatch(/With only 4 hidden designs this says little\.$/);
    expect(verdictInWords(resultWith({ count: 1 }))).toMatch(/With only 1 choice in a repeat this says little\.$/);
    expect(verdictInWords(resultWith())).not.toContain('little');
  });

  it('tells what was left out', () => {
    expect(remarksOn(resultWith())).toEqual([]);
    expect(remarksOn(resultWith({ designs: 9000, used: 5000, alike: 1, tied: 3 }))).toEqual([
      'a random 5000 of the 9000 distinct designs of runs.csv are used, to end in time',
      '1 row left out: nearly the design of another row',
      '3 visible designs as good as the worst hidden one',
    ]);
  });
});

describe('the page', () => {
  const page = renderBacktestReport(resultWith());
  const root: Node = parse(page);

  it('is well formed, stands alone, escapes names, and has no number that is none', () => {
    expect(find(root, 'script')).toEqual([]);
    expect(page).not.toMatch(/\b(?:href|src)=|NaN|Infinity|undefined/);
    expect(textOf(root)).toContain('yield <%>');
    expect(renderBacktestReport(resultWith())).toBe(page);
  });

  it('shows the verdict, a bar for each method, and a row for each repeat', () => {
    expect(textOf(root)).toContain(verdictInWords(resultWith()));
    expect(find(root, 'path', 'bars')).toHaveLength(3);
    expect(find(root, 'path', 'whiskers')).toHaveLength(3);
    const [methods, repeats] = find(root, 'tbody');
    expect(find(methods!, 'tr').map((row) => textOf(find(row, 'th')[0]!))).toEqual([
      'diffopt',
      'nearest to the best',
      'chance',
      'perfect choice',
    ]);
    expect(find(repeats!, 'tr')).toHaveLength(2);
  });

  it('draws bars in proportion to what was found', () => {
    const heights = find(root, 'path', 'bars').map((bar) => {
      const [, base, top] = /^M[\d.]+ ([\d.]+)V([\d.]+)/.exec(bar.attributes.get('d') ?? '') ?? [];
      return Number(base) - Number(top);
    });
    expect(heights[0]! / heights[2]!).toBeCloseTo(31.2 / 20, 2);
    expect(heights[1]! / heights[2]!).toBeCloseTo(24 / 20, 2);
  });

  it('has a section for other pages', () => {
    const section = parse(backtestSection(resultWith()).markup);
    expect([...walk(section)].filter(({ name }) => name === 'h2').map(textOf)).toEqual(['Backtest']);
    expect(find(section, 'svg')).toHaveLength(1);
  });
});
