import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { DiffusionOptimizer, optimize, type Evaluation, type OptimizerOptions } from '../../src/optimizer/index.ts';
import { createSpace, type Design } from '../../src/space/index.ts';
import { bowl, cube, tinySearch } from './online.ts';

/** Random designs of the cube, measured with noise. */
function noisyRows(count: number, deviation: number, seed: number): readonly Evaluation[] {
  const stream = randomStream(seed);
  return Array.from({ length: count }, () => {
    const design = { x: stream.uniform(), y: stream.uniform(), z: stream.uniform() };
    return { design, reward: bowl(design) + deviation * stream.normal() };
  });
}

const knowing = (rows: readonly Evaluation[], options: OptimizerOptions = {}): DiffusionOptimizer => {
  const optimizer = DiffusionOptimizer.create(cube, { ...tinySearch, ...options });
  optimizer.tell(rows);
  return optimizer;
};

const corner = { x: 1, y: 0, z: 0 };

describe('what all measurements recommend', () => {
  it('is truly better than the best single measurement where these are noisy', async () => {
    const gains: number[] = [];
    for (let seed = 0; seed < 8; seed++) {
      const optimizer = knowing(noisyRows(80, 0.7, seed));
      gains.push(bowl((await optimizer.recommend())!.design) - bowl(optimizer.best()!.design));
    }
    expect(gains.reduce((a, b) => a + b) / gains.length).toBeGreaterThan(0.1);
    expect(gains.filter((gain) => gain < -0.05).length).toBeLessThanOrEqual(1);
  });

  it.each(['maximize', 'minimize'] as const)('is not one lucky measurement (%s)', async (direction) => {
    const sign = direction === 'maximize' ? 1 : -1;
    // -1.1 in truth, and among others.
    const lucky = { x: 0.75, y: 0.3, z: 0.6 };
    const rows = [...noisyRows(80, 0.5, 1), { design: lucky, reward: 1.5 }];
    const optimizer = knowing(
      rows.map((row) => ({ ...row, reward: sign * Number(row.reward) })),
      { direction },
    );
    expect(optimizer.best()).toEqual({ design: lucky, reward: sign * 1.5 });
    const { design, reward, predicted } = (await optimizer.recommend())!;
    expect(bowl(design)).toBeGreaterThan(-0.4);
    expect(Math.abs(predicted.mean - sign * bowl(design))).toBeLessThan(3 * predicted.std);
    expect(rows.find((row) => row.design?.['x'] === design['x'])!.reward).toBe(sign * reward);
  });

  it('counts how often a design was measured', async () => {
    // Far from all others, so that nothing but its own measurements says what it is worth.
    const space = createSpace({ parameters: { c: { type: 'categorical', values: [...'abcdefghij'] } } });
    const rewardsOf: Record<string, readonly number[]> = { a: [3.2], b: [3, 3.3, 2.7, 3.1, 2.9, 3] };
    const stream = randomStream(2);
    for (const c of 'cdefghij') rewardsOf[c] = [0, 0, 0].map(() => stream.normal());
    const optimizer = DiffusionOptimizer.create(space, tinySearch);
    optimizer.tell(
      Object.entries(rewardsOf).flatMap(([c, rewards]) => rewards.map((reward) => ({ design: { c }, reward }))),
    );
    expect(optimizer.best()!.design).toEqual({ c: 'a' });
    expect(await optimizer.recommend()).toMatchObject({ design: { c: 'b' }, reward: 3 });
  });

  it('is no design whose own measurements are bad, however many better ones were told and one repeated', async () => {
    // More than a model is fitted to: bad ones beside the best, which are far from none that is good.
    const good = noisyRows(1600, 0.4, 4).filter(({ reward }) => Number(reward) > -2);
    const bad = Array.from({ length: 30 }, (_, i) => ({
      design: { x: 0.3, y: 0.7, z: 0.5 + i / 300 },
      reward: -8 + (i % 3),
    }));
    const repeated = Array.from({ length: 2000 }, (_, i) => ({ design: corner, reward: -4 + (i % 5) / 10 }));
    for (const rows of [
      [...bad, ...good],
      [...bad, ...good, ...repeated],
    ]) {
      const { design } = (await knowing(rows).recommend())!;
      expect(bad.some((row) => row.design.z === design['z'])).toBe(false);
      expect(bowl(design)).toBeGreaterThan(-0.5);
    }
  }, 60_000);

  it('is the best design where there is no noise', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const optimizer = knowing(noisyRows(60, 0, seed));
      const { predicted, ...recommended } = (await optimizer.recommend())!;
      expect(recommended).toEqual(optimizer.best());
      expect(Math.abs(predicted.mean - recommended.reward)).toBeLessThan(0.1);
    }
  });

  it('is allowed, and the same again', async () => {
    const optimizer = knowing(noisyRows(60, 0.3, 3));
    const state = optimizer.state();
    const first = await optimizer.recommend();
    expect(await DiffusionOptimizer.fromState(state, tinySearch).recommend()).toEqual(first);
    const fixed = DiffusionOptimizer.create(cube, { ...tinySearch, fix: { x: corner.x } });
    fixed.tell([...noisyRows(60, 0.3, 3), { design: corner, reward: -3 }]);
    expect((await fixed.recommend())!.design).toEqual(corner);
  });

  it('is nothing before there is enough to learn from, and ends with its signal', async () => {
    expect(await knowing(noisyRows(4, 0.1, 1)).recommend()).toBeUndefined();
    expect(await knowing([]).recommend()).toBeUndefined();
    const failed: Evaluation = { design: corner, error: 'broken' };
    expect(await knowing([failed]).recommend()).toBeUndefined();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(knowing(noisyRows(40, 0.1, 1)).recommend({ signal })).rejects.toThrow('enough');
  });

  it('comes with the end of a loop, which says so when it was interrupted', async () => {
    const oracle = (design: Design): number => bowl(design);
    const result = await optimize(cube, oracle, { ...tinySearch, evaluations: 8, batch: 8 });
    expect(result.recommended).toMatchObject(result.best!);
    const stop = new AbortController();
    const cut = await optimize(cube, oracle, {
      ...tinySearch,
      evaluations: 8,
      batch: 8,
      signal: stop.signal,
      onRound: () => stop.abort(),
    });
    expect(cut.recommended).toBeUndefined();
  });
});
