import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { recoveryIntervals, type Trial } from '../../src/optimizer/backtest-interval.ts';
import {
  discreteQuantile,
  expectedByChance,
  hypergeometric,
  measure,
  nearestFirst,
  perfectChoice,
  type Judged,
} from '../../src/optimizer/backtest-measure.ts';
import { chooseField, measuredDesigns, splitField, type Field } from '../../src/optimizer/backtest-split.ts';
import { subTable } from '../../src/optimizer/sub-table.ts';
import { tableFromRows, type Direction, type Table } from '../../src/table/index.ts';

/** All ways to take `size` of 0, ..., n - 1. */
function subsets(n: number, size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  if (n < size) return [];
  return [...subsets(n - 1, size), ...subsets(n - 1, size - 1).map((rest) => [...rest, n - 1])];
}

const direction = fc.constantFrom<Direction>('maximize', 'minimize');

/** Rewards with many ties, few of them better than most. */
const rewardLists = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 20, maxLength: 80 });

describe('the split', () => {
  test('hides the best fifth, with as many decoys, all worse; every design is in one part', () => {
    fc.assert(
      fc.property(rewardLists, direction, fc.integer({ min: 0, max: 99 }), (rewards, way, seed) => {
        const stream = randomStream(seed);
        const sign = way === 'maximize' ? 1 : -1;
        const count = Math.round(0.2 * rewards.length);
        let field: Field;
        try {
          field = chooseField(rewards, way, stream.split('winners'), 'the table');
        } catch (error) {
          // Rightly: fewer designs than winners are worse than the worst winner.
          const threshold = rewards.toSorted((a, b) => sign * (b - a))[count - 1]!;
          expect(rewards.filter((reward) => sign * reward < sign * threshold).length).toBeLessThan(count);
          expect(String(error)).toContain('worse ones are needed');
          return;
        }
        const { winners, decoys, visible, candidates } = splitField(field, stream.split('repeat', 1));
        const best = rewards.toSorted((a, b) => sign * (b - a)).slice(0, count);
        expect(winners.map((index) => rewards[index])).toEqual(best);
        expect(decoys).toHaveLength(count);
        for (const decoy of decoys) expect(sign * rewards[decoy]!).toBeLessThan(sign * best.at(-1)!);
        expect([...winners, ...decoys, ...visible].sort((a, b) => a - b)).toEqual(rewards.map((_, i) => i));
        expect([...candidates].sort((a, b) => a - b)).toEqual([...winners, ...decoys].sort((a, b) => a - b));
      }),
    );
  });

  test('keeps the winners from repeat to repeat and draws other decoys in another order', () => {
    const rewards = Array.from({ length: 60 }, (_, i) => i);
    const stream = randomStream(0);
    const field = chooseField(rewards, 'maximize', stream, 'the table');
    const [one, two] = [splitField(field, stream.split('repeat', 1)), splitField(field, stream.split('repeat', 2))];
    expect(one.winners).toEqual(two.winners);
    expect(new Set(one.decoys)).not.toEqual(new Set(two.decoys));
    // An order that told winners from decoys would make any method that breaks ties by it look good.
    const places = Array.from({ length: 400 }, (_, i) =>
      splitField(field, stream.split('order', i)).candidates.indexOf(59),
    );
    expect(Math.abs(places.reduce((sum, place) => sum + place, 0) / 400 - 11.5)).toBeLessThan(1.4);
  });

  test('a table that is too small, or almost all of whose rewards are the best, is an error in one sentence', () => {
    const stream = randomStream(0);
    expect(() => chooseField([1, 2, 3], 'maximize', stream, 'runs.csv')).toThrow(
      'runs.csv has only 3 distinct designs with a reward; a backtest hides the best fifth of them and needs at least 20',
    );
    const mostlyBest = Array.from({ length: 30 }, (_, i) => (i < 5 ? 0 : 1));
    expect(() => chooseField(mostlyBest, 'maximize', stream, 'runs.csv')).toThrow(
      'runs.csv has 30 distinct designs, and 25 of them have a reward of 1 or better; at least 6 worse ones are needed',
    );
    const { winners, tied, others } = chooseField([...mostlyBest, 0], 'maximize', stream, 'runs.csv');
    expect([winners.length, tied.length, others.length]).toEqual([6, 19, 6]);
  });
});

describe('the designs of a table', () => {
  const rows = [
    { a: 0, b: 'x', y: 1 },
    { a: 1, b: 'x', y: 2 },
    { a: 0, b: 'x', y: 4 },
    { a: 0.0005, b: 'x', y: 9 },
    { a: 0, b: 'y', y: '' },
    { a: 1, b: 'x', y: '' },
  ];
  const table: Table = tableFromRows(rows, { reward: 'y', direction: 'maximize', minimumLabelled: 1 });

  test('have the mean of their rewards; what is nearly another design is left out, and unlabelled rows of none are kept apart', () => {
    const { measured, unlabelled, alike } = measuredDesigns(table);
    expect(measured).toEqual([
      { design: { a: 0, b: 'x' }, rows: [0, 2], reward: 2.5 },
      { design: { a: 1, b: 'x' }, rows: [1], reward: 2 },
    ]);
    expect(unlabelled).toEqual([4]);
    expect(alike).toBe(1);
  });

  test('a part of a table is a table with those rows', () => {
    const part = subTable(table, [2, 0, 4]);
    expect(part.designs).toEqual([table.designs[2], table.designs[0], table.designs[4]]);
    expect([...part.rewards]).toEqual([4, 1, NaN]);
    expect(part.repeats).toBe(1);
    const whole = subTable(
      table,
      rows.map((_, row) => row),
    );
    expect(whole).toEqual(table);
  });
});

describe('measures', () => {
  const judgedCases = fc
    .record({
      rewards: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 7 }),
      direction,
      seed: fc.integer(),
    })
    .map(({ rewards, direction: way, seed }): Judged => {
      const stream = randomStream(seed);
      return { rewards, isWinner: rewards.map(() => stream.uniform() < 0.5), direction: way };
    });

  test('chance is the average over all choices, a perfect choice the best of them', () => {
    fc.assert(
      fc.property(judgedCases, fc.integer({ min: 1, max: 7 }), (judged, wanted) => {
        const n = judged.rewards.length;
        const count = Math.min(wanted, n);
        const all = subsets(n, count).map((chosen) => measure(judged, chosen));
        const average = (values: readonly number[]): number =>
          values.reduce((sum, value) => sum + value, 0) / all.length;
        const expected = expectedByChance(judged, count);
        expect(expected.hits).toBeCloseTo(average(all.map(({ hits }) => hits)), 10);
        expect(expected.mean).toBeCloseTo(average(all.map(({ mean }) => mean)), 10);
        expect(expected.best).toBeCloseTo(average(all.map(({ best }) => best)), 10);
        const perfect = measure(judged, perfectChoice(judged, count));
        const sign = judged.direction === 'maximize' ? 1 : -1;
        expect(sign * perfect.mean).toBeCloseTo(Math.max(...all.map(({ mean }) => sign * mean)), 10);
        expect(sign * perfect.best).toBe(Math.max(...all.map(({ best }) => sign * best)));
      }),
    );
  });

  test('the hypergeometric distribution counts the choices', () => {
    for (const [population, winners, drawn] of [
      [8, 4, 4],
      [9, 3, 5],
      [6, 6, 2],
    ] as const) {
      const all = subsets(population, drawn).map((chosen) => chosen.filter((index) => index < winners).length);
      const probabilities = hypergeometric(population, winners, drawn);
      expect(probabilities).toHaveLength(drawn + 1);
      probabilities.forEach((probability, hits) =>
        expect(probability).toBeCloseTo(all.filter((found) => found === hits).length / all.length, 12),
      );
    }
    expect(hypergeometric(2000, 1000, 1000).reduce((sum, p) => sum + p)).toBeCloseTo(1, 8);
    // Of 8 with 4 winners: 1, 16, 36, 16, 1 of 70 draws.
    const four = hypergeometric(8, 4, 4);
    expect([0.01, 0.025, 0.5, 0.975, 0.99].map((share) => discreteQuantile(four, share))).toEqual([0, 1, 2, 3, 4]);
  });

  test('nearest first is by the nearest of the best', () => {
    const at = (...points: readonly number[]): Float64Array[] => points.map((x) => Float64Array.of(x, 0));
    expect(nearestFirst(at(5, 0.5, 9, 2, 9.5), at(0, 10))).toEqual([1, 4, 2, 3, 0]);
    expect(nearestFirst(at(1, -1), at(0))).toEqual([0, 1]);
  });
});

/** Trials of methods that see nothing: each has a fixed opinion of every design, and some noise in each repeat. */
function blindTrials(n: number, count: number, repeats: number, seed: number): readonly Trial<'one' | 'other'>[] {
  const stream = randomStream(seed);
  const winners = Array.from({ length: n / 5 }, (_, i) => i);
  const others = Array.from({ length: n - n / 5 }, (_, i) => n / 5 + i);
  const opinions = { one: new Float64Array(n), other: new Float64Array(n) };
  for (const [name, values] of Object.entries(opinions)) stream.split(name).fillNormal(values);
  return Array.from({ length: repeats }, (_, repeat) => {
    const split = splitField({ winners, tied: [], others }, stream.split('repeat', repeat));
    const pick = (name: keyof typeof opinions): ReadonlySet<number> => {
      const noise = stream.split('noise', name, repeat).fillNormal(new Float64Array(n));
      const score = opinions[name].map((value, i) => value + 0.5 * noise[i]!);
      return new Set(split.candidates.toSorted((a, b) => score[b]! - score[a]!).slice(0, count));
    };
    return { winners, decoys: split.decoys, chosen: { one: pick('one'), other: pick('other') } };
  });
}

describe('intervals', () => {
  test('hold the mean number of winners found, and are all of it for one who always knows', () => {
    const trials = blindTrials(60, 12, 3, 4).map(({ winners, decoys, chosen }) => ({
      winners,
      decoys,
      chosen: { ...chosen, knowing: new Set(winners) },
    }));
    const { hits, difference } = recoveryIntervals(trials, ['one', 'knowing'], 12, randomStream(0));
    const found = trials.map(({ winners, chosen }) => winners.filter((winner) => chosen.one.has(winner)).length);
    expect(hits.one.value).toBeCloseTo(found.reduce((sum, value) => sum + value) / 3, 10);
    expect(hits.one.low).toBeLessThan(hits.one.value);
    expect(hits.one.high).toBeGreaterThan(hits.one.value);
    expect(hits.knowing).toEqual({ value: 12, low: 12, high: 12 });
    expect(difference('knowing', 'one').low).toBeGreaterThan(0);
    expect(difference('one', 'one')).toEqual({ value: 0, low: 0, high: 0 });
  });

  test('of methods that see nothing exclude chance, and each other, in no more than one of twenty tables', () => {
    // Repeats share their winners and most of an opinion: intervals over repeats alone would be far too narrow.
    const tables = 60;
    let [chance, other] = [0, 0];
    for (let seed = 0; seed < tables; seed++) {
      const { hits, difference } = recoveryIntervals(
        blindTrials(40, 8, 5, seed),
        ['one', 'other'],
        8,
        randomStream(seed),
      );
      if (hits.one.low > 4 || hits.one.high < 4) chance++;
      const { low, high } = difference('one', 'other');
      if (low > 0 || high < 0) other++;
    }
    expect(chance / tables).toBeLessThanOrEqual(0.05);
    expect(other / tables).toBeLessThanOrEqual(0.05);
  });
});
