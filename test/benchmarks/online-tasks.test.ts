import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  initialDesigns,
  isOnlineTask,
  loadOnlineTask,
  nearestCandidate,
  onlineGroups,
  onlineMethods,
  onlineTaskNames,
  typicalCost,
} from '../../benchmarks/index.ts';
import { onlineBudget } from '../../benchmarks/tasks/online/catalogue.ts';
import { leastCost } from '../../benchmarks/tasks/online/task.ts';
import { randomStream } from '../../src/base/index.ts';
import { createSpace, type Design } from '../../src/space/index.ts';
import { itWithData } from '../support/data.ts';

const needsNoData = onlineTaskNames.filter(
  (name) => !['lab', 'hpo', 'sequences'].some((group) => onlineGroups[group as 'lab'].includes(name)),
);

describe('online tasks', () => {
  it.each(needsNoData.filter((name) => !name.startsWith('bbob') && !name.startsWith('lasso')))(
    '%s starts alike for a seed, inside its space, and costs no less than its least',
    (name) => {
      const task = loadOnlineTask(name);
      const { problem, evaluations, batch, initial } = task;
      expect({ evaluations, batch, initial }).toEqual(onlineBudget(name));
      const [first, again, other] = [1, 1, 2].map((seed) => initialDesigns(task, seed, 12));
      expect(again).toEqual(first);
      expect(other).not.toEqual(first);
      const space = createSpace(problem.space);
      for (const design of first!) {
        expect(space.problemWith(design)).toBeUndefined();
        expect(problem.truth(design)).toBeGreaterThan(leastCost(task));
      }
      if (problem.optimum !== undefined) expect(problem.truth(problem.optimum)).toBeCloseTo(leastCost(task), 9);
    },
  );

  it('have budgets and bounds of the field in 200 dimensions', () => {
    const task = loadOnlineTask('ackley-200');
    expect(task).toMatchObject({ evaluations: 10_000, batch: 100, initial: 200 });
    expect(Object.values(task.problem.space.parameters)).toEqual(
      Array.from({ length: 200 }, () => ({ type: 'real', min: -5, max: 10 })),
    );
  });

  it('are noisy where they say so: by a twentieth of what a typical design costs', () => {
    const noisy = loadOnlineTask('rastrigin-20-noisy');
    const plain = loadOnlineTask('rastrigin-20');
    const [design] = initialDesigns(plain, 0) as [Design];
    const errors = Array.from({ length: 400 }, (_, i) => {
      const measured = noisy.problem.measure(design, randomStream(i))!;
      return measured - plain.problem.truth(design);
    });
    const size = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(size / typicalCost(plain)).toBeGreaterThan(0.045);
    expect(size / typicalCost(plain)).toBeLessThan(0.055);
    expect(noisy.problem.truth(design)).toBe(plain.problem.truth(design));
    expect([noisy.problem.noisy, plain.problem.noisy]).toEqual([true, undefined]);
  });

  it('reach BBOB in any instance and dimension', () => {
    const task = loadOnlineTask('bbob-f8-i3-d5');
    expect(Object.keys(task.problem.space.parameters)).toHaveLength(5);
    expect(task.problem.truth(task.problem.optimum!)).toBeCloseTo(task.problem.optimalValue!, 9);
    expect(isOnlineTask('bbob-f8')).toBe(false);
    expect(() => loadOnlineTask('bbob-f25-i1-d5')).toThrow('BBOB has no function 25');
    expect(() => loadOnlineTask('moon')).toThrow('there is no online task "moon"');
  });

  itWithData('of laboratory tables hold their rows and nothing else', 'lab/buchwald_a.csv.gz', (path) => {
    const task = loadOnlineTask('buchwald_a');
    const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n').slice(1);
    const yields = lines.map((line) => Number(line.split(',').at(-1))).sort((a, b) => b - a);
    expect(task.candidates).toHaveLength(792);
    expect(leastCost(task)).toBe(-yields[0]!);
    expect(task.topDesigns).toBe(yields.filter((value) => -value <= task.topCost!).length);
    expect(task.topDesigns).toBe(8);
    expect(task.candidates!.map(task.problem.truth).sort((a, b) => a - b)).toEqual(yields.map((value) => 0 - value));
    expect(new Set(initialDesigns(task, 5).map((design) => JSON.stringify(design))).size).toBe(10);
  });

  itWithData(
    'of grids measure one of the training runs, and are true by their mean',
    'hpo/hpobench_car.csv.gz',
    (path) => {
      const task = loadOnlineTask('hpo-car');
      const line = gunzipSync(readFileSync(path)).toString().split('\n')[1]!.split(',');
      const runs = line.slice(-5).map(Number);
      const [design] = task.candidates!;
      expect(Object.values(design!)).toEqual(line.slice(0, 5).map(Number));
      expect(-task.problem.truth(design!)).toBeCloseTo(runs.reduce((sum, run) => sum + run, 0) / 5, 12);
      const seen = new Set(Array.from({ length: 60 }, (_, i) => -task.problem.measure(design!, randomStream(i))!));
      expect(seen).toEqual(new Set(runs));
    },
  );
});

describe('the nearest candidate', () => {
  const space = createSpace({
    parameters: { x: { type: 'real', min: 0, max: 10 }, kind: { type: 'categorical', values: ['p', 'q'] } },
  });
  const candidates: readonly Design[] = [0, 3, 4, 8].flatMap((x) => ['p', 'q'].map((kind) => ({ x, kind })));

  it('is taken for a design, each once, and told as itself', async () => {
    const told: unknown[] = [];
    const method = nearestCandidate(() => ({
      ask: (count) => Array.from({ length: count }, () => ({ x: 3.6, kind: 'p' })),
      tell: (evaluations) => void told.push(...evaluations),
    }));
    const optimizer = method(space, { seed: 0, batch: 2, candidates });
    await optimizer.tell([{ design: { x: 3, kind: 'p' }, cost: 1 }]);
    expect(await optimizer.ask(2)).toEqual([
      { x: 4, kind: 'p' },
      { x: 0, kind: 'p' },
    ]);
    expect(told).toEqual([{ design: { x: 3, kind: 'p' }, cost: 1 }]);
    expect(await optimizer.ask(5)).toHaveLength(5);
    await expect(async () => optimizer.ask(1)).rejects.toThrow('no candidate is left');
  });

  it.each(['random', 'genetic-algorithm', 'cma-es', 'sobol', 'best-of-data'] as const)(
    'of %s are all there are, each once',
    async (name) => {
      const optimizer = onlineMethods[name](space, { seed: 1, batch: 4, candidates });
      const asked = [...(await optimizer.ask(4))];
      await optimizer.tell(asked.map((design, cost) => ({ design, cost })));
      asked.push(...(await optimizer.ask(4)));
      expect(new Set(asked.map((design) => JSON.stringify(design)))).toEqual(
        new Set(candidates.map((design) => JSON.stringify(design))),
      );
    },
  );
});
