import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { triedSet } from '../../src/optimizer/context.ts';
import type { Judge } from '../../src/optimizer/judge.ts';
import { createPopulation, type Population } from '../../src/optimizer/population.ts';
import { bestEncoded, refine, type Variation } from '../../src/optimizer/refine.ts';
import { vary } from '../../src/optimizer/vary.ts';
import { createSpace, enumerate, type Space } from '../../src/space/index.ts';
import { knownJudge, plane } from './tiny.ts';

const quiet = { observer: undefined, signal: undefined };
const columns =
  (space: Space): Variation =>
  (parents, count, stream) =>
    Promise.resolve(vary(space, parents, count, stream));

/** Worth less with the distance from a place. */
const towards =
  (place: readonly number[]) =>
  (vector: Float32Array): number =>
    -place.reduce((sum, value, j) => sum + (value - vector[j]!) ** 2, 0);

/** A population of random designs. */
function started(space: Space, worth: (vector: Float32Array) => number, count: number) {
  const judge = knownJudge(space.dimension, worth);
  const population = createPopulation(space, triedSet(space, []), {}, judge);
  population.pool.addSamples(randomStream(5).fillNormal(new Float32Array(count * space.dimension)), 1, 0);
  return { judge, population };
}

const bestOf = async (population: Population): Promise<number> => Math.max(...(await population.judged()).bound);

describe('a population', () => {
  test('asks what the denoiser knows of rewards but for what a search made', async () => {
    const space = createSpace(plane);
    const known = knownJudge(2, towards([0, 0]));
    const informed: (boolean | undefined)[] = [];
    const judge: Judge = {
      ...known,
      judge: (designs, options) => {
        informed.push(options?.informed);
        return known.judge(designs);
      },
    };
    const population = createPopulation(space, triedSet(space, []), {}, judge);
    const add = [
      () => population.pool.addSamples(Float32Array.of(0.1, 0.2), 1, 0),
      () => population.pool.addVariations(Float32Array.of(0.3, 0.4)),
      () => population.pool.addVariation({ x: 0.7, y: 0.8 }),
      () => population.pool.addDesign({ x: 0.1, y: 0.9 }),
    ];
    for (const one of add) {
      one();
      await population.judged();
    }
    expect(informed).toEqual([true, false, false, true]);
  });

  test('judges each design once, in the order of its candidates', async () => {
    const space = createSpace(plane);
    const { judge, population } = started(space, towards([0, 0]), 30);
    const first = await population.judged();
    expect(first.bound.length).toBe(population.candidates.length);
    population.pool.addDesign({ x: 0.123, y: 0.456 });
    const { bound } = await population.judged();
    expect(bound.subarray(0, first.bound.length)).toEqual(first.bound);
    population.candidates.forEach(({ design }, i) => {
      const vector = Float32Array.from(space.encode(design));
      expect(population.encoded(i)).toEqual(vector);
      expect(bound[i]).toBe(towards([0, 0])(vector));
    });
    expect(await population.judged()).toEqual({ ...(await population.judged()), bound });
    expect(judge.asked).toBe(population.candidates.length);
  });

  test('gives its best, best first', async () => {
    const { population } = started(createSpace(plane), towards([0.2, -0.4]), 50);
    const worths = (await bestEncoded(population, 7)).map(towards([0.2, -0.4]));
    const all = [...(await population.judged()).bound].sort((a, b) => b - a);
    expect(worths).toEqual(all.slice(0, 7));
    expect(await bestEncoded(population, 1000)).toHaveLength(population.candidates.length);
  });
});

describe('search', () => {
  test('comes to the optimum of a known function, and its best never gets worse', async () => {
    const space = createSpace(plane);
    const worth = towards([0.3, -0.2]);
    const { population } = started(space, worth, 20);
    const before = await bestOf(population);
    const best: number[] = [];
    const watched: Variation = (parents, count, stream) => {
      best.push(worth(parents[0]!));
      return columns(space)(parents, count, stream);
    };
    await refine(population, [watched], { generations: 8, parents: 20, children: 100 }, randomStream(1), quiet);
    best.push(await bestOf(population));
    expect(best).toHaveLength(9);
    expect(best[0]).toBe(before);
    for (let i = 1; i < best.length; i++) expect(best[i]).toBeGreaterThanOrEqual(best[i - 1]!);
    // Designs are told apart to a thousandth of the range, so nothing much nearer can be expected.
    expect(best.at(-1)).toBeGreaterThan(-1e-4);
    expect(before).toBeLessThan(-1e-3);
  });

  test('finds the one best design of a space of choices', async () => {
    const space = createSpace({ parameters: { guide: { type: 'sequence', alphabet: 'ACGT', length: 8 } } });
    const best = 'TAATTACC';
    const worth = (vector: Float32Array): number => {
      const text = String(space.decode(vector)!['guide']);
      return [...text].filter((letter, i) => letter === best[i]).length;
    };
    const { population } = started(space, worth, 50);
    expect(await bestOf(population)).toBeLessThan(8);
    await refine(population, [columns(space)], { generations: 12, parents: 20, children: 120 }, randomStream(2), quiet);
    expect(await bestOf(population)).toBe(8);
  });

  test('keeps fixed values and constraints, and never adds what was tried', async () => {
    const axis = { type: 'integer', min: 0, max: 9 } as const;
    const space = createSpace({
      parameters: { a: axis, b: axis, c: axis },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 15 }],
    }).fix({ c: 4 });
    const tried = [{ a: 5, b: 6, c: 4 }];
    const population = createPopulation(space, triedSet(space, tried), {}, knownJudge(3, towards([0, 0, 0])));
    for (const a of [2, 5, 6, 9]) population.pool.addDesign({ a, b: 11 - a, c: 4 });
    await refine(population, [columns(space)], { generations: 6, parents: 10, children: 60 }, randomStream(3), quiet);
    const possible = [...enumerate(space)].filter((design) => space.satisfies(design)).length;
    expect(possible).toBe(8);
    expect(population.candidates).toHaveLength(possible - 1);
    for (const { design } of population.candidates) {
      expect(space.problemWith(design)).toBeUndefined();
      expect(design).not.toEqual(tried[0]);
    }
  });

  test('asks all variations for equal parts of the children, of the same parents, with streams of their own', async () => {
    const space = createSpace(plane);
    const { population } = started(space, towards([0, 0]), 40);
    const asked: { parents: number; count: number; first: number }[] = [];
    const ask: Variation = (parents, count, stream) => {
      asked.push({ parents: parents.length, count, first: stream.uniform() });
      return Promise.resolve(new Float32Array());
    };
    const progress: unknown[] = [];
    const observer = (one: unknown): void => void progress.push(one);
    const refinement = { generations: 2, parents: 10, children: 100 };
    await refine(population, [ask, ask, ask], refinement, randomStream(1), { observer, signal: undefined });
    expect(asked.map(({ parents, count }) => [parents, count])).toEqual(Array.from({ length: 6 }, () => [10, 34]));
    expect(new Set(asked.map(({ first }) => first)).size).toBe(6);
    expect(progress).toEqual([1, 2].map((done) => ({ stage: 'refining', done, total: 2 })));
  });

  test('of an empty population, of no generations or with no variation ends at once', async () => {
    const space = createSpace(plane);
    const never: Variation = () => Promise.reject(new Error('asked'));
    const empty = createPopulation(space, triedSet(space, []), {}, knownJudge(2, towards([0, 0])));
    const refinement = { generations: 3, parents: 10, children: 10 };
    await refine(empty, [never], refinement, randomStream(1), quiet);
    expect(empty.candidates).toEqual([]);
    const { population } = started(space, towards([0, 0]), 10);
    await refine(population, [never], { ...refinement, generations: 0 }, randomStream(1), quiet);
    await refine(population, [], refinement, randomStream(1), quiet);
    expect(population.candidates).toHaveLength(10);
  });

  test('stops between generations with the reason of the signal', async () => {
    const space = createSpace(plane);
    const { population } = started(space, towards([0, 0]), 10);
    const abort = new AbortController();
    const reason = new Error('enough');
    let generations = 0;
    const observer = (): void => {
      if (++generations === 2) abort.abort(reason);
    };
    const run = refine(population, [columns(space)], { generations: 50, parents: 10, children: 10 }, randomStream(1), {
      observer,
      signal: abort.signal,
    });
    await expect(run).rejects.toBe(reason);
    expect(generations).toBe(2);
  });
});
