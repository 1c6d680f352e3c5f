import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { backtest, type BacktestOptions, type BacktestResult } from '../../src/optimizer/index.ts';
import { fitEnsemble } from '../../src/reward/index.ts';
import { tableFromRows, type Cell, type Table, type TableOptions } from '../../src/table/index.ts';

/** Small models, few repeats: what comes out, not how good it can be. */
const small: BacktestOptions = {
  training: { steps: 200, width: 32 },
  surrogate: fitEnsemble({ steps: 400, width: 32 }),
  repeats: 2,
  threads: 2,
};

type Reward = (x: number, y: number, draw: number) => Cell;

function tableWith(reward: Reward, rows = 60, options: Partial<TableOptions> = {}): Table {
  const stream = randomStream(5);
  return tableFromRows(
    Array.from({ length: rows }, () => {
      const [x, y] = [stream.integer(1000) / 1000, stream.integer(1000) / 1000];
      return { x, y, z: stream.integer(1000) / 1000, reward: reward(x, y, stream.normal()) };
    }),
    { reward: 'reward', direction: 'maximize', ...options },
  );
}

const slope: Reward = (x, y) => x + 2 * y;

describe('a reward that can be learnt', () => {
  let result: BacktestResult;

  test('is found again, far more often than by chance', async () => {
    const told: number[] = [];
    result = await backtest(tableWith(slope), { ...small, onRepeat: (_, number) => told.push(number) });
    expect(told).toEqual([1, 2]);
    const { winners, decoys, visible, used, count, repeats, methods, advantage } = result;
    expect([winners, decoys, visible, used, count]).toEqual([12, 12, 36, 60, 12]);
    expect(repeats).toHaveLength(2);
    expect(methods.diffopt.hits.value).toBeGreaterThan(9);
    expect(methods.chance.hits.value).toBe(6);
    expect(methods.perfect.hits.value).toBe(12);
    expect(advantage.chance.comparison).toBe('better');
    expect(methods.diffopt.hits.low).toBeGreaterThan(6);
    expect(methods.diffopt.recall).toBe(methods.diffopt.hits.value / 12);
    expect(methods.diffopt.mean).toBeGreaterThan(methods.chance.mean);
    expect(methods.perfect.mean).toBeGreaterThanOrEqual(methods.diffopt.mean);
    expect(methods.perfect.best).toBe(result.hidden.best);
    const found = repeats.map((repeat) => repeat.methods.diffopt.hits);
    expect(methods.diffopt.hits.value).toBeCloseTo((found[0]! + found[1]!) / 2, 10);
  });

  test('gives the same result for the same seed', async () => {
    expect(await backtest(tableWith(slope), small)).toEqual(result);
  });

  test('is found when less is better, too, and when fewer are chosen', async () => {
    const cost = tableWith((x, y) => -x - 2 * y, 60, { direction: 'minimize' });
    const { methods, count, advantage } = await backtest(cost, { ...small, count: 8, seed: 3 });
    expect(count).toBe(8);
    expect(methods.chance.hits.value).toBe(4);
    expect(methods.perfect.hits.value).toBe(8);
    expect(methods.diffopt.hits.value).toBeGreaterThan(6);
    expect(methods.diffopt.mean).toBeLessThan(methods.chance.mean);
    expect(advantage.chance.comparison).toBe('better');
  });
});

test('a reward of pure noise is not: the interval holds chance', async () => {
  const { methods, advantage } = await backtest(
    tableWith((_x, _y, draw) => draw),
    small,
  );
  expect(methods.diffopt.hits.low).toBeLessThanOrEqual(6);
  expect(methods.diffopt.hits.high).toBeGreaterThanOrEqual(6);
  expect(advantage.chance.comparison).toBe('undecided');
});

describe('what cannot be tested', () => {
  test('is an error before anything is trained', async () => {
    await expect(backtest(tableWith(slope, 19), small)).rejects.toThrow('only 19 distinct designs with a reward');
    await expect(backtest(tableWith(slope), { ...small, count: 25 })).rejects.toThrow(
      'count is 25, but there are only 24 candidates (12 of them hidden winners)',
    );
    await expect(backtest(tableWith(slope), { ...small, repeats: 0 })).rejects.toThrow(
      'repeats is 0, a whole number of at least 1 was expected',
    );
    let row = 0;
    const rarely = tableWith(() => (row++ < 12 ? 10 + row : 0));
    await expect(backtest(rarely, small)).rejects.toThrow(
      'without the hidden rows every reward is 0, so nothing can be learnt from the rest',
    );
  });

  test('ends when it is told to', async () => {
    const abort = new AbortController();
    const observer = (): void => abort.abort(new Error('enough'));
    await expect(backtest(tableWith(slope), { ...small, observer, signal: abort.signal })).rejects.toThrow('enough');
  });
});

test('the smallest table works, unlabelled rows and repeated designs included', async () => {
  const { x, y, z } = { x: 0.111, y: 0.999, z: 0.5 };
  const base = tableWith(slope, 19);
  const rows = base.designs.map((design, i) => ({ ...design, reward: base.rewards[i]! }));
  const table = tableFromRows(
    [...rows, { x, y, z, reward: 2.2 }, { x, y, z, reward: 2.0 }, { x: 0.3, y: 0.3, z: 0.3, reward: '' }],
    { reward: 'reward', direction: 'maximize' },
  );
  const { designs, winners, visible, methods } = await backtest(table, { ...small, repeats: 1 });
  expect([designs, winners, visible]).toEqual([20, 4, 12]);
  expect(methods.diffopt.hits.value).toBeGreaterThanOrEqual(0);
  expect(methods.diffopt.hits.value).toBeLessThanOrEqual(4);
});
