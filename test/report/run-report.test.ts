import { describe, expect, it } from 'vitest';
import { renderRunReport } from '../../src/report/index.ts';
import { rewardAxis } from '../../src/report/rewardAxis.ts';
import { runFactsOf } from '../../src/report/runFacts.ts';
import type { JournalEvent, RunRecord } from '../../src/run/index.ts';
import type { Design } from '../../src/space/index.ts';
import { find, parse, textOf, walk, type Node } from './markup.ts';
import { plane, recordOf, simulated } from './records.ts';

function yieldOf({ x, layers, catalyst }: Design): number {
  return 10 * Number(x) + Number(layers) + (catalyst === 'A' ? 3 : 0);
}

const told = (reward: number, design: Design, more: { id?: string; source?: 'table' | 'user' } = {}): JournalEvent => ({
  event: 'told',
  source: 'user',
  design,
  status: 'measured',
  reward,
  ...more,
});

const middle: Design = { x: 0.5, layers: 2, catalyst: 'B' };

const past: readonly JournalEvent[] = [
  told(12.5, { x: 0.1, layers: 3, catalyst: 'A' }, { source: 'table' }),
  told(7.25, { x: 0.2, layers: 1, catalyst: 'A' }, { source: 'table' }),
];

const whole = simulated({ rounds: 6, batch: 8, reward: yieldOf, failing: 5 });

const records: Readonly<Record<string, RunRecord>> = {
  'a run that was begun': recordOf([]),
  'a run that waits for its first results': recordOf(whole.slice(0, 1)),
  'a run in which all failed': recordOf(simulated({ rounds: 2, batch: 4, reward: yieldOf, failing: 1 })),
  'one evaluation': recordOf(simulated({ rounds: 1, batch: 1, reward: yieldOf })),
  'past experiments alone': recordOf(past),
  maximization: recordOf([...past, ...whole, { event: 'stopped', reason: 'budget' }], { evaluations: 48 }),
  minimization: recordOf([...past, ...whole], { direction: 'minimize' }),
  'equal rewards': recordOf(simulated({ rounds: 3, batch: 8, reward: () => 4 })),
  'rewards over decades': recordOf(
    simulated({ rounds: 4, batch: 8, reward: ({ x }, number) => 10 ** (6 - number / 6) * (1 + Number(x)) }),
    { direction: 'minimize' },
  ),
};

const pages = Object.entries(records).map(([name, record]) => {
  const html = renderRunReport(record);
  return { name, record, html, root: parse(html) };
});

function page(name: keyof typeof records): { record: RunRecord; root: Node } {
  const found = pages.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no page ${name}`);
  return found;
}

function sectionOf(root: Node, heading: string): Node {
  const found = find(root, 'section').find((one) => textOf(find(one, 'h2')[0] ?? one) === heading);
  if (found === undefined) throw new Error(`no section ${heading}`);
  return found;
}

function cellsOf(table: Node): readonly (readonly string[])[] {
  return find(table, 'tr').map((row) => row.children.map((cell) => (typeof cell === 'string' ? cell : textOf(cell))));
}

function tilesOf(root: Node): Readonly<Record<string, readonly string[]>> {
  const tiles = find(root, 'dl', 'tiles')[0] ?? root;
  const values = find(tiles, 'dd').map(textOf);
  return Object.fromEntries(find(tiles, 'dt').map((name, i) => [textOf(name), values.slice(2 * i, 2 * i + 2)]));
}

describe.each(pages)('the report of $name', ({ record, html, root }) => {
  it('fetches and runs nothing, and draws only finite numbers', () => {
    for (const node of walk(root)) {
      expect(['script', 'link', 'img', 'image', 'use', 'iframe', 'a']).not.toContain(node.name);
      for (const value of node.attributes.values()) expect(value).not.toMatch(/NaN|Infinity|undefined|url\(|https?:/);
    }
    expect(textOf(find(root, 'main')[0] ?? root)).not.toMatch(/NaN|undefined|\[object|not a number|∞/);
    for (const picture of find(root, 'svg'))
      expect(textOf(find(picture, 'title')[0] ?? picture).length).toBeGreaterThan(10);
  });

  it('is the same bytes for the same record', () => {
    expect(renderRunReport(structuredClone(record))).toBe(html);
  });
});

describe('the headline', () => {
  const measured = (record: RunRecord): readonly number[] =>
    record.evaluations.flatMap((one) => (one.status === 'measured' ? [one.reward] : []));

  it('has the largest reward of a maximization, and counts what the record holds', () => {
    const { record, root } = page('maximization');
    const tiles = tilesOf(root);
    expect(tiles['Best']?.[0]).toBe(String(Number(Math.max(...measured(record)).toPrecision(6))));
    expect(tiles['Best']?.[1]).toMatch(/^round \d, r\d-\d; 12\.5 before$/);
    expect(tiles['Evaluations']).toEqual(['48', 'of 48 allowed']);
    expect(tiles['Rounds']).toEqual(['6', 'of 8 designs']);
    expect(tiles['Failed']).toEqual(['9', 'of 48 results']);
    expect(textOf(root)).toContain('It stopped because all evaluations that were allowed have a result.');
    expect(textOf(root)).toContain('It began with 2 past experiments. Higher is better.');
  });

  it('has the smallest of a minimization, which goes on', () => {
    const { record, root } = page('minimization');
    expect(tilesOf(root)['Best']?.[0]).toBe(String(Number(Math.min(...measured(record)).toPrecision(6))));
    expect(textOf(root)).toContain('It has not stopped: it goes on, or can be resumed.');
    expect(textOf(root)).toContain('Lower is better.');
  });

  it('says what is waited for where nothing was measured', () => {
    const { root } = page('a run that waits for its first results');
    expect(textOf(root)).toContain('8 designs wait for a result.');
    expect(tilesOf(root)['Best']).toEqual(['\u2013', 'nothing was measured yet']);
    expect(tilesOf(page('a run in which all failed').root)['Failed']).toEqual(['8', 'of 8 results']);
  });

  it.each(['target', 'stagnation', 'exhausted', 'aborted'] as const)('says that it stopped by %s', (reason) => {
    const text = textOf(parse(renderRunReport(recordOf([...whole, { event: 'stopped', reason }]))));
    expect(text).toMatch(
      {
        target: /target was reached/,
        stagnation: /nothing better/,
        exhausted: /no design is left/,
        aborted: /interrupted/,
      }[reason],
    );
  });

  it('takes the mean of a design that was measured repeatedly, and only designs that constraints allow', () => {
    const design = { x: 0.9, layers: 8, catalyst: 'A' };
    const forbidden = { x: 1, layers: 8, catalyst: 'B' };
    const events = [told(20, middle), told(30, design), told(4, design), told(99, forbidden)];
    const record = recordOf(events, { space: { ...plane, constraints: [{ linear: { x: 1 }, atMost: 0.95 }] } });
    expect(tilesOf(parse(renderRunReport(record)))['Best']?.[0]).toBe('20');
    const { ranked } = runFactsOf(record);
    expect(ranked.map(({ reward, rewards }) => [reward, rewards.length])).toEqual([
      [20, 1],
      [17, 2],
    ]);
  });

  it('keeps to the values that the run fixes', () => {
    const events = [told(9, { ...middle, catalyst: 'A' }), told(3, middle)];
    expect(
      runFactsOf(recordOf(events, { options: { fix: { catalyst: 'B' } } })).ranked.map(({ reward }) => reward),
    ).toEqual([3]);
  });
});

describe('progress', () => {
  it('is the running best of means, past experiments with it', () => {
    const { record } = page('maximization');
    const { trials, bestOfData } = runFactsOf(record);
    expect(bestOfData).toBe(12.5);
    let best = bestOfData;
    trials.forEach(({ number, reward, bestSoFar }, i) => {
      if (!Number.isNaN(reward)) best = Math.max(best, reward);
      expect([number, bestSoFar]).toEqual([i + 1, best]);
    });
    expect(trials).toHaveLength(48);
  });

  it('falls back when a repetition shows that the best was luck', () => {
    const { trials } = runFactsOf(
      recordOf([
        ...simulated({ rounds: 1, batch: 1, reward: () => 5 }),
        told(9, middle),
        told(-1, middle),
        told(8, { ...middle, x: 0.75 }),
      ]),
    );
    expect(trials.map(({ bestSoFar }) => bestSoFar)).toEqual([5, 9, 5, 8]);
  });

  it('does not depend on the order in which results of a round came', () => {
    const events = simulated({ rounds: 3, batch: 8, reward: yieldOf, failing: 7 });
    const shuffled = [0, 1, 2].flatMap((round) => {
      const [asked, ...results] = events.slice(9 * round, 9 * round + 9);
      return asked === undefined ? [] : [asked, ...results.reverse()];
    });
    expect(renderRunReport(recordOf(shuffled))).toBe(renderRunReport(recordOf(events)));
  });

  it('marks what failed, each once', () => {
    const chart = find(page('maximization').root, 'figure', 'broad')[0];
    expect(
      chart === undefined ? '' : (find(chart, 'path', 'crosses')[0]?.attributes.get('d') ?? '').split('M').length - 1,
    ).toBe(9);
    expect(
      chart === undefined ? '' : (find(chart, 'path', 'dots')[0]?.attributes.get('d') ?? '').split('M').length - 1,
    ).toBe(39);
    expect(chart === undefined ? '' : textOf(chart)).toContain('best of the past experiments 12.5');
  });
});

describe('the axis of rewards', () => {
  const decades = [1, 10, 100, 1000, 1e4];

  it('is logarithmic over decades towards zero, from either side', () => {
    expect(rewardAxis(decades, -1).kind).toBe('log');
    expect(
      rewardAxis(
        decades.map((value) => -value),
        1,
      ),
    ).toMatchObject({ kind: 'log' });
    expect(textOf(page('rewards over decades').root)).toContain('log scale');
  });

  it('is linear within two decades, across zero, and where the best are far from zero and not rare', () => {
    expect(rewardAxis([5, 50, 400], -1).kind).toBe('linear');
    expect(rewardAxis([-5, 50, 4000], -1).kind).toBe('linear');
    expect(rewardAxis([0.5, 40, 60, 70, 90], 1).kind).toBe('linear');
    expect(rewardAxis(decades, 1).kind).toBe('log');
  });

  it('contains every reward on a log scale of negative numbers', () => {
    const { domain } = rewardAxis([-1, -1e5], 1);
    expect(domain[0]).toBeLessThan(-1e5);
    expect(domain[1]).toBeGreaterThan(-1);
    expect(domain[1]).toBeLessThan(0);
  });

  it('leaves out what is far worse than the rest, never what is better', () => {
    const usual = Array.from({ length: 40 }, (_, i) => i / 10);
    const low = rewardAxis([...usual, -500], 1);
    expect(low.cut).toBe(0);
    expect(low.domain[0]).toBeGreaterThan(-1);
    expect(rewardAxis([...usual, 500], 1)).toMatchObject({ cut: undefined });
    expect(rewardAxis([...usual, 500], -1).cut).toBe(3.9);
    expect(rewardAxis([...usual, -500], 1, [-200]).domain[0]).toBeLessThan(-200);
  });
});

describe('the tables', () => {
  it('say of each round what its evaluations say', () => {
    const { record, root } = page('maximization');
    const [headings = [], ...rows] = cellsOf(find(sectionOf(root, 'What each round did'), 'table')[0] ?? root);
    expect(headings.slice(0, 7)).toEqual([
      'round',
      'asked',
      'with a result',
      'failed',
      'best of round',
      'median of round',
      'best so far',
    ]);
    expect(rows).toHaveLength(6);
    let best = 12.5;
    rows.forEach(([round, asked, results, failed, bestOfRound, median, bestSoFar, predicted, of, within], i) => {
      const own = record.evaluations.filter(({ round: number, id }) => id !== undefined && number === i + 1);
      const rewards = own.flatMap((one) => (one.status === 'measured' ? [one.reward] : [])).sort((a, b) => a - b);
      const half = rewards.length / 2;
      best = Math.max(best, ...rewards);
      expect([round, asked, results]).toEqual([String(i + 1), '8', '8']);
      expect(Number(failed)).toBe(8 - rewards.length);
      expect(Number(bestOfRound)).toBeCloseTo(Math.max(...rewards), 3);
      expect(Number(median)).toBeCloseTo((rewards[Math.ceil(half) - 1]! + rewards[Math.floor(half)]!) / 2, 3);
      expect(Number(bestSoFar)).toBeCloseTo(best, 3);
      if (i === 0) expect([predicted, of, within]).toEqual(['', '', '']);
      else {
        expect(Number(predicted) - Number(of)).toBeCloseTo(0.1, 2);
        expect(within).toBe('100\u00a0%');
      }
    });
  });

  it('show what else the journal says of rounds', () => {
    const more: JournalEvent = {
      event: 'round',
      round: 1,
      figures: { best: 1, doubt: 0.25 },
      notes: { model: '<warm>' },
    };
    const root = parse(renderRunReport(recordOf([...whole, more])));
    const [headings = [], first = []] = cellsOf(find(sectionOf(root, 'What each round did'), 'table')[0] ?? root);
    expect(headings.slice(-2)).toEqual(['doubt', 'model']);
    expect(first.slice(-2)).toEqual(['0.25', '<warm>']);
  });

  it('list the best twenty with id and round', () => {
    const { record, root } = page('maximization');
    const rows = cellsOf(find(sectionOf(root, 'The best designs'), 'table')[0] ?? root);
    expect(rows[0]).toEqual(['#', 'yield', 'predicted', 'round', 'id', 'x', 'layers', 'catalyst']);
    expect(rows).toHaveLength(21);
    const sorted = record.evaluations
      .flatMap((one) => (one.status === 'measured' ? [one] : []))
      .sort((a, b) => b.reward - a.reward);
    rows.slice(1).forEach((cells, i) => {
      const one = sorted[i];
      expect(Number(cells[1])).toBeCloseTo(one?.reward ?? NaN, 3);
      expect(cells[4]).toBe(one?.id ?? '');
      expect(cells[3]).toBe(one?.id === undefined ? 'before' : String(one.round));
      expect(cells[7]).toBe(one?.design['catalyst']);
    });
  });

  it('tell calibration from the predictions that were kept, and nothing without them', () => {
    const { root } = page('maximization');
    const figures = find(sectionOf(root, 'Predictions against measurements'), 'div').map(textOf).join('\n');
    expect(figures).toContain('measured, with a prediction32');
    expect(figures).toContain('rank correlation1');
    expect(figures).toContain('median of measured against predicted0.1 worse');
    const without = renderRunReport(recordOf(simulated({ rounds: 3, batch: 8, reward: yieldOf, predicting: false })));
    expect(without).not.toContain('redict');
  });

  it('find what separates good from bad', () => {
    const reward = ({ x, catalyst }: Design): number => (catalyst === 'A' ? 5 : 0) + Number(x) / 10;
    const { root } = { root: parse(renderRunReport(recordOf(simulated({ rounds: 8, batch: 8, reward })))) };
    expect(textOf(sectionOf(root, 'What separates good from bad'))).toContain('catalyst is A');
  });
});

it('escapes whatever a run was told', () => {
  const bad = '<script>alert("x")</script> & \u0007';
  const space = { parameters: { [bad]: { type: 'categorical' as const, values: [`${bad}1`, `${bad}2`, '</style>'] } } };
  const design = (number: number): Design => ({ [bad]: space.parameters[bad].values[number % 3]! });
  const events = simulated({ rounds: 4, batch: 9, reward: (_, number) => number, design, failing: 4, error: bad });
  const record = recordOf([...events, told(1, design(1), { id: bad })], {
    space,
    reward: bad,
    options: { [bad]: bad },
  });
  const root = parse(renderRunReport(record));
  expect(find(root, 'script')).toHaveLength(0);
  const failures = cellsOf(find(sectionOf(root, 'Failures'), 'table')[0] ?? root);
  expect(failures[1]?.slice(0, 2)).toEqual([bad.replace('\u0007', '\ufffd'), '9']);
});

it('stays small and quick for 500 rounds and 20 parameters', () => {
  const names = Array.from({ length: 20 }, (_, i) => `x${i}`);
  const space = {
    parameters: Object.fromEntries(names.map((name) => [name, { type: 'real' as const, min: 0, max: 1 }])),
  };
  const design = (number: number): Design =>
    Object.fromEntries(names.map((name, i) => [name, ((number * (i + 1) * 0.618034) % 1) ** 2]));
  const reward = (one: Design, number: number): number =>
    names.reduce((sum, name) => sum + Number(one[name]), number / 1e4);
  const record = recordOf(simulated({ rounds: 500, batch: 20, reward, design, failing: 11 }), { space, batch: 20 });
  const start = performance.now();
  const html = renderRunReport(record);
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
  const rows = cellsOf(find(sectionOf(parse(html), 'What each round did'), 'table')[0] ?? parse(html));
  expect(rows).toHaveLength(501);
});
