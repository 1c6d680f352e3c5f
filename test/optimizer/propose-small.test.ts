import { beforeAll, describe, expect, test } from 'vitest';
import { propose, type ProposeOptions, type ProposeResult } from '../../src/optimizer/index.ts';
import { shares } from '../../src/optimizer/defaults.ts';
import { leastTrust } from '../../src/optimizer/judge.ts';
import { fitSurrogate } from '../../src/reward/index.ts';
import { createDesignSet } from '../../src/space/index.ts';
import { planeRows, planeTable, tinyTraining } from './tiny.ts';

const table = planeTable(40);
const options: ProposeOptions = {
  training: tinyTraining,
  surrogate: fitSurrogate('gaussian-process'),
  pool: 512,
  generations: 3,
  count: 24,
  threads: 1,
};

const figuresOf = ({ table: _, space: __, settings, ...figures }: ProposeResult) => {
  const { threads: ___, ...rest } = settings;
  return { ...figures, settings: rest };
};

function expectSound({ proposals }: ProposeResult, count: number): void {
  expect(proposals).toHaveLength(count);
  const known = createDesignSet(table.space);
  for (const design of table.designs) known.add(design);
  for (const { design, trust, beyondSupport, feasible, predicted } of proposals) {
    expect(table.space.problemWith(design)).toBeUndefined();
    expect(known.has(design)).toBe(false);
    known.add(design);
    expect(trust).toBeGreaterThan(0);
    expect(trust).toBeLessThanOrEqual(1);
    expect(beyondSupport).toBe(trust < leastTrust);
    expect(feasible).toBe(1);
    expect(Number.isFinite(predicted.mean)).toBe(true);
    expect(predicted.std).toBeGreaterThan(0);
  }
}

describe('proposals for a small table', () => {
  let result: ProposeResult;
  beforeAll(async () => {
    result = await propose(table, options);
  });

  test('are new designs of the space, with trust in (0, 1] and a mark where there is hardly any', () => {
    expectSound(result, 24);
  });

  test('know the nearest row, by the distance over all rows', () => {
    const { space, designs, rewards } = table;
    for (const { design, nearest } of result.proposals) {
      const [x, y] = space.encode(design);
      const distances = designs.map((one) => {
        const [u, v] = space.encode(one);
        return Math.sqrt(((x! - u!) ** 2 + (y! - v!) ** 2) / 2);
      });
      expect(nearest.distance).toBeCloseTo(Math.min(...distances), 6);
      expect(distances[nearest.row]).toBeCloseTo(nearest.distance, 6);
      expect(nearest.reward).toBe(rewards[nearest.row]);
    }
  });

  test('were asked for with and without the slope of a Gaussian process', () => {
    const { outcomes } = result;
    expect(outcomes.filter(({ pulled }) => !pulled)).toHaveLength(8);
    expect(outcomes.filter(({ pulled }) => pulled)).toHaveLength(4);
    const chosen = outcomes.filter((outcome) => outcome.chosen);
    expect(chosen).toHaveLength(3);
    expect(chosen.some(({ pulled }) => !pulled)).toBe(true);
    const targets = new Set(outcomes.map(({ target }) => target));
    for (const { target } of result.proposals) if (target !== undefined) expect(targets).toContain(target);
  });

  test('are found by search and by sampling, samples having their share', () => {
    const sampled = result.proposals.filter(({ target }) => target !== undefined).length;
    expect(sampled).toBeGreaterThanOrEqual(Math.floor(24 * shares.samples));
    expect(sampled).toBeLessThan(24);
  });

  test('are the same for the same seed, and with two threads', async () => {
    const again = await propose(table, options);
    expect(figuresOf(again)).toEqual(figuresOf(result));
    const two = await propose(table, { ...options, threads: 2 });
    expect(figuresOf(two)).toEqual(figuresOf(result));
    expect(two.settings['threads']).toBe(2);
  });

  test('are others for another seed', async () => {
    const other = await propose(table, { ...options, seed: 1 });
    expect(other.proposals.map(({ design }) => design)).not.toEqual(result.proposals.map(({ design }) => design));
    expectSound(other, 24);
  });
});

describe('proposals', () => {
  test('by a forest are asked for without a slope, as it has none', async () => {
    const result = await propose(table, { ...options, surrogate: fitSurrogate('forest') });
    expect(result.outcomes).toHaveLength(8);
    expect(result.outcomes.every(({ pulled }) => !pulled)).toBe(true);
    expectSound(result, 24);
  });

  test('may be one, or more than the pool', async () => {
    const one = await propose(table, { ...options, count: 1 });
    expectSound(one, 1);
    const many = await propose(table, { ...options, pool: 20, generations: 0, count: 70 });
    expectSound(many, 70);
    expect(many.counts.sampled).toBeGreaterThanOrEqual(70);
  });

  test('can be made from ten rows', async () => {
    const ten = await propose(planeTable(10), options);
    expect(ten.proposals).toHaveLength(24);
    for (const { trust, nearest } of ten.proposals) {
      expect(trust).toBeGreaterThan(0);
      expect(trust).toBeLessThanOrEqual(1);
      expect(nearest.row).toBeLessThan(10);
    }
    expect(ten.best.reward).toBe(Math.max(...planeTable(10).rewards));
  });

  test('say how likely they are to work where some rows failed, and keep to where they do', async () => {
    // What is right of 0.4 breaks.
    const rows = planeRows(60).map((row) => ({
      ...row,
      reward: row.x > 0.4 ? null : row.reward,
      broke: row.x > 0.4 ? 1 : 0,
    }));
    const failing = planeTable(rows, { failed: 'broke' });
    const { proposals, feasibility } = await propose(failing, options);
    expect(feasibility?.failed).toBe(rows.filter(({ broke }) => broke === 1).length);
    for (const { feasible } of proposals) {
      expect(feasible).toBeGreaterThanOrEqual(0);
      expect(feasible).toBeLessThanOrEqual(1);
    }
    const working = proposals.filter(({ design }) => Number(design['x']) <= 0.5).length;
    expect(working / proposals.length).toBeGreaterThan(0.6);
  });
});
