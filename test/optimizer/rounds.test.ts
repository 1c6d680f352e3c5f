import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { DiffusionOptimizer } from '../../src/optimizer/index.ts';
import { knownDesigns } from '../../src/optimizer/buffer.ts';
import { initialDesigns, leavesRoom } from '../../src/optimizer/initial.ts';
import { createSpace, type Design, type SpaceDefinition } from '../../src/space/index.ts';
import { tinyTraining } from './tiny.ts';

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
  const optimizer = (): DiffusionOptimizer => {
    const one = DiffusionOptimizer.create(space, { training: tinyTraining, threads: 1, candidates, batch: 4, seed: 3 });
    const corner = candidates.filter(({ a, b }) => Number(a) < 4 && Number(b) < 4);
    one.tell(corner.map((design) => ({ design, reward: reward(design) })));
    return one;
  };

  test('the best is asked for, though it is unlike all that was measured', async () => {
    const asked = await optimizer().ask(4);
    expect(asked.map(({ design }) => design)).toContainEqual({ a: 11, b: 11 });
  });

  test('a batch is not one design and its neighbours', async () => {
    const asked = await optimizer().ask(8);
    const sums = asked.map(({ design }) => Number(design['a']) + Number(design['b']));
    expect(new Set(asked.map(({ design }) => JSON.stringify(design))).size).toBe(8);
    expect(Math.min(...sums)).toBeLessThan(19);
  });
});
