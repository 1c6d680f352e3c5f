import { describe, expect, it } from 'vitest';
import { clipTo, sideAfter, trustRegion } from '../../src/optimizer/region.ts';
import { addAsked, addTold, createHistory, type History } from '../../src/run/index.ts';
import { createSpace, type Design, type Space } from '../../src/space/index.ts';

describe('the side of the region', () => {
  /** Rounds of four designs, the best of which is given. */
  const rounds = (...best: readonly number[]): readonly (readonly number[])[] =>
    best.map((one) => [one, one - 1, one - 2, one - 3]);

  it('is 0.8 of the range at first, and as long as nothing was learnt', () => {
    expect(sideAfter([], 10)).toBe(0.8);
    expect(sideAfter(rounds(5), 10)).toBe(0.8);
    // A large past table is one round.
    expect(sideAfter([Array<number>(300_000).fill(1)], 10)).toBe(0.8);
  });

  it('doubles when three rounds in a row gained, at most to 1.6', () => {
    expect(sideAfter(rounds(1, 2, 3), 10)).toBe(0.8);
    expect(sideAfter(rounds(1, 2, 3, 4), 10)).toBe(1.6);
    expect(sideAfter(rounds(1, 2, 3, 4, 5, 6, 7), 10)).toBe(1.6);
    // A gain below a thousandth is none.
    expect(sideAfter(rounds(1000, 1000.5, 1000.9, 1000.99), 8)).toBe(0.4);
  });

  it('halves when as many designs in a row as there are numbers gained nothing', () => {
    expect(sideAfter(rounds(5, 4, 4), 12)).toBe(0.8);
    expect(sideAfter(rounds(5, 4, 4, 4), 12)).toBe(0.4);
    expect(sideAfter(rounds(5, 4, 4, 6, 4, 4), 12)).toBe(0.8);
  });

  it('begins anew when it has become too small', () => {
    const failures = (count: number): number => sideAfter(rounds(5, ...Array<number>(count).fill(4)), 4);
    expect(failures(6)).toBe(0.8 / 64);
    expect(failures(7)).toBe(0.8);
  });
});

describe('the region', () => {
  const numbers = Array.from({ length: 10 }, (_, i) => [`x${i}`, { type: 'real', min: 0, max: 10 }] as const);
  const space: Space = createSpace({
    parameters: { kind: { type: 'categorical', values: ['a', 'b'] }, ...Object.fromEntries(numbers) },
  });
  const at = (x: number): Design => ({ kind: 'a', ...Object.fromEntries(numbers.map(([name]) => [name, x])) });
  /** Rounds of designs and rewards, all but the first asked for by models. */
  const historyOf = (told: readonly (readonly (readonly [Design, number])[])[], modelledFrom = 1): History => {
    const history = createHistory();
    told.forEach((round, index) => {
      const predicted = index >= modelledFrom ? { predicted: { mean: 0, std: 1 } } : {};
      const requests = round.map(([design], place) => ({ id: `r${index + 1}-${place + 1}`, design, ...predicted }));
      addAsked(history, index + 1, requests);
      for (const [place, { id, design }] of requests.entries())
        addTold(history, { id, design, source: 'oracle', status: 'measured', reward: round[place]![1] });
    });
    return history;
  };
  // Less is better: the first is the best, and three rounds of one gained nothing.
  const rounds = [1, 9, 9, 9].map((x) => [[at(x), x] as const]);
  const history = historyOf(rounds);

  it('is a box around the best design that leaves choices free', () => {
    const center = space.encode(at(1));
    const region = trustRegion(space, history, at(1), 'minimize')!;
    const designs = Float32Array.from([...space.encode(at(10)), ...space.encode(at(1))]);
    clipTo(region, designs);
    const [moved, kept] = [designs.subarray(0, 12), designs.subarray(12)];
    // Half of 0.8 of the range to either side of 1 in [0, 10].
    expect(space.decode(moved)).toEqual(at(5));
    expect(Array.from(kept)).toEqual(Array.from(Float32Array.from(center)));
  });

  it('takes its side from what rounds gained, in the direction of the reward', () => {
    const width = (direction: 'maximize' | 'minimize'): number => {
      const more = Array.from({ length: 10 }, (_, i) => [[at(1 + (i + 5) / 20), i + 5] as const]);
      const { low, high } = trustRegion(space, historyOf([...rounds, ...more]), at(5), direction)!;
      return high[2]! - low[2]!;
    };
    expect(width('minimize')).toBeCloseTo(2 * 0.4, 5);
    expect(width('maximize')).toBeGreaterThan(2 * 0.4);
  });

  it('holds a step of every number, however small it has become, and begins anew where its side is less than all steps', () => {
    const stepped = createSpace({
      parameters: Object.fromEntries(
        numbers.map(([name], i) => [name, { type: 'integer', min: 0, max: i === 0 ? 4 : 20 }]),
      ),
    });
    const with0And1 = (x0: number, x1: number): Design =>
      Object.fromEntries(numbers.map(([name], i) => [name, [x0, x1][i] ?? 10]));
    const widths = (failed: number): readonly number[] => {
      const after = historyOf(
        Array.from({ length: 1 + 3 * failed }, (_, round) =>
          [0, 1, 2, 3].map((x0) => [with0And1(x0, round + 1), round === 0 ? 1 : 0] as const),
        ),
      );
      const { low, high } = trustRegion(stepped, after, with0And1(2, 10), 'maximize')!;
      return [high[0]! - low[0]!, high[9]! - low[9]!];
    };
    // Steps are 0.5 and 0.1 of coordinates that span 2.
    expect(widths(2).map((width) => Number(width.toFixed(5)))).toEqual([1, 0.4]);
    expect(widths(3).map((width) => Number(width.toFixed(5)))).toEqual([1, 0.2]);
    expect(widths(4).map((width) => Number(width.toFixed(5)))).toEqual([1.6, 1.6]);
  });

  it('heeds rounds that models asked for, and in them designs that are allowed', () => {
    const width = (told: readonly (readonly (readonly [Design, number])[])[], modelledFrom: number): number => {
      const { low, high } = trustRegion(space.fix({ kind: 'a' }), historyOf(told, modelledFrom), at(5), 'maximize')!;
      return high[2]! - low[2]!;
    };
    const idle = [5, ...Array<number>(12).fill(1)].map((reward) => [[at(5), reward] as const]);
    expect(width(idle, 1)).toBeLessThan(width(idle, 13));
    // Models gain in each round, less than designs of the other kind reached before.
    const other: Design = { ...at(5), kind: 'b' };
    const gaining = [[[other, 95] as const], ...[1, 2, 3, 4, 5].map((reward) => [[at(5), reward] as const])];
    expect(width(gaining, 1)).toBeGreaterThan(width(idle, 13));
  });

  it('is none where few numbers are free', () => {
    expect(trustRegion(space.fix({ x3: 2 }), history, at(1), 'minimize')).toBeUndefined();
  });
});
