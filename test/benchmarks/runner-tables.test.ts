import { describe, expect, it } from 'vitest';
import type { OfflineCell, OnlineCell } from '../../benchmarks/index.ts';
import { resultBlocks } from '../../benchmarks/runner/results.ts';
import { comparisonsWith, ranksOn, standings } from '../../benchmarks/runner/tables/comparison.ts';
import { asHtml, asMarkdown } from '../../benchmarks/runner/tables/document.ts';
import { normalisedScore, offlineLosses } from '../../benchmarks/runner/tables/offline.ts';
import { normalisedRegret, onlineLosses, onlineTasks } from '../../benchmarks/runner/tables/online.ts';
import { convergencePlot, curveOf } from '../../benchmarks/runner/tables/plot.ts';
import { groupedBy, meanAndError, numberText } from '../../benchmarks/runner/tables/text.ts';

const measured = {
  code: 'c',
  seconds: 3,
  cpuSeconds: 2,
  megabytes: 100,
  cap: 600,
  threads: 1,
  package: '0',
  node: 'v20',
};

/** A cell whose costs after 10, 20, ... evaluations are these. */
function online(
  task: string,
  method: string,
  seed: number,
  costs: readonly (number | null)[],
  more: Partial<OnlineCell> = {},
): OnlineCell {
  return {
    ...measured,
    ...{ part: 'online', task, method, seed, count: 40, status: 'done' },
    facts: { least: 2, typical: 12, sign: 1 },
    curve: costs.map((cost, at) => ({ evaluations: 10 * (at + 1), cost })),
    methodSeconds: 6,
    ...more,
  };
}

function offline(
  task: string,
  method: string,
  seed: number,
  best: number,
  more: Partial<OfflineCell> = {},
): OfflineCell {
  return {
    ...measured,
    ...{ part: 'offline', task, method, seed, count: 128, status: 'done', problems: [], designs: [] },
    facts: { unit: 'normalised', direction: 'maximize', bestVisible: 0.4 },
    scores: [{ best, median: best / 2, scored: 128 }],
    ...more,
  };
}

/** The cells of the first row of a table that begins with a name, after a heading. */
function rowOf(markdown: string, after: string, name: string): readonly string[] {
  const rest = markdown.slice(markdown.indexOf(after));
  const line = rest.split('\n').find((one) => one.startsWith(`| ${name} `)) ?? '';
  return line
    .split(/(?<!\\)\|/)
    .slice(2, -1)
    .map((cell) => cell.trim());
}

describe('ranks and tests', () => {
  const losses = (values: Readonly<Record<string, number>>) => ({ task: 't', losses: new Map(Object.entries(values)) });

  it('share the mean of their places between equals, and put failures last', () => {
    expect(Object.fromEntries(ranksOn(losses({ a: 2, b: 1, c: 2, d: Infinity })))).toEqual({
      a: 2.5,
      b: 1,
      c: 2.5,
      d: 4,
    });
    const tasks = [losses({ a: 1, b: 2, c: 3 }), losses({ a: 2, b: 1 })];
    expect(standings(tasks)).toEqual([
      { method: 'a', meanRank: 1.5, tasks: 2 },
      { method: 'b', meanRank: 1.5, tasks: 2 },
      { method: 'c', meanRank: 3, tasks: 1 },
    ]);
  });

  it('compare over shared tasks: eight wins of eight have p = 2 / 2^8, times the number of methods compared', () => {
    const tasks = Array.from({ length: 8 }, (_, i) =>
      losses({ ours: 1, a: 2 + i, b: 1 + ((i % 2 === 0 ? 1 : -1) * (i + 1)) / 10 }),
    );
    const [a, b] = comparisonsWith('ours', tasks);
    expect(a).toMatchObject({ method: 'a', tasks: 8, better: 0, worse: 8 });
    expect(a!.p).toBeCloseTo(2 * (2 / 2 ** 8), 12);
    expect(b).toMatchObject({ method: 'b', better: 4, worse: 4 });
    expect(b!.p).toBeGreaterThan(0.5);
    expect(comparisonsWith('ours', [losses({ a: 1 })])).toEqual([]);
  });
});

describe('numbers in tables', () => {
  it('have a standard error: of 1, 2, 3, 4 it is the deviation 1.291 over 2', () => {
    expect(meanAndError([1, 2, 3, 4], 3)).toBe('2.500 ± 0.645');
    expect([meanAndError([7], 1), meanAndError([], 1)]).toEqual(['7.0', '']);
    expect([123.456, 0.012345, 1234567, 0, -3.14159].map((value) => numberText(value))).toEqual([
      ...['123.5', '0.01235', '1.235e+6', '0', '-3.142'],
    ]);
  });

  it('are normalised: 0 for the worst end of the data and 1 for the best, regret the other way round', () => {
    const facts = { unit: 'percent', direction: 'minimize', bestVisible: 2, range: { min: 2, max: 12 } } as const;
    expect(normalisedScore(offline('t', 'm', 0, 1, { facts }), 4)).toBeCloseTo(0.8, 12);
    expect(normalisedScore(offline('t', 'm', 0, 1), 0.7)).toBe(0.7);
    expect(normalisedRegret(online('t', 'm', 0, [12, 7]))).toBeCloseTo(0.5, 12);
    expect(normalisedRegret(online('t', 'm', 0, [null]))).toBe(Infinity);
  });
});

describe('what methods are ranked by', () => {
  const lossesOf = (cells: readonly OnlineCell[]): Readonly<Record<string, number>> =>
    Object.fromEntries(onlineLosses(onlineTasks(cells)[0]!).losses);

  it('are the seeds that all of them have, or all where they share none', () => {
    const many = [online('t', 'a', 0, [7]), online('t', 'a', 1, [12])];
    expect(lossesOf([...many, online('t', 'b', 0, [8]), online('t', 'c', 1, [], { status: 'missing' })])).toEqual({
      ...{ a: 0.5, b: 0.6 },
    });
    expect(lossesOf([...many, online('t', 'b', 2, [8])])).toEqual({ a: 0.75, b: 0.6 });
  });

  it('is for a cell that failed what it had reached, and nothing where it had not measured anything', () => {
    const failed = { status: 'failed', message: 'it broke' } as const;
    expect(lossesOf([online('t', 'a', 0, [3]), online('t', 'a', 1, [12, 11], failed)])['a']).toBeCloseTo(0.5, 12);
    expect(lossesOf([online('t', 'a', 0, [3]), online('t', 'a', 1, [], failed)])).toEqual({ a: Infinity });
  });

  it('is nothing for a method that proposed nothing, which a file says by null', () => {
    const facts = { unit: 'percent', direction: 'minimize', bestVisible: 2, range: { min: 2, max: 12 } } as const;
    const scores = JSON.parse('[{"best":null,"median":null,"scored":0}]') as OfflineCell['scores'];
    const cells = [offline('t', 'none', 0, 0, { facts, scores }), offline('t', 'good', 0, 3, { facts })];
    const losses = offlineLosses({ task: 't', methods: groupedBy(cells, ({ method }) => method) }, 'best').losses;
    expect(losses.get('none')).toBe(Infinity);
    expect(losses.get('good')).toBeCloseTo(-0.9, 12);
  });
});

describe('tables of results', () => {
  const cells = [
    online('bowl', 'ours', 0, [10, 8, 6, 4]),
    online('bowl', 'ours', 1, [10, 9, 7, 6]),
    online('bowl', 'random', 0, [10, 10], { status: 'capped' }),
    online('bowl', 'random', 1, [10, 9, 9, 9]),
    online('bowl', 'turbo', 0, [], { status: 'missing', message: 'turbo is missing: no | botorch' }),
    online('bowl', 'broken', 0, [], { status: 'failed', message: 'too <bad>' }),
    offline('tf-bind-8', 'ours', 0, 0.98),
    offline('tf-bind-8', 'random', 0, 0.9),
    offline('tf-bind-8', 'random-unseen', 0, 0.95),
  ];
  const markdown = asMarkdown(resultBlocks(cells));

  it('show what was reached at shares of the budget, with errors, time and what went wrong', () => {
    const task = '### bowl, 40 evaluations';
    expect(rowOf(markdown, task, '**ours**')).toEqual([
      ...['2', '10.00 ± 0', '8.500 ± 0.50', '5.000 ± 1.0', '0.3000 ± 0.10', '200 ms', ''],
    ]);
    expect(rowOf(markdown, task, 'random').slice(3)).toEqual([
      ...['9.500 ± 0.50', '0.7500 ± 0.050', '400 ms', '1 of 2 capped at 20 evaluations'],
    ]);
    expect(rowOf(markdown, task, 'broken')).toEqual(['0 of 1', '', '', '', '', '', 'failed']);
    expect(rowOf(markdown, task, 'turbo').at(-1)).toBe('missing');
    expect(rowOf(markdown, '## Online', '**ours**').slice(0, 2)).toEqual(['1.00', '1']);
    expect(rowOf(markdown, '## Online', 'broken').slice(0, 3)).toEqual(['3.00', '1', '0 / 1']);
    expect(rowOf(markdown, '## Online', 'turbo').slice(0, 2)).toEqual(['', '0']);
    expect(rowOf(markdown, '## Failed and missing', 'turbo').at(-1)).toBe('turbo is missing: no \\| botorch');
  });

  it('show all tasks at a glance: what failed by name, what is missing by nothing', () => {
    expect(rowOf(markdown, 'Normalised regret, mean', 'bowl, 40')).toEqual(['1', '0.20', '0.80', '', 'failed']);
    expect(rowOf(markdown, '100th / 50th percentile in', 'tf-bind-8')).toEqual([
      ...['1', '0.980 / 0.490', '0.900 / 0.450', '0.950 / 0.475'],
    ]);
  });

  it('keep published results in columns of their own, with their source', () => {
    expect(markdown).toMatch(/\| published 100th \| published 50th \| source \(visible rows allowed\) +\|/);
    const row = rowOf(markdown, '### tf-bind-8', 'DDOM (diffusion)');
    expect(row.slice(0, 6)).toEqual([
      '',
      '',
      '',
      '0.913 ± 0.047',
      '0.416 ± 0.023',
      expect.stringContaining('Tan et al.'),
    ]);
    expect(rowOf(markdown, '### tf-bind-8', '**ours**').slice(0, 6)).toEqual(['1', '0.980', '0.490', '', '', '']);
    expect(rowOf(markdown, '### tf-bind-8', 'random-unseen').slice(0, 2)).toEqual(['1 draws', '0.950']);
  });

  it('say the same as a page, in which nothing becomes a tag', () => {
    const html = asHtml('t', resultBlocks(cells));
    expect(html).toContain('<td class="left">too &lt;bad&gt;</td>');
    expect(html).toContain('<b>ours</b>');
    expect(html).not.toContain('<bad>');
    expect(html.match(/<tr>/g)!.length).toBe(html.match(/<\/tr>/g)!.length);
  });

  it('have a picture of the median and quartiles of regret, as far as all seeds got', () => {
    const [task] = onlineTasks(cells.filter((cell) => cell.part === 'online'));
    const { points } = curveOf('ours', task!.methods.get('ours')!);
    expect(points.map(({ x, middle }) => [x, middle])).toEqual([
      ...[
        [10, 8],
        [20, 6.5],
        [30, 4.5],
        [40, 3],
      ],
    ]);
    expect(points[3]).toMatchObject({ low: 2.5, high: 3.5 });
    expect(curveOf('random', task!.methods.get('random')!).points.map(({ x }) => x)).toEqual([10, 20]);
    const svg = convergencePlot(task!)!;
    expect(svg.match(/<path /g)).toHaveLength(4);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain('>ours</text>');
  });
});
