import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import {
  DiffusionOptimizer,
  type Evaluation,
  type OptimizerOptions,
  type OptimizerState,
} from '../../src/optimizer/index.ts';
import { bufferSize, bufferTable, knownDesigns } from '../../src/optimizer/buffer.ts';
import type { Evaluation as Told } from '../../src/run/index.ts';
import { decimalsIn } from '../../src/table/index.ts';
import { createDesignSet, createSpace, enumerate, type Design } from '../../src/space/index.ts';
import { begun, bowl, cube, grid, gridReward, measured, tinySearch } from './online.ts';

const keyOf = (design: Design): string => JSON.stringify(design);

function copied(optimizer: DiffusionOptimizer): OptimizerState {
  return JSON.parse(JSON.stringify(optimizer.state())) as OptimizerState;
}

/** The state without what may differ: the order in which results were told. */
function sortedState(optimizer: DiffusionOptimizer): OptimizerState {
  const state = copied(optimizer);
  return { ...state, evaluations: [...state.evaluations].sort((a, b) => (a.id! < b.id! ? -1 : 1)) };
}

/** The most decimals of a number in the designs. */
function decimalsOf(asked: readonly { readonly design: Design }[]): number {
  return Math.max(...asked.flatMap(({ design }) => Object.values(design).map((value) => decimalsIn(String(value)))));
}

describe('numbers that can be set', () => {
  const past = (decimals: number, count: number): Evaluation[] =>
    Array.from({ length: count }, (_, i): Evaluation => {
      const at = (k: number): number => Number((((i + 1) * k) % 1).toFixed(decimals));
      const design = { x: at(0.377), y: at(0.619), z: at(0.731) };
      return { design, reward: bowl(design) };
    });

  test('are asked for with the decimals of past experiments, first designs and later ones', async () => {
    for (const count of [3, 30]) {
      const optimizer = DiffusionOptimizer.create(cube, { ...tinySearch, initial: 12 });
      optimizer.tell(past(2, count));
      const asked = await optimizer.ask(6);
      expect(asked[0]!.predicted !== undefined).toBe(count === 30);
      expect(decimalsOf(asked)).toBe(2);
    }
  });

  test('do not depend on what was asked for before there were any', async () => {
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    const asked = await optimizer.ask(6);
    expect(decimalsOf(asked)).toBeGreaterThan(10);
    optimizer.tell([...measured(asked, bowl), ...past(2, 12)]);
    expect(decimalsOf(await optimizer.ask(6))).toBe(2);
  });

  test('are any where past designs were computed, or there are none', async () => {
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    optimizer.tell(past(16, 30));
    expect(decimalsOf(await optimizer.ask(6))).toBeGreaterThan(10);
    expect(decimalsOf(await DiffusionOptimizer.create(cube, tinySearch).ask(6))).toBeGreaterThan(10);
  });

  test('are on a grid of fifty steps at least: the corners of a plan are not all that can be set', async () => {
    const optimizer = DiffusionOptimizer.create(cube, { ...tinySearch, initial: 5 });
    optimizer.tell(
      Array.from({ length: 8 }, (_, i) => {
        const design = { x: i & 1, y: (i >> 1) & 1, z: i >> 2 };
        return { design, reward: bowl(design) };
      }),
    );
    const asked = await optimizer.ask(20);
    expect(asked.every(({ predicted }) => predicted !== undefined)).toBe(true);
    expect(decimalsOf(asked)).toBe(2);
  });

  test('have the steps that are asked for where there are no past experiments, and no part of a step where there are', async () => {
    const wide = createSpace({
      parameters: { temperature: { type: 'real', min: 20, max: 250 }, share: { type: 'real', min: 0, max: 1 } },
    });
    const optimizer = DiffusionOptimizer.create(wide, { ...tinySearch, realSteps: 1000 });
    const warm = ({ temperature, share }: Design): number => -Math.abs(Number(temperature) - 80) - Number(share);
    for (const predicted of [false, true]) {
      const asked = await optimizer.ask(12);
      expect(asked[0]!.predicted !== undefined).toBe(predicted);
      const most = (name: string): number => Math.max(...asked.map(({ design }) => decimalsIn(String(design[name]))));
      expect([most('temperature'), most('share')]).toEqual([1, 3]);
      optimizer.tell(measured(asked, warm));
    }
    optimizer.tell([{ design: { temperature: 80, share: 0.25 }, reward: -0.25 }]);
    const [first] = await optimizer.ask(1);
    expect(decimalsIn(String(first!.design['share']))).toBeLessThan(3);
    expect(() => DiffusionOptimizer.create(wide, { realSteps: 0.5 })).toThrow('realSteps is 0.5');
  });

  test('are finer where none of the coarse ones is left', async () => {
    const line = createSpace({ parameters: { x: { type: 'real', min: 0, max: 1 } } });
    const optimizer = DiffusionOptimizer.create(line, tinySearch);
    optimizer.tell(Array.from({ length: 97 }, (_, i) => ({ design: { x: i / 100 }, reward: i })));
    const asked = await optimizer.ask(20);
    expect(asked).toHaveLength(20);
    expect(decimalsOf(asked)).toBeGreaterThan(2);
  });
});

describe('the first designs', () => {
  test('are distinct designs of the space, spread evenly, with ids of their round', async () => {
    const asked = await DiffusionOptimizer.create(cube, tinySearch).ask(16);
    expect(asked.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, i) => `r1-${i + 1}`));
    for (const name of cube.names) {
      const strata = asked.map(({ design }) => Math.floor(16 * Number(design[name])));
      expect(new Set(strata).size).toBe(16);
    }
    expect(asked.every(({ predicted }) => predicted === undefined)).toBe(true);
  });

  test('are other ones for another seed, and go on where they ended', async () => {
    const first = await DiffusionOptimizer.create(cube, tinySearch).ask(16);
    const parts = DiffusionOptimizer.create(cube, tinySearch);
    const half = [...(await parts.ask(8)), ...(await parts.ask(1)), ...(await parts.ask(7))];
    // The second ask is within the initial design, and the third too, since nothing was measured.
    expect(half.map(({ design }) => design)).toEqual(first.map(({ design }) => design));
    const other = await DiffusionOptimizer.create(cube, { ...tinySearch, seed: 1 }).ask(16);
    expect(other[0]!.design).not.toEqual(first[0]!.design);
  });

  test('go on while too little was measured to learn from', async () => {
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    const asked = await optimizer.ask(12);
    optimizer.tell(asked.map(({ id }) => ({ id, error: 'pump blocked' })));
    expect((await optimizer.ask(4)).every(({ predicted }) => predicted === undefined)).toBe(true);
    optimizer.tell(measured(asked.slice(0, 0), bowl));
    expect(optimizer.best()).toBeUndefined();
  });

  test('hold constraints, steps and fixed values', async () => {
    const mixture = createSpace({
      parameters: {
        a: { type: 'real', min: 0, max: 1 },
        b: { type: 'real', min: 0, max: 1 },
        c: { type: 'real', min: 0, max: 1 },
        n: { type: 'integer', min: 0, max: 5 },
      },
      constraints: [
        { sum: ['a', 'b', 'c'], equals: 1 },
        { linear: { a: 10, n: 1 }, atMost: 8 },
      ],
    });
    const { optimizer, asked } = await begun(mixture, 12, ({ a, n }) => Number(a) + Number(n) / 5, {
      ...tinySearch,
      fix: { b: 0.25 },
    });
    const more = await optimizer.ask(12);
    expect(more.every(({ predicted }) => predicted !== undefined)).toBe(true);
    for (const { design } of [...asked, ...more]) {
      expect(mixture.problemWith(design)).toBeUndefined();
      expect(mixture.satisfies(design)).toBe(true);
      expect(design['b']).toBe(0.25);
    }
    // A past experiment may break a constraint; it is learnt from and not the best.
    optimizer.tell([{ design: { a: 1, b: 0.25, c: 1, n: 5 }, reward: 1000 }]);
    expect(optimizer.best()!.reward).toBeLessThan(10);
  });
});

describe('what is told', () => {
  test('twice is nothing, and contradictions name both', async () => {
    const { optimizer, asked } = await begun(cube, 4, bowl);
    const before = optimizer.state();
    expect(optimizer.tell(measured(asked, bowl))).toBe(0);
    expect(optimizer.tell(asked.map(({ id }) => ({ id })))).toBe(0);
    expect(optimizer.state()).toEqual(before);
    const news: Evaluation = { design: { x: 0.1, y: 0.2, z: 0.3 }, reward: 1 };
    expect(() => optimizer.tell([news, { id: 'r1-2', reward: 17.5 }])).toThrow(
      /r1-2 .* reward -[\d.]+ .* reward 17\.5/,
    );
    expect(() => optimizer.tell([news, { id: 'r1-2', error: 'dropped' }])).toThrow(/r1-2 .*failure "dropped"/);
    // All or none.
    expect(optimizer.state()).toEqual(before);
    expect(optimizer.tell([news, news])).toBe(2);
  });

  test.each([
    [{ design: { x: 2, y: 0, z: 0 }, reward: 1 }, /the design's x is 2/],
    [{ design: { x: 0, y: 0 }, reward: 1 }, /the design's z/],
    [{ design: { x: 0, y: 0, z: 0 }, reward: NaN }, /the reward of an evaluation is NaN/],
    [{ id: 'mine', design: { x: 0, y: 0, z: 0 }, reward: Infinity }, /the reward of mine is Infinity/],
    [{ id: 'mine', reward: 1 }, /mine is told without a design/],
    [{ id: '', design: { x: 0, y: 0, z: 0 } }, /the id of evaluation "" is ""/],
    [
      { id: 'mine', design: { x: 0, y: 0, z: 0 }, reward: 1, error: 'both' },
      /"mine" has the reward 1 and the error "both"/,
    ],
  ] as readonly (readonly [Evaluation, RegExp])[])('is refused when it is %j', (evaluation, message) => {
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    const before = optimizer.state();
    expect(() => optimizer.tell([evaluation])).toThrow(message);
    expect(() => optimizer.tell([evaluation])).toThrow(expect.objectContaining({ kind: 'data' }));
    expect(optimizer.state()).toEqual(before);
  });

  test('in any order and in any parts is the same in the end', async () => {
    const asked = await DiffusionOptimizer.create(cube, tinySearch).ask(12);
    const told = measured(asked, bowl);
    const empty = DiffusionOptimizer.create(cube, tinySearch);
    await empty.ask(12);
    const state = empty.state();
    const whole = DiffusionOptimizer.fromState(state, tinySearch);
    whole.tell(told);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...told, ...told.slice(0, 5)], { minLength: told.length + 5 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 20, maxLength: 20 }),
        (order, sizes) => {
          const optimizer = DiffusionOptimizer.fromState(state, tinySearch);
          let from = 0;
          for (const size of sizes) optimizer.tell(order.slice(from, (from += size)));
          optimizer.tell(order.slice(from));
          expect(sortedState(optimizer)).toEqual(sortedState(whole));
          expect(optimizer.best()).toEqual(whole.best());
          expect(optimizer.pending()).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
    const reversed = DiffusionOptimizer.fromState(state, tinySearch);
    for (const one of [...told].reverse()) reversed.tell([one]);
    expect(await reversed.ask(6)).toEqual(await whole.ask(6));
  });

  test('of a design more than once is averaged', () => {
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    const [a, b] = [
      { x: 0.1, y: 0.2, z: 0.3 },
      { x: 0.4, y: 0.5, z: 0.6 },
    ];
    optimizer.tell([
      { design: a, reward: 10 },
      { design: b, reward: 6 },
      { design: a, reward: 0 },
      { design: a, error: 'broken' },
    ]);
    expect(optimizer.best()).toEqual({ design: b, reward: 6 });
    expect(DiffusionOptimizer.fromState(optimizer.state(), { direction: 'minimize' }).best()!.reward).toBe(5);
  });

  test('to a buffer of a thousand leaves the best and the latest', () => {
    const stream = randomStream(5);
    const evaluations = Array.from({ length: 1500 }, (_, i): Told => {
      const design = { x: (i + 1) / 2000, y: 0.5, z: 0.5 };
      return { design, source: 'user', round: 0, asks: 0, status: 'measured', reward: stream.normal() };
    });
    const { rewards } = bufferTable(knownDesigns(evaluations, cube), cube, 'minimize', {});
    const all = evaluations.map((one) => (one.status === 'measured' ? one.reward : NaN));
    expect(rewards).toHaveLength(bufferSize.best + bufferSize.latest);
    expect([...rewards.slice(-300)]).toEqual(all.slice(-300));
    const best = all
      .slice(0, -300)
      .sort((a, b) => a - b)
      .slice(0, 700);
    expect([...rewards.slice(0, 700)].sort((a, b) => a - b)).toEqual(best);
  });
});

describe('a correction', () => {
  test('leads to what would have been asked had it been told at first', async () => {
    const wrong = { x: 0.9, y: 0.9, z: 0.9 };
    const { optimizer: right, asked } = await begun(cube, 12, bowl);
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    await optimizer.ask(12);
    const told = measured(asked, bowl);
    optimizer.tell([
      ...told.slice(0, 3),
      { ...told[3]!, reward: 50 },
      { ...told[4]!, design: wrong },
      { id: told[5]!.id!, error: 'a mistake' },
      ...told.slice(6),
    ]);
    expect(optimizer.best()!.reward).toBe(50);
    expect(() => optimizer.tell(told)).toThrow('r1-4 was told with the reward 50 before');
    expect(optimizer.tell(told.map((one) => ({ ...one, corrects: true })))).toBe(3);
    expect(optimizer.tell(told.map((one) => ({ ...one, corrects: true })))).toBe(0);
    expect(optimizer.best()).toEqual(right.best());
    expect(copied(optimizer)).toEqual(copied(right));
    expect(await optimizer.ask(4)).toEqual(await right.ask(4));
  });
});

describe('failures', () => {
  test('are kept in the buffer, the latest of those before the latest designs', () => {
    const evaluations = Array.from({ length: 2000 }, (_, i): Told => {
      const told = { design: { x: (i + 1) / 2000, y: 0.5, z: 0.5 }, source: 'user', round: 0, asks: 0 } as const;
      return i % 4 === 0 ? { ...told, status: 'failed', error: 'broke' } : { ...told, status: 'measured', reward: i };
    });
    const { designs, failed } = bufferTable(knownDesigns(evaluations, cube), cube, 'maximize', {});
    const failures = designs.filter((_, row) => failed[row]).map(({ x }) => Math.round(2000 * Number(x)) - 1);
    expect(failures.slice(-75)).toEqual(Array.from({ length: 75 }, (_, i) => 1700 + 4 * i));
    expect(failures.slice(0, -75)).toEqual(Array.from({ length: bufferSize.failed }, (_, i) => 500 + 4 * i));
  });
});

describe('what models ask for', () => {
  test('of choices beside the best design has its numbers as they were asked for', async () => {
    const space = createSpace({
      parameters: {
        t: { type: 'real', min: 20, max: 90 },
        p: { type: 'real', min: 0, max: 1 },
        c: { type: 'categorical', values: ['a', 'b', 'c', 'd', 'e'] },
      },
    });
    const reward = ({ t, p, c }: Design): number => -Math.abs(Number(t) - 50) - Number(p) - (c === 'c' ? 0 : 5);
    const options = { ...tinySearch, seed: 1, realSteps: 100, initial: 12 };
    const { optimizer } = await begun(space, 12, reward, options);
    const asked = await optimizer.ask(16);
    const best = optimizer.best()!.design;
    const neighbours = asked.filter(({ design }) => design['t'] === best['t'] && design['p'] === best['p']);
    expect(neighbours.length).toBeGreaterThan(0);
    for (const { design } of asked) {
      expect(decimalsIn(String(design['t']))).toBeLessThanOrEqual(1);
      expect(decimalsIn(String(design['p']))).toBeLessThanOrEqual(2);
    }
  });

  test('is new, distinct and predicted, and pending designs are not asked for again', async () => {
    const { optimizer } = await begun(cube, 12, bowl);
    const second = await optimizer.ask(8);
    expect(second.every(({ predicted }) => predicted !== undefined && predicted.std > 0)).toBe(true);
    // Late, in part: half of the second is told after the third was asked.
    optimizer.tell(measured(second.slice(0, 4), bowl));
    const third = await optimizer.ask(8);
    optimizer.tell(measured(second.slice(4), bowl));
    const set = createDesignSet(cube);
    for (const { design } of [...(await begun(cube, 12, bowl)).asked, ...second, ...third]) {
      expect(set.has(design)).toBe(false);
      set.add(design);
    }
    expect(optimizer.pending().map(({ id }) => id)).toEqual(third.map(({ id }) => id));
    expect(optimizer.evaluations).toBe(20);
  });

  test('is the same after the state went through JSON', async () => {
    const { optimizer } = await begun(cube, 12, bowl, { ...tinySearch, seed: 7, exploration: 2 });
    optimizer.tell([{ id: 'old', design: { x: 0.3, y: 0.6, z: 0.5 }, reward: bowl({ x: 0.3, y: 0.6, z: 0.5 }) }]);
    const again = DiffusionOptimizer.fromState(copied(optimizer), {
      surrogate: tinySearch.surrogate!,
      threads: 1,
    });
    expect(again.state()).toEqual(optimizer.state());
    const second = await optimizer.ask(6);
    expect(await again.ask(6)).toEqual(second);
    optimizer.tell(measured(second.slice(0, 3), bowl));
    again.tell(measured(second.slice(0, 3), bowl));
    const restored = DiffusionOptimizer.fromState(copied(again), tinySearch);
    expect(await restored.ask(6)).toEqual(await optimizer.ask(6));
  });

  test('is the same as after JSON where another design was measured in the place of one that was asked for', async () => {
    const { optimizer, asked } = await begun(grid, 6, gridReward, { ...tinySearch, initial: 6 });
    const second = await optimizer.ask(2);
    const third = await optimizer.ask(2);
    const known = [...asked, ...second, ...third].map(({ design }) => keyOf(design));
    const other = [...enumerate(grid)].find((design) => !known.includes(keyOf(design)))!;
    optimizer.tell([{ id: second[0]!.id, design: other, reward: gridReward(other) }]);
    const restored = DiffusionOptimizer.fromState(copied(optimizer), tinySearch);
    const rest = await optimizer.ask(grid.size);
    expect(await restored.ask(grid.size)).toEqual(rest);
    const again = rest.find(({ design }) => keyOf(design) === keyOf(second[0]!.design))!;
    expect(again.predicted).toBeDefined();
  });

  test('is the same when what was given is changed afterwards', async () => {
    const { optimizer } = await begun(cube, 12, bowl);
    const restored = DiffusionOptimizer.fromState(copied(optimizer), tinySearch);
    for (const { design } of await optimizer.ask(4)) Object.assign(design, { x: 0.5 });
    const untouched = await restored.ask(4);
    expect(optimizer.pending().map(({ design }) => design)).toEqual(untouched.map(({ design }) => design));
    expect(await optimizer.ask(4)).toEqual(await restored.ask(4));
  });

  test('starts from a past table at once, with rows that failed or have no reward', async () => {
    const stream = randomStream(2);
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    const past = Array.from({ length: 20 }, (_, i): Evaluation => {
      const design = { x: stream.uniform(), y: stream.uniform(), z: stream.uniform() };
      if (i % 5 === 0) return { design };
      return i % 7 === 0 ? { design, error: 'broken' } : { design, reward: bowl(design) };
    });
    optimizer.tell(past);
    const asked = await optimizer.ask(5);
    expect(asked).toHaveLength(5);
    expect(asked.every(({ predicted }) => predicted !== undefined)).toBe(true);
    expect(optimizer.evaluations).toBe(0);
  });

  test('avoids ids that were told before', async () => {
    const optimizer = DiffusionOptimizer.create(cube, tinySearch);
    optimizer.tell([{ id: 'r1-2', design: { x: 0.5, y: 0.5, z: 0.5 }, reward: 1 }]);
    expect((await optimizer.ask(2)).map(({ id }) => id)).toEqual(['r1-1', 'r1-3']);
  });

  test('comes from the candidates that constraints allow', async () => {
    const { parameters } = cube.definition;
    const space = createSpace({
      parameters,
      constraints: [{ linear: { x: 1, y: 1 }, atMost: 1 }],
    });
    const at = (x: number, y: number): Design => ({ x, y, z: 0.5 });
    const candidates = [at(0.9, 0.9), at(0.2, 0.3), at(1, 1), at(0.5, 0.5)];
    const optimizer = DiffusionOptimizer.create(space, { ...tinySearch, candidates });
    const asked = await optimizer.ask(4);
    expect(asked.map(({ design }) => design)).toEqual(expect.arrayContaining([at(0.2, 0.3), at(0.5, 0.5)]));
    expect(asked).toHaveLength(2);
  });

  test('comes from the candidates, each once', async () => {
    const candidates = [...enumerate(grid)].filter((_, i) => i % 2 === 0);
    const { optimizer, asked } = await begun(grid, 6, gridReward, { ...tinySearch, initial: 6, candidates });
    const second = await optimizer.ask(4);
    optimizer.tell(measured(second, gridReward));
    expect(second.every(({ predicted }) => predicted !== undefined)).toBe(true);
    const third = await optimizer.ask(4);
    const all = [...asked, ...second, ...third].map(({ design }) => keyOf(design));
    expect(all.sort()).toEqual(candidates.map(keyOf).sort());
    expect(optimizer.stop()).toEqual(['exhausted']);
    await expect(optimizer.ask(1)).rejects.toThrow(/no design among the candidates is left/);
  });
});

describe('an end', () => {
  test('of a small space comes when every design was asked for exactly once', async () => {
    const optimizer = DiffusionOptimizer.create(grid, tinySearch);
    const seen: string[] = [];
    while (optimizer.stop().length === 0) {
      const asked = await optimizer.ask(10);
      seen.push(...asked.map(({ design }) => keyOf(design)));
      optimizer.tell(measured(asked, gridReward));
    }
    expect(seen.sort()).toEqual([...enumerate(grid)].map(keyOf).sort());
    expect(optimizer.stop()).toEqual(['exhausted']);
    await expect(optimizer.ask(1)).rejects.toThrow(expect.objectContaining({ kind: 'usage' }));
    await expect(optimizer.ask(1)).rejects.toThrow(/no design of the space is left/);
    expect(optimizer.best()!.reward).toBe(5.9);
  });

  test('comes for a single real too, when no design differs from the others', async () => {
    const line = createSpace({ parameters: { x: { type: 'real', min: 5, max: 6 } } });
    const optimizer = DiffusionOptimizer.create(line, tinySearch);
    const asked = await optimizer.ask(2000);
    expect(asked.length).toBeGreaterThan(500);
    const sorted = asked.map(({ design }) => Number(design['x'])).sort((a, b) => a - b);
    expect(Math.min(...sorted.slice(1).map((x, i) => x - sorted[i]!))).toBeGreaterThan(1e-3);
    expect(optimizer.stop()).toEqual(['exhausted']);
    await expect(optimizer.ask(1)).rejects.toThrow(/no design of the space is left/);
  });

  test.each([
    [{ evaluations: 12 }, ['budget']],
    [{ evaluations: 13 }, []],
    [{ target: -100 }, ['target']],
    [{ target: 100 }, []],
    [{ target: -100, evaluations: 5 }, ['target', 'budget']],
    [{ stagnation: 12 }, []],
  ] as readonly (readonly [OptimizerOptions, readonly string[]])[])(
    'by %j after 12 results: %j',
    async (options, reasons) => {
      const { optimizer } = await begun(cube, 12, bowl, { ...tinySearch, ...options });
      expect(optimizer.stop()).toEqual(reasons);
    },
  );

  test('by stagnation counts results after the best, in the order asked', async () => {
    const optimizer = DiffusionOptimizer.create(cube, { ...tinySearch, stagnation: 3 });
    const asked = await optimizer.ask(6);
    const rewards = [1, 2, 9, 3, 4];
    optimizer.tell(rewards.map((reward, i) => ({ id: asked[i]!.id, reward })).reverse());
    expect(optimizer.stop()).toEqual([]);
    optimizer.tell([{ id: asked[5]!.id, error: 'broken' }]);
    expect(optimizer.stop()).toEqual(['stagnation']);
  });

  test('by a signal leaves the optimizer as it was', async () => {
    const { optimizer } = await begun(cube, 12, bowl);
    const before = optimizer.state();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(optimizer.ask(4, { signal })).rejects.toThrow('enough');
    expect(optimizer.state()).toEqual(before);
  });
});

test.each([
  [{ initial: 0 }, /initial is 0/],
  [{ exploration: -1 }, /exploration is -1/],
  [{ evaluations: 1.5 }, /evaluations is 1.5/],
  [{ fix: { w: 1 } }, /no parameter "w"/],
] as readonly (readonly [OptimizerOptions, RegExp])[])('the options %j are refused', (options, message) => {
  expect(() => DiffusionOptimizer.create(cube, options)).toThrow(message);
});

describe('a state', () => {
  const valid = async (): Promise<OptimizerState> => {
    const { optimizer } = await begun(cube, 2, bowl, { ...tinySearch, seed: 4 });
    optimizer.tell([{ design: { x: 0.1, y: 0.2, z: 0.3 }, error: 'broken' }]);
    return copied(optimizer);
  };

  test('that is valid is taken', async () => {
    const state = await valid();
    expect(DiffusionOptimizer.fromState(state, tinySearch).state()).toEqual(state);
  });

  type Change = (state: OptimizerState) => unknown;
  test.each<[string, Change, RegExp]>([
    ['null', () => null, /^state is null, and an object was expected$/],
    [
      'of another version',
      (state) => ({ ...state, version: 2 }),
      /^the state is of version 2, and this program reads version 1/,
    ],
    [
      'without a version',
      ({ version: _, ...state }) => state,
      /^state\.version is missing, and a number was expected$/,
    ],
    ['with a strange key', (state) => ({ ...state, more: 1 }), /^state is .*, and it has the unknown key more$/],
    [
      'with a bad space',
      (state) => ({ ...state, space: { parameters: { x: { type: 'reel' } } } }),
      /^the space of the state/,
    ],
    ['without a space', (state) => ({ ...state, space: 3 }), /^state\.space is 3, and a space was expected$/],
    [
      'with an option of another kind',
      (state) => ({ ...state, options: { ...state.options, seed: 'one' } }),
      /^state\.options\.seed is "one", and a number was expected$/,
    ],
    [
      'with an unknown option',
      (state) => ({ ...state, options: { sede: 1 } }),
      /^state\.options is {"sede":1}, and it has the unknown key sede$/,
    ],
    [
      'with a result that is none',
      (state) => ({ ...state, evaluations: [{ ...state.evaluations[0], reward: '1' }] }),
      /^state\.evaluations\.0\.reward is "1", and a number was expected$/,
    ],
    [
      'with a design outside the space',
      (state) => ({ ...state, requests: [state.requests[0], { ...state.requests[1], design: { x: 2, y: 0, z: 0 } }] }),
      /^state\.requests\.1: the design's x is 2/,
    ],
    [
      'with an id twice',
      (state) => ({ ...state, requests: [state.requests[0], state.requests[0]] }),
      /^state\.requests\.1 has the id r1-1, which stands in an earlier one$/,
    ],
    [
      'with a round that was never asked',
      (state) => ({ ...state, requests: [{ ...state.requests[0], round: 3 }] }),
      /^state\.requests\.0\.round is 3, and the last round of the state is 1$/,
    ],
    [
      'with a result of another round than its request',
      (state) => ({ ...state, evaluations: [{ ...state.evaluations[0], round: 0 }] }),
      /^state\.evaluations\.0\.round is 0, and its request is of round 1$/,
    ],
    [
      'with more asks in a result than there were',
      (state) => ({ ...state, evaluations: [{ ...state.evaluations[2], asks: 5 }] }),
      /^state\.evaluations\.0\.asks is 5, and the state has 1 asks$/,
    ],
  ])('%s is refused', async (_, change, message) => {
    const state = change(await valid()) as OptimizerState;
    const restore = (): unknown => DiffusionOptimizer.fromState(state, tinySearch);
    expect(restore).toThrow(message);
    expect(restore).toThrow(expect.objectContaining({ kind: 'data' }));
  });
});
