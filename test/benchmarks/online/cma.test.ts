import { describe, expect, it } from 'vitest';
import { classic } from '../../../benchmarks/functions/classic.ts';
import { orthonormal, times, type Matrix } from '../../../benchmarks/functions/matrix.ts';
import { cma } from '../../../benchmarks/methods/online/cma.ts';
import { cmaEs, mirrored } from '../../../benchmarks/methods/online/cma-es.ts';
import { cmaParameters } from '../../../benchmarks/methods/online/cma-parameters.ts';
import { symmetricEigen } from '../../../benchmarks/methods/online/eigen.ts';
import { problemOf } from '../../../benchmarks/functions/problem.ts';
import { quantile, randomStream } from '../../../src/base/index.ts';
import { createSpace } from '../../../src/space/index.ts';

type Cost = (x: Float64Array) => number;

const n = 10;
const target = 1e-9;
const seeds = Array.from({ length: 9 }, (_, seed) => seed);

const sphere: Cost = classic('sphere', n).evaluate;
const rosenbrock: Cost = classic('rosenbrock', n).evaluate;
const ellipsoid: Cost = (x) => x.reduce((sum, value, i) => sum + 1e6 ** (i / (n - 1)) * value * value, 0);

function randomRotation(seed: number): Matrix {
  const stream = randomStream(seed);
  return orthonormal(n, () => stream.fillNormal(new Float64Array(n)));
}

/** Evaluations until the target, Infinity where 20,000 do not reach it. */
function evaluations(cost: Cost, start: number, seed: number): number {
  const run = cma({ mean: new Float64Array(n).fill(start), sigma: 0.5, stream: randomStream(seed) });
  for (let used = 0; used < 20_000;) {
    const points = Array.from({ length: run.population }, () => run.ask());
    const costs = points.map(cost);
    const hit = costs.findIndex((value) => value < target);
    if (hit >= 0) return used + hit + 1;
    used += points.length;
    run.tell(points, costs);
  }
  return Infinity;
}

function median(cost: Cost, start: number): number {
  return quantile(
    Float64Array.from(seeds, (seed) => evaluations(cost, start, seed)),
    0.5,
  );
}

describe('CMA-ES', () => {
  // pycma 4.5.0, CMAEvolutionStrategy(10 * [start], 0.5, {'ftarget': 1e-9}), medians of seeds 1 to 15: 1490, 4080, 5330.
  it.each([
    ['the sphere', sphere, 1, 1490],
    ['the ellipsoid of condition 1e6', ellipsoid, 1, 4080],
    ['Rosenbrock', rosenbrock, 0, 5330],
  ] as const)('needs as many evaluations as pycma for %s in 10 dimensions', (_, cost, start, reference) => {
    const measured = median(cost, start);
    console.log(`${measured} evaluations to 1e-9; pycma: ${reference}`);
    expect(measured).toBeGreaterThan(0.85 * reference);
    expect(measured).toBeLessThan(1.15 * reference);
  });

  it('needs no more evaluations when the function is turned', () => {
    const matrix = randomRotation(3);
    const ratio = median((x) => ellipsoid(times(matrix, x)), 1) / median(ellipsoid, 1);
    expect(ratio).toBeGreaterThan(0.88);
    expect(ratio).toBeLessThan(1.12);
  });

  it('sees only ranks: any increasing function of the cost gives the same run', () => {
    expect(evaluations(sphere, 1, 5)).toBe(evaluations((x) => (sphere(x) < target ? 0 : Math.exp(sphere(x))), 1, 5));
  });

  it('has the published constants', () => {
    // Hansen 2016, table 1; the numbers are those of pycma 4.5.0, whose step-size constants alone differ.
    const { weights, parents, muEff, cSigma, cC, c1, cMu } = cmaParameters(10, 10);
    expect(parents).toBe(5);
    expect(muEff).toBeCloseTo(3.1672992814107017, 12);
    expect(c1).toBeCloseTo(0.015283824524751714, 14);
    expect(cMu).toBeCloseTo(0.02355177665041747, 14);
    expect(cC).toBeCloseTo(0.29499038303562225, 14);
    expect(cSigma).toBeCloseTo((muEff + 2) / (muEff + 15), 14);
    expect(weights.subarray(0, 5).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(weights.subarray(5).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(-1.648945714440647, 12);
    const large = cmaParameters(200, 100);
    expect(large.muEff).toBeCloseTo(26.96665506465105, 10);
    expect(large.cMu).toBeCloseTo(0.0012369894698913346, 15);
    // C stays positive definite: the old covariance keeps a positive share.
    expect(1 - c1 - cMu * weights.reduce((sum, weight) => sum + weight, 0)).toBeGreaterThan(0);
  });

  it('lets an injected point move the mean, but not far', () => {
    const run = cma({ mean: new Float64Array(n), sigma: 0.1, stream: randomStream(1) });
    const far = new Float64Array(n).fill(1000);
    const points = [far, ...Array.from({ length: run.population - 1 }, () => run.ask())];
    run.tell(
      points,
      points.map((_, i) => i),
    );
    const moved = Math.hypot(...run.mean());
    expect(moved).toBeGreaterThan(0.1);
    expect(moved).toBeLessThan(0.1 * (Math.sqrt(n) + 2));
  });

  it('says that equal costs and tiny steps end a run', () => {
    const flat = cma({ mean: new Float64Array(3), sigma: 1, stream: randomStream(1) });
    for (let g = 0; g < 10; g++) {
      const points = Array.from({ length: flat.population }, () => flat.ask());
      flat.tell(
        points,
        points.map(() => 1),
      );
    }
    expect(flat.ended()).toBe('flat');
    expect(cma({ mean: new Float64Array(3), sigma: 1e-15, stream: randomStream(1) }).ended()).toBe('small steps');
  });
});

describe('CMA-ES in a box', () => {
  it('mirrors into [-1, 1]', () => {
    expect([-1, -0.3, 0, 1, 1.2, 3.1, -1.5, -3.5].map(mirrored)).toEqual(
      [-1, -0.3, 0, 1, 0.8, -0.9, -0.5, 0.5].map((value) => expect.closeTo(value, 12) as number),
    );
  });

  it.each([20, 7])('finds an optimum at the border, told in batches of %i', (batch) => {
    const problem = problemOf({
      name: 'corner',
      bounds: Array.from({ length: 5 }, () => [0, 1] as const),
      evaluate: (x) => x.reduce((sum, value, i) => sum + (i + 1) * value, 0),
    });
    const optimizer = cmaEs(createSpace(problem.space), { seed: 2, batch });
    let best = Infinity;
    for (let used = 0; used < 1500; used += batch) {
      const told = optimizer.ask(batch).map((design) => ({ design, cost: problem.truth(design) }));
      best = Math.min(best, ...told.map(({ cost }) => cost));
      optimizer.tell(told);
    }
    expect(best).toBeLessThan(1e-3);
  });

  it('starts from the best that was told', () => {
    const problem = problemOf(classic('sphere', 4));
    const optimizer = cmaEs(createSpace(problem.space), { seed: 1, batch: 400 });
    const best = { x1: 4, x2: 4, x3: -4, x4: 4 };
    optimizer.tell([
      { design: best, cost: 1 },
      { design: { x1: 0, x2: 0, x3: 0, x4: 0 }, cost: 2 },
      { design: best, cost: undefined },
    ]);
    const asked = optimizer.ask(400);
    const mean = (name: string): number => asked.reduce((sum, design) => sum + Number(design[name]), 0) / 400;
    expect(mean('x1')).toBeGreaterThan(2);
    expect(mean('x3')).toBeLessThan(-2);
  });
});

describe('eigenvectors', () => {
  it.each([1, 2, 3, 12, 60])('take a symmetric %i x %i matrix apart', (size) => {
    const drawn = randomStream(size).fillNormal(new Float64Array(size * size));
    const matrix = drawn.map((_, at) => drawn[at]! + drawn[(at % size) * size + Math.floor(at / size)]!);
    const { values, vectors } = symmetricEigen(matrix, size);
    const row = (k: number): Float64Array => vectors.subarray(k * size, (k + 1) * size);
    for (let k = 0; k < size; k++) {
      const image = times({ size, values: matrix }, row(k));
      image.forEach((value, j) => expect(value).toBeCloseTo(values[k]! * row(k)[j]!, 10));
      expect(Math.hypot(...row(k))).toBeCloseTo(1, 12);
    }
    const trace = values.reduce((sum, value) => sum + value, 0);
    expect(trace).toBeCloseTo(
      Array.from({ length: size }, (_, i) => matrix[i * size + i]!).reduce((a, b) => a + b, 0),
      10,
    );
  });

  it('takes zeros, equal and very different eigenvalues', () => {
    expect(symmetricEigen(new Float64Array(9), 3).values).toEqual(new Float64Array(3));
    const diagonal = Float64Array.of(1e-8, 0, 0, 0, 1, 0, 0, 0, 1);
    expect(symmetricEigen(diagonal, 3).values.toSorted()).toEqual(Float64Array.of(1e-8, 1, 1));
  });
});
