import { describe, expect, it } from 'vitest';
import {
  deviation,
  loadOfflineTask,
  lookupOracle,
  mean,
  median,
  randomUniform,
  randomUnseen,
  scoreSummary,
  tfLandscapeNames,
  type OfflineTask,
  type RandomBaseline,
} from '../../benchmarks/index.ts';
import { randomStream } from '../../src/base/index.ts';
import { itWithData } from '../support/data.ts';

describe('a table as an oracle', () => {
  const designs = [
    { a: 1, b: 'x' },
    { a: 1, b: 'y' },
    { a: 1, b: 'x' },
  ];
  const oracle = lookupOracle('grid.csv', ['a', 'b'], designs, [2, 5, 4]);

  it('knows the designs it holds, whatever the order of their values; a repeated one has the mean', () => {
    expect(oracle.designs).toEqual(designs.slice(0, 2));
    expect(oracle.find({ b: 'y', a: 1 })).toBe(5);
    expect(oracle.score({ a: 1, b: 'x' })).toBe(3);
  });

  it('refuses any other', () => {
    expect(oracle.find({ a: '1', b: 'x' })).toBeUndefined();
    expect(oracle.find({ a: 1.0001, b: 'x' })).toBeUndefined();
    expect(oracle.find({ a: 1 })).toBeUndefined();
    expect(() => oracle.score({ a: 2, b: 'x' })).toThrow('The table grid.csv does not hold the design {"a":2,"b":"x"}');
  });
});

describe('statistics', () => {
  it('have known values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(mean([1, 2, 6])).toBe(3);
    expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(deviation([1])).toBeNaN();
  });
});

/** A task on the letters a to j, worth 0 to 9, of which a to e are visible. */
function letters(): OfflineTask {
  const designs = Array.from('abcdefghij', (sequence) => ({ sequence }));
  const oracle = lookupOracle('letters', ['sequence'], designs, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  return {
    name: 'tf-bind-8',
    definition: { parameters: { sequence: { type: 'sequence', alphabet: 'abcdefghij', length: 1 } } },
    reward: 'score',
    direction: 'maximize',
    visible: { designs: designs.slice(0, 5), rewards: Float64Array.of(0, 1, 2, 3, 4) },
    designs,
    unseen: designs.slice(5),
    limits: { min: 0, max: 9 },
    score: oracle.find,
  };
}

describe('random baselines', () => {
  const task = letters();

  it.each([
    ['uniform', randomUniform, 'abcdefghij'],
    ['unseen', randomUnseen, 'fghij'],
  ])('%s: different designs, each as likely as any other', (_, draw, pool) => {
    const counts = new Map<unknown, number>();
    const draws = 3000;
    for (let i = 0; i < draws; i++) {
      const drawn = draw(task, 3, randomStream(7).split(i)).map(({ sequence }) => sequence);
      expect(new Set(drawn).size).toBe(3);
      for (const letter of drawn) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join('')).toBe(pool);
    const expected = (3 * draws) / pool.length;
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it('draw all of a pool, and refuse to draw more', () => {
    expect(new Set(randomUnseen(task, 5, randomStream(0)))).toEqual(new Set(task.unseen));
    expect(() => randomUnseen(task, 6, randomStream(0))).toThrow('Cannot draw 6 different designs from 5.');
  });

  it('are summed up by their greatest and median true score', () => {
    const chosen = Array.from('bhc', (sequence) => ({ sequence }));
    expect(scoreSummary(task, chosen)).toEqual({ max: 7, median: 2 });
    expect(() => scoreSummary(task, [{ sequence: 'z' }])).toThrow('does not hold the design {"sequence":"z"}');
  });
});

/** Mean greatest and median score over 200 draws of 128. */
function expectation(task: OfflineTask, draw: RandomBaseline): { readonly max: number; readonly median: number } {
  const summaries = Array.from({ length: 200 }, (_, i) =>
    scoreSummary(task, draw(task, 128, randomStream(1).split(i))),
  );
  return { max: mean(summaries.map(({ max }) => max)), median: mean(summaries.map((summary) => summary.median)) };
}

describe('offline tasks', () => {
  itWithData('TF-Bind-8: the lower half is visible, the whole table scores', 'tfbind8/tfbind8.csv.gz', () => {
    const task = loadOfflineTask('tf-bind-8');
    expect(task.visible.designs).toHaveLength(32_898);
    expect(task.visible.rewards).toHaveLength(32_898);
    expect(task.visible.rewards.reduce((a, b) => Math.max(a, b))).toBeCloseTo(0.43929616, 8);
    expect(task.designs).toHaveLength(65_536);
    expect(task.limits).toEqual({ min: 0, max: 1 });
    expect(task.score({ sequence: 'AAAAAAAA' })).toBe(0.524749517);
    expect(task.score({ sequence: 'AAAAAAA' })).toBeUndefined();
    expect(task.unseen.every((design) => task.score(design)! > 0.43929616)).toBe(true);
    task.visible.designs.forEach((design, row) => expect(task.score(design)).toBe(task.visible.rewards[row]));
  });

  itWithData(
    'TF-Bind-8: random proposals score 0.940 / 0.439, unseen ones 0.961 / 0.567',
    'tfbind8/tfbind8.csv.gz',
    () => {
      const task = loadOfflineTask('tf-bind-8');
      const [uniform, unseen] = [expectation(task, randomUniform), expectation(task, randomUnseen)];
      // Four standard errors of 200 draws.
      expect(Math.abs(uniform.max - 0.94)).toBeLessThan(0.0105);
      expect(Math.abs(uniform.median - 0.439)).toBeLessThan(0.005);
      expect(Math.abs(unseen.max - 0.961)).toBeLessThan(0.0065);
      expect(Math.abs(unseen.median - 0.567)).toBeLessThan(0.0045);
    },
  );

  itWithData(
    'six more factors: normalised, half visible, unseen random proposals score 0.948 / 0.578 on average',
    'tf_landscapes/EGR2_REF_R1.csv.gz',
    () => {
      const summaries = tfLandscapeNames.map((name) => {
        const task = loadOfflineTask(name);
        expect(task.designs).toHaveLength(65_536);
        expect(task.visible.designs.length).toBeGreaterThanOrEqual(32_768);
        expect(task.visible.designs.length + task.unseen.length).toBe(65_536);
        const scores = task.designs.map((design) => task.score(design)!);
        expect(scores.reduce((a, b) => Math.min(a, b))).toBe(0);
        expect(scores.reduce((a, b) => Math.max(a, b))).toBe(1);
        return expectation(task, randomUnseen);
      });
      expect(Math.abs(mean(summaries.map(({ max }) => max)) - 0.948)).toBeLessThan(0.005);
      expect(Math.abs(mean(summaries.map((summary) => summary.median)) - 0.578)).toBeLessThan(0.003);
    },
  );
});
