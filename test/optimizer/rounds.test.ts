import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile, randomStream } from '../../src/base/index.ts';
import { DiffusionOptimizer, type OptimizerOptions } from '../../src/optimizer/index.ts';
import { knownDesigns } from '../../src/optimizer/buffer.ts';
import { initialDesigns, leavesRoom } from '../../src/optimizer/initial.ts';
import { fitSurrogate } from '../../src/reward/index.ts';
import { createSpace, type Design, type SpaceDefinition } from '../../src/space/index.ts';

describe('what is known of designs', () => {
  const space = createSpace({
    parameters: { x: { type: 'real', min: -1, max: 1 }, kind: { type: 'categorical', values: ['a', 'b', 'ab'] } },
  });
  const design = fc.record({ x: fc.constantFrom(0, -0, 0.5, 1, -1), kind: fc.constantFrom('a', 'b', 'ab') });

  test('is put together for the same values, in the order of the first of them', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(design, fc.integer({ min: 0, max: 9 }))), (told) => {
        const evaluations = told.map(
          ([one, reward]) =>
            ({ design: one, reward, status: 'measured', source: 'oracle', round: 0, asks: 0 }) as const,
        );
        const groups = new Map<string, number[]>();
        for (const { design: one, reward } of evaluations) {
          const key = JSON.stringify([one.x, one.kind]);
          groups.set(key, [...(groups.get(key) ?? []), reward]);
        }
        const known = knownDesigns(evaluations, space);
        expect(known.map((one) => JSON.stringify([one.design['x'], one.design['kind']]))).toEqual([...groups.keys()]);
        [...groups.values()].forEach((rewards, i) =>
          expect(known[i]!.reward).toBeCloseTo(rewards.reduce((a, b) => a + b, 0) / rewards.length, 12),
        );
      }),
    ));
});

describe('room that designs leave', () => {
  const real = { type: 'real', min: 0, max: 1 } as const;
  const spaceOf = (parameters: SpaceDefinition['parameters'], rest: Partial<SpaceDefinition> = {}) =>
    createSpace({ parameters, ...rest });

  test('is certain while those that count as the same fill less than half', () => {
    expect(leavesRoom(spaceOf({ x: real }), 249)).toBe(true);
    expect(leavesRoom(spaceOf({ x: real }), 250)).toBe(false);
    expect(leavesRoom(spaceOf({ x: real, y: real }), 100_000)).toBe(true);
    expect(leavesRoom(spaceOf({ x: real, y: real }).fix({ y: 0.5 }), 250)).toBe(false);
  });

  test('is not certain where all is counted, or where constraints may leave little', () => {
    expect(leavesRoom(spaceOf({ x: { ...real, step: 0.1 } }), 0)).toBe(false);
    expect(leavesRoom(spaceOf({ x: { type: 'real', min: 1e6, max: 1e6 + 1e-10 } }), 0)).toBe(false);
    expect(leavesRoom(spaceOf({ n: { type: 'integer', min: 0, max: 9 } }), 0)).toBe(false);
    expect(leavesRoom(spaceOf({ x: real, y: real }, { constraints: [{ sum: ['x', 'y'], equals: 1 }] }), 0)).toBe(false);
  });

  test('holds a design: even spread as badly as can be, 249 leave one', () => {
    const space = spaceOf({ x: real });
    const tried: Design[] = Array.from({ length: 249 }, (_, i) => ({ x: 0.001 + 0.002 * i }));
    expect(initialDesigns(space, tried, undefined, 1, randomStream(1))).toHaveLength(1);
  });
});

describe('among candidates', () => {
  const levels = Array.from({ length: 12 }, (_, i) => i);
  const space = createSpace({
    parameters: { a: { type: 'ordinal', values: levels }, b: { type: 'ordinal', values: levels } },
  });
  const candidates = levels.flatMap((a) => levels.map((b): Design => ({ a, b })));
  const reward = ({ a, b }: Design): number => Number(a) + 2 * Number(b);
  const options: OptimizerOptions = { threads: 1, candidates, batch: 4, seed: 3 };
  const begun = (more: OptimizerOptions): DiffusionOptimizer => {
    const one = DiffusionOptimizer.create(space, { ...options, ...more });
    const corner = candidates.filter(({ a, b }) => Number(a) < 4 && Number(b) < 4);
    one.tell(corner.map((design) => ({ design, reward: reward(design) })));
    return one;
  };

  test('the best is asked for, though it is unlike all that was measured', async () => {
    const asked = await begun({}).ask(4);
    expect(asked.map(({ design }) => design)).toContainEqual({ a: 11, b: 11 });
  });

  test('with doubt a batch is not the best predictions alone; without exploration it is', async () => {
    const believed = { ...options, surrogate: fitSurrogate('gaussian-process') };
    const batch = async (more: OptimizerOptions): Promise<readonly string[]> => {
      const asked = await begun({ ...believed, ...more }).ask(8);
      const byMean = [...asked].sort((a, b) => b.predicted!.mean - a.predicted!.mean);
      expect(new Set(asked.map(({ design }) => JSON.stringify(design))).size).toBe(8);
      return byMean.map(({ design }) => JSON.stringify(design));
    };
    const [joint, greedy] = [await batch({}), await batch({ exploration: 0 })];
    // Among the sixteen best of a + 2b, from 33 down.
    for (const text of greedy) expect(reward(JSON.parse(text) as Design)).toBeGreaterThanOrEqual(27);
    expect(joint).not.toEqual(greedy);
    // A distance that is asked for is kept.
    const apart = (await begun({ ...believed, diversity: 1 }).ask(3)).map(({ design }) => space.encode(design));
    for (const [i, a] of apart.entries()) {
      for (const b of apart.slice(i + 1)) expect(Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!)).toBeGreaterThan(0.18);
    }
  });

  test('what others reached that fixed values rule out is not what is to be improved on', async () => {
    const kinds = createSpace({
      parameters: {
        kind: { type: 'categorical', values: ['A', 'B'] },
        x: { type: 'integer', min: 0, max: 1999 },
      },
    });
    const height = ({ kind, x }: Design): number => (kind === 'A' ? 95 : 40) - ((Number(x) - 1600) / 400) ** 2;
    const rows = ['A', 'B'].flatMap((kind) => Array.from({ length: 2000 }, (_, x): Design => ({ kind, x })));
    const one = DiffusionOptimizer.create(kinds, { threads: 1, candidates: rows, fix: { kind: 'B' }, seed: 1 });
    const told = rows.filter(({ kind, x }) => Number(x) % (kind === 'A' ? 280 : 170) === 60);
    one.tell(told.map((design) => ({ design, reward: height(design) })));
    const asked = await one.ask(6);
    expect(Math.max(...asked.map(({ design }) => height(design)))).toBeGreaterThan(39.9);
  });

  test('what fails is left alone', async () => {
    const one = begun({});
    const failing = candidates.filter(({ a, b }) => Number(a) > 6 && Number(b) < 9);
    one.tell(failing.map((design) => ({ design, error: 'broke' })));
    const asked = await one.ask(4);
    for (const { design } of asked) expect(Number(design['a']) > 7 && Number(design['b']) < 8).toBe(false);
  });
});

describe('rewards over many powers of ten', () => {
  const space = createSpace({
    parameters: { x: { type: 'real', min: -1, max: 1 }, y: { type: 'real', min: -1, max: 1 } },
  });
  const cost = ({ x, y }: Design): number => 10 ** (4 * Math.hypot(Number(x) - 0.2, Number(y) + 0.4));

  test(
    'leave predictions near the best true, on their own scale, and lead to designs like the best tenth',
    { timeout: 60_000 },
    async () => {
      const optimizer = DiffusionOptimizer.create(space, { direction: 'minimize', seed: 3, threads: 1 });
      const known = initialDesigns(space, [], undefined, 60, randomStream(8));
      optimizer.tell(known.map((design) => ({ design, reward: cost(design) })));
      const asked = await optimizer.ask(12);
      const errors = asked.map(({ design, predicted }) => Math.abs(predicted!.mean - cost(design)));
      // A tenth of a typical cost, where the worst one is more than ten times that.
      const typical = quantile(known.map(cost), 0.5);
      expect(Math.max(...known.map(cost))).toBeGreaterThan(10 * typical);
      expect(quantile(errors, 0.5)).toBeLessThan(0.1 * typical);
      expect(
        quantile(
          asked.map(({ design }) => cost(design)),
          0.5,
        ),
      ).toBeLessThan(quantile(known.map(cost), 0.1));
      for (const { predicted } of asked) expect(predicted!.std).toBeGreaterThan(0);
    },
  );
});
