import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream, standardDeviation, UserError } from '../../src/base/index.ts';
import { triedSet } from '../../src/optimizer/context.ts';
import { checkCount } from '../../src/optimizer/generate.ts';
import { fixedCoordinates } from '../../src/optimizer/fixed.ts';
import { createPool } from '../../src/optimizer/pool.ts';
import { chooseDistinct, chooseInParts, rankByBound, type Part } from '../../src/optimizer/select.ts';
import { candidateTargets, promise, requestsOf, rewardQuantile } from '../../src/optimizer/targets.ts';
import { createSpace, type Space } from '../../src/space/index.ts';
import { drawnSpace } from '../space/spaces.ts';

describe('the pool', () => {
  const space = createSpace({
    parameters: { a: { type: 'real', min: 0, max: 1 }, b: { type: 'integer', min: 1, max: 5 } },
  });
  const encoded = (...designs: readonly { a: number; b: number }[]): Float32Array => space.encodeAll(designs);

  test('keeps distinct new designs with their target, and counts the rest', () => {
    const pool = createPool(space, triedSet(space, [{ a: 0.5, b: 3 }]), { a: 4 });
    const samples = encoded(
      { a: 0.5, b: 3 },
      { a: 0.25, b: 2 },
      { a: 0.25, b: 2 },
      { a: 0.25, b: 4 },
      { a: 0.2501, b: 2 },
    );
    const feasible = pool.addSamples(samples, 7, 2);
    expect(feasible.length).toBe(5);
    // 0.2501 is no more distinct from 0.25 than 1e-3 of the range.
    expect(pool.counts).toEqual({ sampled: 5, repeated: 2, measured: 1, infeasible: 0 });
    expect(pool.candidates).toEqual([
      { design: { a: 0.25, b: 2 }, target: 7, request: 2 },
      { design: { a: 0.25, b: 4 }, target: 7, request: 2 },
    ]);
  });

  test('a design counts as it will be printed', () => {
    const pool = createPool(space, triedSet(space, [{ a: 0.5, b: 3 }]), { a: 1 });
    pool.addSamples(encoded({ a: 0.47, b: 3 }, { a: 0.33, b: 1 }, { a: 0.28, b: 1 }), 0, 0);
    expect(pool.candidates.map(({ design }) => design)).toEqual([{ a: 0.3, b: 1 }]);
    expect(pool.counts).toEqual({ sampled: 3, repeated: 1, measured: 1, infeasible: 0 });
  });

  test('what no repair can make feasible is counted, not kept', () => {
    // Few of the 10^10 designs add up to the number, and none near the middle is found.
    const weights = [100_003, 230_017, 350_003, 471_997, 593_993];
    const names = weights.map((_, i) => `n${i}`);
    const only = [3, 61, 17, 88, 45];
    const tied = createSpace({
      parameters: Object.fromEntries(names.map((name) => [name, { type: 'integer', min: 0, max: 99 }])),
      constraints: [
        {
          linear: Object.fromEntries(names.map((name, i) => [name, weights[i]!])),
          equals: weights.reduce((sum, weight, i) => sum + weight * only[i]!, 0),
        },
      ],
    });
    const solution = Object.fromEntries(names.map((name, i) => [name, only[i]!]));
    const pool = createPool(tied, triedSet(tied, []), {});
    const feasible = pool.addSamples(Float32Array.from([...new Float32Array(5), ...tied.encode(solution)]), 0, 0);
    expect(feasible).toEqual([solution]);
    expect(pool.counts).toEqual({ sampled: 2, repeated: 0, measured: 0, infeasible: 1 });
    expect(pool.candidates).toEqual([{ design: solution, target: 0, request: 0 }]);
  });

  test('a sum that needs more decimals than the data is printed with them', () => {
    const part = { type: 'real', min: 0, max: 1 } as const;
    const tied = createSpace({ parameters: { a: part, b: part }, constraints: [{ sum: ['a', 'b'], equals: 0.125 }] });
    const [design] = createPool(tied, triedSet(tied, []), { a: 1, b: 1 }).addSamples(new Float32Array(2), 0, 0);
    const [a, b] = [design!['a'] as number, design!['b'] as number];
    expect(Math.abs(a + b - 0.125)).toBeLessThan(1e-9);
    for (const value of [a, b]) expect(Number(value.toFixed(3))).toBe(value);
  });

  test('a coordinate that is not finite is an error', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const pool = createPool(space, triedSet(space, []), {});
      expect(() => pool.addSamples(Float32Array.of(0, 0, 0.5, bad), 0, 0)).toThrow(UserError);
      expect(pool.candidates.length).toBe(1);
    }
  });

  test('designs that were not sampled are taken once', () => {
    const pool = createPool(space, triedSet(space, [{ a: 0, b: 1 }]), {});
    for (const a of [0.123456789, 0.123456789, 0]) pool.addDesign({ a, b: 1 });
    expect(pool.candidates).toEqual([{ design: { a: 0.123456789, b: 1 } }]);
  });
});

describe('choosing', () => {
  // On a line, one value a design.
  const encoded = (places: readonly number[]) => (index: number) => Float32Array.of(places[index]!);

  test('the order is by bound, the first of equals first, and an order of all', () => {
    expect([...rankByBound(Float64Array.of(3, 3, 3.75, 2))]).toEqual([2, 0, 1, 3]);
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), (list) => {
        const order = Array.from(rankByBound(Float64Array.from(list)));
        expect([...order].sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
        for (let i = 1; i < order.length; i++) expect(list[order[i - 1]!]).toBeGreaterThanOrEqual(list[order[i]!]!);
      }),
    );
  });

  test('without diversity the best are chosen', () => {
    const places = [0, 0.1, 0.2, 5];
    expect(chooseDistinct(Float64Array.of(4, 3, 2, 1), encoded(places), 2, 0)).toEqual([0, 1]);
  });

  test('with it a worse design that is far from the best takes the place of a better one that is near', () => {
    const places = [0, 0.1, 0.2, 5];
    expect(chooseDistinct(Float64Array.of(4, 3.9, 3.8, 3.5), encoded(places), 2, 0.5)).toEqual([0, 3]);
    expect(chooseDistinct(Float64Array.of(4, 3.9, 3.8, 3.5), encoded(places), 2, 0.15)).toEqual([0, 2]);
  });

  test('where too few are left the radius is halved for those that were passed over', () => {
    const places = [0, 0.1, 0.3, 5];
    const bound = Float64Array.of(4, 3.9, 3.8, 3.5);
    expect(chooseDistinct(bound, encoded(places), 3, 0.5)).toEqual([0, 3, 2]);
    expect(chooseDistinct(bound, encoded(places), 4, 0.5)).toEqual([0, 3, 2, 1]);
    expect(chooseDistinct(bound, encoded(places), 9, 0.5)).toEqual([0, 3, 2, 1]);
  });

  test('keeps away from those that were taken before, and ends where designs coincide', () => {
    const places = [0, 0.1, 5, 5];
    const bound = Float64Array.of(4, 3.9, 3.8, 3.5);
    expect(chooseDistinct(bound, encoded(places), 1, 0.5, (index) => index !== 1, [1])).toEqual([2]);
    expect(chooseDistinct(bound, encoded(places), 4, 100)).toEqual([0, 2, 1, 3]);
  });

  test('chooses as many as asked for, each once, no two nearer than the radius while that can be', () => {
    const stream = randomStream(1);
    const places = Array.from({ length: 300 }, () => stream.normal());
    const bound = Float64Array.from(places, (x) => -x * x + 0.1 * stream.normal());
    const spreads = [0, 0.01, 0.05].map((radius) => {
      const chosen = chooseDistinct(bound, encoded(places), 20, radius);
      expect(new Set(chosen).size).toBe(20);
      const at = chosen.map((index) => Math.fround(places[index]!)).sort((a, b) => a - b);
      for (let i = 1; i < 20; i++) expect(at[i]! - at[i - 1]!).toBeGreaterThanOrEqual(radius);
      return standardDeviation(at);
    });
    expect(spreads[1]!).toBeGreaterThan(spreads[0]!);
    expect(spreads[2]!).toBeGreaterThan(spreads[1]!);
  });
});

describe('choosing in parts', () => {
  const encoded = (index: number): Float32Array => Float32Array.of(index);
  // Falling with the place: the first are the best.
  const falling = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => n - i);
  const part = (share: number, among: Part['among'], by = falling(100)): Part => ({ share, among, by });
  const asTheyCome = (share: number, among: Part['among']): Part => ({ share, among });

  test('without parts is choosing the best', () => {
    expect(chooseInParts(falling(9), encoded, 4, 0, [])).toEqual([0, 1, 2, 3]);
  });

  test('takes the share of a part from its best, and the rest from the best of all', () => {
    const odd = part(0.5, (i) => i % 2 === 1);
    const late = part(0.25, (i) => i >= 12);
    expect(chooseInParts(falling(16), encoded, 8, 0, [odd, late])).toEqual([0, 1, 2, 3, 5, 7, 12, 13]);
  });

  test('as they come takes the first of a part, however bad', () => {
    const rising = Float64Array.from({ length: 10 }, (_, i) => i);
    expect(chooseInParts(rising, encoded, 4, 0, [asTheyCome(0.5, (i) => i >= 3)])).toEqual([9, 8, 4, 3]);
  });

  test('a part with too few members is filled up from the rest', () => {
    const few = part(0.5, (i) => i === 7);
    const none = part(0.25, () => false);
    expect(chooseInParts(falling(10), encoded, 4, 0, [few, none])).toEqual([0, 1, 2, 7]);
  });

  test('what one part took does not count for another', () => {
    const late = part(0.5, (i) => i >= 5);
    expect(chooseInParts(falling(10), encoded, 4, 0, [late, part(0.25, (i) => i >= 5)])).toEqual([0, 5, 6, 7]);
    expect(chooseInParts(falling(10), encoded, 4, 0, [late, asTheyCome(0.25, (i) => i >= 5)])).toEqual([0, 5, 6, 7]);
  });

  test('shares are rounded down, and parts that ask for more than all get what is left, in turn', () => {
    const last = asTheyCome(0.3, (i) => i >= 8);
    expect(chooseInParts(falling(10), encoded, 1, 0, [last])).toEqual([0]);
    expect(chooseInParts(falling(10), encoded, 3, 0, [last])).toEqual([0, 1, 2]);
    expect(chooseInParts(falling(10), encoded, 4, 0, [last])).toEqual([0, 1, 2, 8]);
    expect(chooseInParts(falling(10), encoded, 7, 0, [last])).toEqual([0, 1, 2, 3, 4, 8, 9]);
    const [high, low] = [part(0.75, (i) => i >= 5), part(0.75, (i) => i < 5)];
    expect(chooseInParts(falling(10), encoded, 4, 0, [high, low])).toEqual([0, 5, 6, 7]);
  });

  test('gives exactly as many as asked for or all there are, each once, by falling bound, shares kept', () => {
    const drawn = fc.record({
      bounds: fc.array(fc.double({ noNaN: true, min: -5, max: 5 }), { minLength: 1, maxLength: 40 }),
      count: fc.integer({ min: 1, max: 45 }),
      diversity: fc.constantFrom(0, 0, 0.3, 1),
      parts: fc.array(
        fc.record({
          share: fc.double({ min: 0, max: 1, noNaN: true }),
          modulus: fc.integer({ min: 1, max: 5 }),
          ranked: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(drawn, ({ bounds, count, diversity, parts }) => {
        const bound = Float64Array.from(bounds);
        const given = parts.map(({ share, modulus, ranked }) => ({
          share,
          among: (i: number) => i % modulus === 0,
          ...(ranked ? { by: bound } : {}),
        }));
        const chosen = chooseInParts(bound, encoded, count, diversity, given);
        expect(chosen).toHaveLength(Math.min(count, bounds.length));
        expect(new Set(chosen).size).toBe(chosen.length);
        for (let i = 1; i < chosen.length; i++) expect(bound[chosen[i]!]).toBeLessThanOrEqual(bound[chosen[i - 1]!]!);
        const first = given[0];
        if (first === undefined) return;
        const members = bounds.filter((_, i) => first.among(i)).length;
        const kept = chosen.filter(first.among).length;
        expect(kept).toBeGreaterThanOrEqual(Math.min(Math.floor(first.share * count), members));
      }),
    );
  });

  test('a part is ranked by its own numbers', () => {
    const rising = Float64Array.from({ length: 10 }, (_, i) => i);
    expect(chooseInParts(falling(10), encoded, 4, 0, [part(0.5, (i) => i < 8, rising)])).toEqual([0, 1, 6, 7]);
  });

  test('with diversity keeps apart what is chosen, within a part and after it', () => {
    const places = [0, 0.01, 0.02, 3, 3.01, 3.02];
    const bound = Float64Array.of(6, 5.9, 5.8, 5.5, 5.4, 5.3);
    const at = (index: number): Float32Array => Float32Array.of(places[index]!);
    expect(chooseInParts(bound, at, 2, 0.6, [part(1, () => true, bound)])).toEqual([0, 3]);
    expect(chooseInParts(bound, at, 2, 0.6, [part(0.5, (i) => i === 1, bound)])).toEqual([1, 3]);
    expect(chooseDistinct(bound, at, 2, 0.6, (index) => index < 3)).toEqual([0, 2]);
    expect(chooseDistinct(bound, at, 5, 0.6, (index) => index < 3)).toEqual([0, 2, 1]);
  });
});

describe('requests', () => {
  test('are every target with every guidance, and where there is a slope every target pulled, with the least', () => {
    const told = [
      { target: 1, guidance: 3, pulled: false },
      { target: 1, guidance: 1.5, pulled: false },
      { target: 2, guidance: 3, pulled: false },
      { target: 2, guidance: 1.5, pulled: false },
    ];
    expect(requestsOf([1, 2], [3, 1.5], false)).toEqual(told);
    expect(requestsOf([1, 2], [3, 1.5], true)).toEqual([
      ...told,
      { target: 1, guidance: 1.5, pulled: true },
      { target: 2, guidance: 1.5, pulled: true },
    ]);
  });

  test('promise the mean bound of the best tenth of their samples, of one at least', () => {
    expect(promise(new Float64Array())).toBe(-Infinity);
    expect(promise(Float64Array.of(-3))).toBe(-3);
    expect(promise(Float64Array.of(1, 5, 2))).toBe(5);
    const bound = Float64Array.from({ length: 40 }, (_, i) => (i * 7) % 40);
    expect(promise(bound)).toBe((39 + 38 + 37 + 36) / 4);
    expect(bound[1]).toBe(7);
  });
});

describe('targets', () => {
  const rewards = Float64Array.of(1, 2, 3, 4, 10);

  test('lie beyond the best by multiples of its distance from the median', () => {
    expect(candidateTargets(rewards, 'maximize', [0, 1, 3])).toEqual([10, 17, 31]);
    expect(candidateTargets(rewards, 'minimize', [0, 1, 3])).toEqual([1, -1, -5]);
  });

  test('go beyond the best also where more than half of the rewards are the best', () => {
    expect(candidateTargets(Float64Array.of(0, 5, 5, 5), 'maximize', [0, 1])).toEqual([5, 6.25]);
    expect(candidateTargets(Float64Array.of(0, 5, 0, 0), 'minimize', [0, 1])).toEqual([0, -1.25]);
  });

  test('quantiles count towards the better end', () => {
    expect(rewardQuantile(rewards, 'maximize', 1)).toBe(10);
    expect(rewardQuantile(rewards, 'minimize', 1)).toBe(1);
    expect(rewardQuantile(rewards, 'maximize', 0.75)).toBe(4);
    expect(rewardQuantile(rewards, 'minimize', 0.75)).toBe(2);
  });
});

describe('fixed coordinates', () => {
  test('are those of the fixed parameters, and nothing else is held', () => {
    fc.assert(
      fc.property(
        drawnSpace,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        ({ parameters, designs }, flags) => {
          const whole = createSpace({ parameters });
          const names = whole.names.filter((_, i) => flags[i]);
          const space: Space = whole.fix(Object.fromEntries(names.map((name) => [name, designs[0]![name]!])));
          const held = fixedCoordinates(space);
          expect(held === undefined).toBe(names.length === 0);
          if (held === undefined) return;
          const encoded = space.encode({ ...designs[0], ...space.fixed });
          for (const { name, offset, width } of space.columns) {
            for (let at = offset; at < offset + width; at++) {
              expect(held.mask[at]).toBe(names.includes(name) ? 1 : 0);
              expect(held.values[at]).toBe(names.includes(name) ? encoded[at] : 0);
            }
          }
        },
      ),
    );
  });
});

describe('the count that is asked for', () => {
  const small = createSpace({
    parameters: { a: { type: 'integer', min: 1, max: 3 }, b: { type: 'categorical', values: ['x', 'y'] } },
  });

  test('may be all designs that were not measured, not one more', () => {
    const measured = [{ a: 1, b: 'x' }];
    expect(() => checkCount(small, measured, 5, undefined)).not.toThrow();
    expect(() => checkCount(small, measured, 6, undefined)).toThrow(
      'count is 6, but the space holds only 5 designs that were not measured',
    );
    expect(() => checkCount(small.fix({ a: 2 }), measured, 3, undefined)).toThrow('holds only 2 designs');
  });

  test('counts distinct candidates that keep the fixed values', () => {
    const catalogue = [
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
      { a: 2, b: 'y' },
      { a: 3, b: 'y' },
    ];
    expect(() => checkCount(small, [], 3, catalogue)).not.toThrow();
    expect(() => checkCount(small, [{ a: 3, b: 'y' }], 3, catalogue)).toThrow('the candidates hold only 2 designs');
    expect(() => checkCount(small.fix({ b: 'x' }), [], 2, catalogue)).toThrow(
      'the candidates hold only 1 design that was not measured',
    );
  });

  test('of a space without end is not checked', () => {
    const endless = createSpace({ parameters: { a: { type: 'real', min: 0, max: 1 } } });
    expect(() => checkCount(endless, [], 1e9, undefined)).not.toThrow();
  });
});
