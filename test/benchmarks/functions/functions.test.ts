import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bbob,
  braninFunction,
  classic,
  classicNames,
  hiddenFailures,
  lasso,
  noisy,
  problemOf,
  rotated,
  rover,
  shifted,
  uniformDesign,
  type TestFunction,
} from '../../../benchmarks/index.ts';
import { matched } from '../../../benchmarks/functions/levels.ts';
import { naturalSpline } from '../../../benchmarks/functions/spline.ts';
import { mean, randomStream, standardDeviation } from '../../../src/base/index.ts';
import { createSpace } from '../../../src/space/index.ts';

function uniformPoint({ bounds }: Pick<TestFunction, 'bounds'>, seed: number): Float64Array {
  const stream = randomStream(seed);
  return Float64Array.from(bounds, ([min, max]) => min + stream.uniform() * (max - min));
}

const all: readonly TestFunction[] = [
  braninFunction,
  ...classicNames.flatMap((name) => [2, 20].map((dimension) => classic(name, dimension))),
  shifted(classic('ackley', 5), 3),
  rotated(classic('rosenbrock', 5), 3),
  rotated(shifted(classic('levy', 5), 4), 5),
];

describe('functions with a known optimum', () => {
  it.each(all)('$name is least at its optimum', ({ bounds, evaluate, optimum, optimalValue }) => {
    expect(evaluate(optimum)).toBeCloseTo(optimalValue, 12);
    optimum.forEach((value, j) => {
      expect(value).toBeGreaterThanOrEqual(bounds[j]![0]);
      expect(value).toBeLessThanOrEqual(bounds[j]![1]);
    });
    for (let seed = 0; seed < 300; seed++) {
      const point = uniformPoint({ bounds }, seed);
      const near = point.map((value, j) => optimum[j]! + 1e-3 * (value - optimum[j]!));
      expect(Math.min(evaluate(point), evaluate(near))).toBeGreaterThan(optimalValue);
    }
  });

  it('has values known from the formulas', () => {
    const ones = new Float64Array(4).fill(1);
    expect(classic('rastrigin', 4).evaluate(ones)).toBeCloseTo(4, 12);
    expect(classic('rosenbrock', 4).evaluate(new Float64Array(4))).toBe(3);
    expect(classic('ackley', 4).evaluate(ones)).toBeCloseTo(20 - 20 * Math.exp(-0.2), 12);
    // w = 0 in both coordinates: sin^2 0 + 1 (1 + 10 sin^2 1) + 1 (1 + sin^2 0).
    expect(classic('levy', 2).evaluate(Float64Array.of(-3, -3))).toBeCloseTo(2 + 10 * Math.sin(1) ** 2, 12);
    for (const optimum of [
      [-Math.PI, 12.275],
      [3 * Math.PI, 2.475],
    ]) {
      expect(braninFunction.evaluate(Float64Array.from(optimum))).toBeCloseTo(0.39788735772973816, 12);
    }
  });

  it('keeps distances to the optimum when turned, and moves with it when shifted', () => {
    const sphere = classic('sphere', 6);
    const [turned, moved] = [rotated(sphere, 1), shifted(sphere, 1)];
    const point = uniformPoint(sphere, 1);
    expect(turned.evaluate(point)).toBeCloseTo(sphere.evaluate(point), 10);
    expect(moved.evaluate(point)).toBeCloseTo(sphere.evaluate(point.map((value, j) => value - moved.optimum[j]!)), 10);
    expect(rotated(classic('rosenbrock', 6), 1).evaluate(point)).not.toBeCloseTo(
      classic('rosenbrock', 6).evaluate(point),
      3,
    );
  });
});

describe('problems', () => {
  const mixed = problemOf(shifted(classic('rastrigin', 6), 2), (j) =>
    j < 2 ? { integer: 7 } : j < 4 ? { categorical: 5 } : 'real',
  );

  it('discretises some coordinates and keeps the optimum', () => {
    const space = createSpace(mixed.space);
    expect(mixed.space.parameters['x1']).toEqual({ type: 'integer', min: 0, max: 6 });
    expect(mixed.space.parameters['x4']).toMatchObject({ type: 'categorical' });
    expect(space.problemWith(mixed.optimum!)).toBeUndefined();
    expect(mixed.truth(mixed.optimum!)).toBeCloseTo(0, 10);
    const stream = randomStream(1);
    for (let draw = 0; draw < 500; draw++) expect(mixed.truth(uniformDesign(space, stream))).toBeGreaterThan(1e-9);
  });

  it('spaces levels evenly, inside, through a value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.double({ min: -5, max: 10, noNaN: true }), (n, through) => {
        const levels = matched(n, [-5, 10], through);
        expect(levels).toHaveLength(n);
        expect(levels).toContain(through);
        levels.slice(1).forEach((level, i) => expect(level).toBeGreaterThan(levels[i]!));
        expect(levels[0]).toBeGreaterThanOrEqual(-5);
        expect(levels.at(-1)).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('adds noise of the given size, the same for the same stream', () => {
    const problem = noisy(problemOf(classic('sphere', 3)), 0.5);
    const design = { x1: 1, x2: 1, x3: 1 };
    const stream = randomStream(4);
    const drawn = Float64Array.from({ length: 4000 }, () => problem.measure(design, stream)!);
    expect(mean(drawn)).toBeCloseTo(3, 1);
    expect(standardDeviation(drawn)).toBeCloseTo(0.5, 1);
    expect(problem.truth(design)).toBe(3);
    expect(problem.measure(design, randomStream(4))).toBe(drawn[0]);
  });

  it.each([problemOf(bbob(15, 1, 10)), mixed])('fails at a share of $name, but not at the optimum', (problem) => {
    const failing = hiddenFailures(problem, 0.25, 9);
    const space = createSpace(problem.space);
    const stream = randomStream(5);
    const designs = Array.from({ length: 2000 }, () => uniformDesign(space, stream));
    const failed = designs.filter((design) => failing.measure(design, stream) === undefined);
    expect(failed.length / designs.length).toBeGreaterThan(0.15);
    expect(failed.length / designs.length).toBeLessThan(0.3);
    expect(failing.measure(problem.optimum!, stream)).toBeCloseTo(problem.optimalValue!, 9);
  });
});

describe('rover', () => {
  const task = rover();
  const line = (from: number, to: number): Float64Array =>
    Float64Array.from({ length: 60 }, (_, at) => from + ((to - from) * Math.floor(at / 2)) / 29);

  it('runs its path through all points', () => {
    const point = uniformPoint(task, 2);
    const path = task.path(point);
    expect(path).toHaveLength(1000);
    expect([path[0]!.x, path[0]!.y]).toEqual([point[0], point[1]]);
    expect(path.at(-1)!.x).toBeCloseTo(point[58]!, 12);
    expect(path.at(-1)!.y).toBeCloseTo(point[59]!, 12);
  });

  it('costs the length of the way, more inside obstacles, and the distance that ends miss by', () => {
    const straight = task.evaluate(line(0.05, 0.95));
    const path = task.path(line(0.05, 0.95));
    const blocked = path.filter((at) =>
      task.obstacles.some(({ x, y }) => Math.max(Math.abs(at.x - x), Math.abs(at.y - y)) <= 0.025),
    );
    const share = blocked.length / path.length;
    expect(share).toBeGreaterThan(0);
    expect(straight).toBeCloseTo((0.05 + 20 * share) * Math.hypot(0.9, 0.9), 1);
    expect(task.evaluate(line(0.05, 0.75))).toBeGreaterThan(4);
    expect(task.lowerBound).toBeLessThan(straight);
  });

  it('draws obstacles from the seed, none over start or goal', () => {
    expect(rover({ seed: 1 }).obstacles).not.toEqual(task.obstacles);
    expect(rover({ seed: 0 }).obstacles).toEqual(task.obstacles);
    expect(task.obstacles).toHaveLength(113);
  });

  it('splines repeat lines exactly and bend through sines', () => {
    const values = Float64Array.from({ length: 11 }, (_, i) => Math.sin((Math.PI * i) / 10));
    const sampled = naturalSpline(11, 101)(values);
    // The sine's second derivative is 0 at both ends, as the spline's.
    sampled.forEach((value, i) => expect(value).toBeCloseTo(Math.sin((Math.PI * i) / 100), 4));
    expect(
      Math.max(...naturalSpline(5, 9)(Float64Array.of(0, 2, 4, 6, 8)).map((v, i) => Math.abs(v - i))),
    ).toBeLessThan(1e-12);
  });
});

describe('lasso', () => {
  const task = lasso({ dimension: 60, active: 3, rows: 60, signalToNoise: 5 });

  it('fits what satisfies the conditions of optimality', () => {
    const zero = task.fit(new Float64Array(60).fill(1));
    expect(Math.max(...zero.map(Math.abs))).toBeLessThan(1e-9);
    const coefficients = task.fit(new Float64Array(60).fill(0.3));
    for (const j of task.support) expect(Math.abs(coefficients[j]!)).toBeGreaterThan(0.1);
  });

  it('rewards small penalties on the support alone', () => {
    const informed = Float64Array.from({ length: 60 }, (_, j) => (task.support.includes(j) ? -1 : 1));
    expect(task.evaluate(informed)).toBeLessThan(1.1 * task.oracleCost);
    expect(task.evaluate(informed)).toBeLessThan(task.evaluate(new Float64Array(60)));
    expect(task.evaluate(informed.map((u) => -u))).toBeGreaterThan(2 * task.oracleCost);
  });
});
