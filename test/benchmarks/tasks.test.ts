import { describe, expect, it } from 'vitest';
import {
  ackley,
  branin,
  deviation,
  landscapeNames,
  loadTask,
  lookupOracle,
  mean,
  median,
  random,
  randomUnseen,
  rastrigin,
  rosenbrock,
  uniformDesign,
  type RandomMethod,
  type Task,
} from '../../benchmarks/index.ts';
import { scoresOf } from '../../benchmarks/offline/scores.ts';
import { fitForest } from '../../benchmarks/tasks/forest.ts';
import { randomStream } from '../../src/base/index.ts';
import { createSpace, type SpaceDefinition } from '../../src/space/index.ts';
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
function letters(): Task {
  const designs = Array.from('abcdefghij', (sequence) => ({ sequence }));
  const oracle = lookupOracle('letters', ['sequence'], designs, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  return {
    name: 'letters',
    space: { parameters: { sequence: { type: 'sequence', alphabet: 'abcdefghij', length: 1 } } },
    reward: 'score',
    direction: 'maximize',
    visible: { designs: designs.slice(0, 5), rewards: Float64Array.of(0, 1, 2, 3, 4) },
    unit: 'points',
    bestVisible: 4,
    score: oracle.find,
    listing: { all: designs, unseen: designs.slice(5) },
  };
}

describe('random methods', () => {
  const task = letters();

  it.each([
    ['all designs', random, 'abcdefghij'],
    ['unseen designs', randomUnseen, 'fghij'],
  ])('draw different ones of %s, each as likely as any other', (_, draw, pool) => {
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
    expect(new Set(randomUnseen(task, 5, randomStream(0)))).toEqual(new Set(task.listing!.unseen));
    expect(() => randomUnseen(task, 6, randomStream(0))).toThrow('Cannot draw 6 different designs from 5.');
  });

  it('reach every value of every kind of parameter equally often', () => {
    const mixed: SpaceDefinition = {
      parameters: {
        steps: { type: 'real', min: 0, max: 1, step: 0.25 },
        whole: { type: 'integer', min: 3, max: 7 },
        grade: { type: 'ordinal', values: ['low', 'middle', 'high'] },
        kind: { type: 'categorical', values: ['p', 'q', 'r', 's'] },
        one: { type: 'real', min: 2, max: 2 },
        free: { type: 'real', min: -5, max: 10 },
      },
    };
    const space = createSpace(mixed);
    const stream = randomStream(3);
    const draws = 4000;
    const designs = Array.from({ length: draws }, () => uniformDesign(space, stream));
    for (const [name, values] of [
      ['steps', 5],
      ['whole', 5],
      ['grade', 3],
      ['kind', 4],
      ['one', 1],
    ] as const) {
      const counts = new Map<unknown, number>();
      for (const { [name]: value } of designs) counts.set(value, (counts.get(value) ?? 0) + 1);
      expect(counts.size).toBe(values);
      const expected = draws / values;
      for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
    const free = designs.map((design) => Number(design['free']));
    expect(Math.abs(mean(free) - 2.5)).toBeLessThan((5 * 15) / Math.sqrt(12 * draws));
  });
});

describe('scores of proposals', () => {
  it('are the best and the median of those that were measured', () => {
    const chosen = Array.from('bhcz', (sequence) => ({ sequence }));
    expect(scoresOf(letters(), chosen)).toEqual({ best: 7, median: 2, scored: 3 });
    expect(scoresOf({ ...letters(), direction: 'minimize' }, chosen).best).toBe(1);
    expect(scoresOf(letters(), [{ sequence: 'z' }])).toEqual({ best: NaN, median: NaN, scored: 0 });
  });
});

describe('test functions', () => {
  it('have their known minima', () => {
    for (const point of [
      [-Math.PI, 12.275],
      [Math.PI, 2.275],
      [3 * Math.PI, 2.475],
    ]) {
      expect(branin(point)).toBeCloseTo(0.397887, 6);
    }
    const zeros = new Array<number>(60).fill(0);
    expect(ackley(zeros)).toBeCloseTo(0, 12);
    expect(rastrigin(zeros)).toBe(0);
    expect(rosenbrock(zeros.map(() => 1))).toBe(0);
  });

  it('have known values elsewhere', () => {
    expect(branin([0, 0])).toBeCloseTo(55.602113, 6);
    expect(ackley([1, 1])).toBeCloseTo(3.625384938, 8);
    expect(rastrigin([0.5, 1])).toBeCloseTo(21.25, 12);
    expect(rosenbrock([-1, 2, 0])).toBe(100 * 1 + 4 + 100 * 16 + 1);
  });
});

describe('a forest of regression trees', () => {
  it('learns a step and a slope, on rows that its trees did not see too', () => {
    const stream = randomStream(4);
    const rows = Array.from({ length: 400 }, () => [stream.uniform(), stream.uniform(), 0]);
    const truth = ([x = 0, y = 0]: readonly number[]): number => (x > 0.5 ? 3 : 0) + y;
    const options = { trees: 20, bag: 100, columns: 2, leaf: 3 };
    const { predict, r2 } = fitForest(rows, rows.map(truth), options, randomStream(5));
    expect(r2).toBeGreaterThan(0.95);
    expect(predict([0.9, 0.8, 0])).toBeCloseTo(3.8, 0);
    expect(predict([0.1, 0.2, 0])).toBeCloseTo(0.2, 0);
    expect(Math.abs(predict([0.1, 0.2, 0]) - 0.2)).toBeLessThan(0.3);
  });
});

/** Mean best and median score over 200 draws of 128. */
function expectation(task: Task, draw: RandomMethod): { readonly best: number; readonly median: number } {
  const summaries = Array.from({ length: 200 }, (_, i) => scoresOf(task, draw(task, 128, randomStream(1).split(i))));
  return { best: mean(summaries.map(({ best }) => best)), median: mean(summaries.map((summary) => summary.median)) };
}

describe('offline tasks', () => {
  itWithData('TF-Bind-8: the lower half is visible, the whole table scores', 'tfbind8/tfbind8.csv.gz', () => {
    const task = loadTask('tf-bind-8');
    expect(task.visible.designs).toHaveLength(32_898);
    expect(task.visible.rewards).toHaveLength(32_898);
    expect(task.bestVisible).toBeCloseTo(0.43929616, 8);
    expect(task.listing?.all).toHaveLength(65_536);
    expect(task.score({ sequence: 'AAAAAAAA' })).toBe(0.524749517);
    expect(task.score({ sequence: 'AAAAAAA' })).toBeUndefined();
    expect(task.listing!.unseen.every((design) => task.score(design)! > 0.43929616)).toBe(true);
    task.visible.designs.forEach((design, row) => expect(task.score(design)).toBe(task.visible.rewards[row]));
    const [uniform, unseen] = [expectation(task, random), expectation(task, randomUnseen)];
    // Four standard errors of 200 draws.
    expect(Math.abs(uniform.best - 0.94)).toBeLessThan(0.0105);
    expect(Math.abs(uniform.median - 0.439)).toBeLessThan(0.005);
    expect(Math.abs(unseen.best - 0.961)).toBeLessThan(0.0065);
    expect(Math.abs(unseen.median - 0.567)).toBeLessThan(0.0045);
  });

  itWithData(
    'TF-Bind-8 from 500 rows: others for another seed, all of the visible half',
    'tfbind8/tfbind8.csv.gz',
    () => {
      const [first, again, other] = [0, 0, 1].map((seed) => loadTask('tf-bind-8-500', seed));
      expect(first!.visible.rewards).toHaveLength(500);
      expect(again!.visible).toEqual(first!.visible);
      expect(other!.visible).not.toEqual(first!.visible);
      expect(first!.bestVisible).toBeLessThanOrEqual(0.439296161);
      const { best, median: middle } = expectation(first!, randomUnseen);
      expect(Math.abs(best - 0.938)).toBeLessThan(0.0105);
      expect(Math.abs(middle - 0.441)).toBeLessThan(0.005);
    },
  );

  itWithData(
    'six more factors: normalised, half visible, unseen random proposals score 0.948 / 0.578 on average',
    'tf_landscapes/EGR2_REF_R1.csv.gz',
    () => {
      const summaries = landscapeNames.map((name) => {
        const task = loadTask(name);
        const { all, unseen } = task.listing!;
        expect(all).toHaveLength(65_536);
        expect(task.visible.designs.length).toBeGreaterThanOrEqual(32_768);
        expect(task.visible.designs.length + unseen.length).toBe(65_536);
        const scores = all.map((design) => task.score(design)!);
        expect(scores.reduce((a, b) => Math.min(a, b))).toBe(0);
        expect(scores.reduce((a, b) => Math.max(a, b))).toBe(1);
        return expectation(task, randomUnseen);
      });
      expect(Math.abs(mean(summaries.map(({ best }) => best)) - 0.948)).toBeLessThan(0.005);
      expect(Math.abs(mean(summaries.map((summary) => summary.median)) - 0.578)).toBeLessThan(0.003);
    },
  );

  itWithData('GB1: the lower 80 % are visible and dead, some designs were never measured', 'gb1/gb1.csv.gz', () => {
    const { visible, bestVisible, score, listing } = loadTask('gb1');
    expect(visible.rewards).toHaveLength(119_489);
    expect(bestVisible).toBeLessThan(0.0123);
    expect(listing!.all).toHaveLength(160_000);
    expect(listing!.unseen).toHaveLength(160_000 - 119_489);
    expect(listing!.all.filter((design) => score(design) !== undefined)).toHaveLength(149_361);
    expect(score({ sequence: 'VDGV' })).toBe(1);
    expect(score({ sequence: 'FWAA' })).toBeCloseTo(8.76, 2);
  });

  itWithData('Branin: the worst 4,500 of 5,000 points, as the formula has them', 'branin/branin_unif.csv.gz', () => {
    const { visible, bestVisible, score, direction } = loadTask('branin');
    expect(visible.rewards).toHaveLength(4500);
    expect(direction).toBe('minimize');
    expect(bestVisible).toBeCloseTo(6.0319, 4);
    expect(score({ x1: Math.PI, x2: 2.275 })).toBeCloseTo(0.397887, 6);
    visible.designs.forEach((design, row) => expect(score(design)).toBe(visible.rewards[row]));
  });

  it('60 dimensions: the same worst half of 100,000 points in every run', () => {
    const task = loadTask('ackley-60');
    expect(task.visible.rewards).toHaveLength(50_000);
    expect(Object.keys(task.space.parameters)).toHaveLength(60);
    const space = createSpace(task.space);
    expect(space.problemWith(task.visible.designs[0]!)).toBeUndefined();
    expect(task.bestVisible).toBe(task.visible.rewards.reduce((a, b) => Math.min(a, b)));
    expect(task.score(task.visible.designs[7]!)).toBe(task.visible.rewards[7]);
    // A uniform point is better than the best visible one half of the time.
    const stream = randomStream(2);
    const better = Array.from({ length: 1000 }, () => task.score(uniformDesign(space, stream))!);
    const share = better.filter((score) => score < task.bestVisible).length / 1000;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.065);
  });

  it('the coating example: 400 rows, judged without noise', () => {
    const { visible, score, bestVisible } = loadTask('coating');
    expect(visible.rewards).toHaveLength(400);
    expect(bestVisible).toBeCloseTo(1.6936, 4);
    expect(score(visible.designs[3]!)).toBeCloseTo(visible.rewards[3]!, 4);
  });

  itWithData('superconductors up to the 80 % quantile', 'superconductor/superconductor.csv.gz', () => {
    const { visible, bestVisible, space } = loadTask('superconductor');
    expect(visible.rewards).toHaveLength(15_313);
    expect(bestVisible).toBeCloseTo(74.5 / 185, 4);
    expect(Object.keys(space.parameters)).toHaveLength(86);
    const compiled = createSpace(space);
    expect(visible.designs.slice(0, 200).every((design) => compiled.problemWith(design) === undefined)).toBe(true);
  });
});
