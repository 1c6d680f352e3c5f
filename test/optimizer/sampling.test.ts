import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mean, quantile, randomStream, UserError, type Progress } from '../../src/base/index.ts';
import { defaultSampling } from '../../src/diffusion/index.ts';
import { slice, type Tensor } from '../../src/graph/index.ts';
import { triedSet, type ProposeContext } from '../../src/optimizer/context.ts';
import { addListed, checkFound, samplePool } from '../../src/optimizer/generate.ts';
import { learn, type Learned } from '../../src/optimizer/learn.ts';
import { createPopulation, type Population } from '../../src/optimizer/population.ts';
import { promise, requestsOf, type Request } from '../../src/optimizer/targets.ts';
import type { TargetOutcome } from '../../src/optimizer/types.ts';
import { openVariations, variationNames, type VariationName } from '../../src/optimizer/variations.ts';
import { fitSurrogate } from '../../src/reward/index.ts';
import { createSpace, type Design } from '../../src/space/index.ts';
import { knownJudge, planeTable, rowsOf, tinyLearning } from './tiny.ts';

const table = planeTable(40);
const tried = table.designs;
let sloped: Learned;
let stepped: Learned;
beforeAll(async () => {
  sloped = await learn(table, tinyLearning());
  stepped = await learn(table, { ...tinyLearning(), surrogate: fitSurrogate('forest') });
});
afterAll(async () => {
  await sloped.dispose();
  await stepped.dispose();
});

function contextOf(change: Partial<ProposeContext> = {}): ProposeContext {
  return {
    table,
    space: table.space,
    tried: triedSet(table.space, tried),
    learned: sloped,
    stream: randomStream(8),
    count: 5,
    ...change,
  };
}

const sampling = { ...defaultSampling, steps: 8, slabs: [] };

/** Samples for requests, and what came of each. */
async function drawn(
  requests: readonly Request[],
  { pool = 240, context = contextOf() } = {},
): Promise<{ population: Population; outcomes: readonly TargetOutcome[]; progress: readonly Progress[] }> {
  const population = createPopulation(context.space, context.tried, table.decimals, context.learned.judge);
  const progress: Progress[] = [];
  const observer = (one: Progress): void => void progress.push(one);
  const outcomes = await samplePool(context, population, { sampling, pool, requests, observer, signal: undefined });
  return { population, outcomes, progress };
}

const designsOf = ({ candidates }: Population): readonly Design[] => candidates.map(({ design }) => design);

describe('sampling for requests', () => {
  const requests = requestsOf([6, 8, 12, 20], [1.5, 3], true);

  test('gives an outcome for each, in their order, from equal parts of the first quarter', async () => {
    const { population, outcomes, progress } = await drawn(requests);
    expect(outcomes.map(({ target, guidance, pulled }) => ({ target, guidance, pulled }))).toEqual(requests);
    expect(outcomes.filter(({ chosen }) => chosen)).toHaveLength(3);
    for (const { samples, distinct, predicted, trust } of outcomes) {
      expect(samples).toBe(60 / 12);
      expect(distinct).toBeGreaterThan(0);
      expect(distinct).toBeLessThanOrEqual(samples);
      expect([...predicted].sort((a, b) => a - b)).toEqual(predicted);
      expect(trust).toBeGreaterThan(0);
      expect(trust).toBeLessThanOrEqual(1);
    }
    expect(population.pool.counts.sampled).toBe(240);
    const last = progress.at(-1)!;
    expect(last).toEqual({ stage: 'sampling', done: 240, total: 240 });
  });

  test('draws the rest for what was chosen alone; every candidate knows its request and target', async () => {
    const { population, outcomes } = await drawn(requests);
    for (const { request, target } of population.candidates) expect(target).toBe(outcomes[request!]!.target);
    const counts = outcomes.map((_, i) => population.candidates.filter(({ request }) => request === i).length);
    outcomes.forEach(({ chosen }, i) => expect(counts[i]! > 5).toBe(chosen));
  });

  test('chooses one request at least that nothing pulls, the best of them, though pulled ones look better', async () => {
    // Both the slope and the judge know but one thing: more x is better.
    const model = (designs: Tensor): Tensor => slice(designs, 1, 0, 1);
    const judge = knownJudge(2, ([x]) => x!);
    const learned: Learned = { ...sloped, judge, surrogate: { ...sloped.surrogate, graph: model } };
    const { outcomes } = await drawn(requests, { pool: 2400, context: contextOf({ learned }) });
    const best = [...outcomes].sort((a, b) => b.bound - a.bound);
    expect(best.slice(0, 3).map(({ pulled }) => pulled)).toEqual([true, true, true]);
    const told = best.find(({ pulled }) => !pulled)!;
    expect(outcomes.filter(({ chosen }) => chosen)).toEqual(
      outcomes.filter((one) => one === best[0] || one === best[1] || one === told),
    );
  });

  test('of three requests draws the whole pool at once, and chooses all', async () => {
    const three = requests.slice(0, 3);
    const { outcomes, population } = await drawn(three, { pool: 90 });
    expect(outcomes.map(({ samples, chosen }) => [samples, chosen])).toEqual(three.map(() => [30, true]));
    expect(population.pool.counts.sampled).toBe(90);
  });

  test('judges a request by its samples', async () => {
    const judge = knownJudge(2, ([x, y]) => x! + y!);
    const { outcomes, population } = await drawn(requests.slice(0, 1), {
      pool: 100,
      context: contextOf({ learned: { ...sloped, judge } }),
    });
    const designs = designsOf(population);
    expect(designs).toHaveLength(outcomes[0]!.distinct);
    const worth = Float64Array.from(designs, (design) => {
      const [x, y] = Float32Array.from(table.space.encode(design));
      return x! + y!;
    });
    expect(outcomes[0]!.samples).toBe(outcomes[0]!.distinct);
    expect(outcomes[0]!.bound).toBeCloseTo(promise(worth), 9);
    [0.1, 0.5, 0.9].forEach((share, i) => expect(outcomes[0]!.predicted[i]).toBeCloseTo(quantile(worth, share), 9));
  });

  test('keeps fixed values, and draws until there are enough', async () => {
    const space = table.space.fix({ x: 0.3 });
    const context = contextOf({ space, count: 60 });
    const { population } = await drawn(requests.slice(0, 2), { pool: 60, context });
    for (const { x } of designsOf(population)) expect(x).toBe(0.3);
    expect(population.pool.counts.sampled).toBeGreaterThan(60);
  });

  test('is the same for the same stream', async () => {
    // A trained judge draws noise anew in each call, so that it would choose other requests the second time.
    const learned = { ...sloped, judge: knownJudge(2, ([x]) => x!) };
    const run = (seed: number) => drawn(requests, { context: contextOf({ learned, stream: randomStream(seed) }) });
    const [one, again, other] = [await run(8), await run(8), await run(9)];
    expect(again.population.candidates).toEqual(one.population.candidates);
    expect(again.outcomes).toEqual(one.outcomes);
    expect(designsOf(other.population)).not.toEqual(designsOf(one.population));
  });

  test('stops with the reason of the signal', async () => {
    const reason = new Error('enough');
    const population = createPopulation(table.space, contextOf().tried, table.decimals, sloped.judge);
    const signal = AbortSignal.abort(reason);
    const run = samplePool(contextOf(), population, { sampling, pool: 100, requests, observer: undefined, signal });
    await expect(run).rejects.toBe(reason);
  });
});

describe('a listing', () => {
  const axis = { type: 'integer', min: 0, max: 4 } as const;
  const small = createSpace({ parameters: { a: axis, b: axis } });
  const populationOf = (measured: readonly Design[]): Population =>
    createPopulation(
      small,
      triedSet(small, measured),
      {},
      knownJudge(2, () => 0),
    );

  test('completes a space no larger than the limit, and no other one where enough was found', () => {
    const [all, none] = [populationOf([{ a: 0, b: 0 }]), populationOf([])];
    addListed(all, 25, 1);
    expect(all.candidates).toHaveLength(24);
    none.pool.addDesign({ a: 1, b: 1 });
    addListed(none, 24, 1);
    expect(none.candidates).toHaveLength(1);
    addListed(none, 24, 2);
    expect(none.candidates).toHaveLength(24);
  });

  test('is not made of a space without end; too few designs are an error with the counts', () => {
    const endless = createPopulation(table.space, triedSet(table.space, []), {}, sloped.judge);
    addListed(endless, 100, 5);
    expect(endless.candidates).toEqual([]);
    expect(() => checkFound(endless, 1)).toThrow(UserError);
    expect(() => checkFound(endless, 1)).toThrow('only 0 new designs were found in 0 samples');
    expect(() => checkFound(endless, 0)).not.toThrow();
  });
});

describe('ways of varying', () => {
  const samples = rowsOf(table.space.encodeAll(tried), 2);
  const request: Request = { target: 7, guidance: 1.5, pulled: false };

  /** Uses each of the variations that open, by its place. */
  async function opened<T>(
    names: readonly VariationName[],
    context: ProposeContext,
    use: (make: (place: number, count: number, seed?: number) => Promise<Float32Array>, count: number) => Promise<T>,
  ): Promise<T> {
    const open = await openVariations(names, { context, request, sampling, samples });
    try {
      const make = (place: number, count: number, seed = 1): Promise<Float32Array> =>
        open[place]!.variation(samples, count, randomStream(seed));
      return await use(make, open.length);
    } finally {
      for (const one of open) await one.dispose();
    }
  }

  test('are all that are asked for where the surrogate has a slope, and all but that where it has none', async () => {
    expect(sloped.surrogate.graph).toBeDefined();
    expect(stepped.surrogate.graph).toBeUndefined();
    const count = (learned: Learned, names: readonly VariationName[]): Promise<number> =>
      opened(names, contextOf({ learned }), (_, n) => Promise.resolve(n));
    expect(await count(sloped, variationNames)).toBe(3);
    expect(await count(stepped, variationNames)).toBe(2);
    expect(await count(stepped, ['slope'])).toBe(0);
    expect(await count(sloped, ['renoise'])).toBe(1);
    expect(await count(sloped, [])).toBe(0);
  });

  test('make as many children as asked for, all finite, the same for the same stream', async () => {
    await opened(variationNames, contextOf(), async (make, count) => {
      for (let place = 0; place < count; place++) {
        const children = await make(place, 50);
        expect(children).toHaveLength(100);
        expect(children.every(Number.isFinite)).toBe(true);
        expect(await make(place, 50)).toEqual(children);
        expect(await make(place, 50, 2)).not.toEqual(children);
      }
    });
  });

  test('keep fixed values', async () => {
    const space = table.space.fix({ y: 0.25 });
    const held = Float32Array.from(space.encode({ x: 0, y: 0.25 }))[1];
    const parents = samples.map(([x]) => Float32Array.of(x!, held!));
    const open = await openVariations(variationNames, {
      context: contextOf({ space }),
      request,
      sampling,
      samples: parents,
    });
    try {
      for (const { variation } of open) {
        const children = rowsOf(await variation(parents, 40, randomStream(3)), 2);
        for (const child of children) expect(child[1]).toBeCloseTo(held!, 6);
        expect(new Set(children.map(([x]) => x)).size).toBeGreaterThan(10);
      }
    } finally {
      for (const one of open) await one.dispose();
    }
  });

  test('by noise move designs, but not far: less than designs lie apart', async () => {
    await opened(['renoise'], contextOf(), async (make) => {
      const children = rowsOf(await make(0, 400), 2);
      const gap = (a: Float32Array, b: Float32Array): number => (a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2;
      const moved = mean(children.map((child, i) => gap(child, samples[i % samples.length]!)));
      const apart = mean(
        children.map((_, i) => gap(samples[(7 * i + 3) % samples.length]!, samples[i % samples.length]!)),
      );
      expect(moved).toBeGreaterThan(0.02 * apart);
      expect(moved).toBeLessThan(0.7 * apart);
      // Each child comes from the parent of its place.
      const other = mean(children.map((child, i) => gap(child, samples[(i + 1) % samples.length]!)));
      expect(moved).toBeLessThan(other);
    });
  });

  test('by the slope raise what the surrogate predicts', async () => {
    await opened(['slope'], contextOf(), async (make) => {
      const { mean: before } = await sloped.surrogate.predict(table.space.encodeAll(tried));
      const { mean: after } = await sloped.surrogate.predict(await make(0, 200));
      expect(mean(after)).toBeGreaterThan(mean(before));
    });
  });
});
