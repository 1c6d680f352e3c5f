import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createSpace,
  roundDesign,
  type Constraint,
  type Design,
  type Parameter,
  type Space,
} from '../../src/space/index.ts';
import { decimal, vectors } from './spaces.ts';

function sum(design: Design, names: readonly string[]): number {
  return names.reduce((total, name) => total + Number(design[name]), 0);
}

const unit: Parameter = { type: 'real', min: 0, max: 1 };
const three: Record<string, Parameter> = {
  a: unit,
  b: unit,
  c: unit,
  n: { type: 'integer', min: 1, max: 9 },
  kind: { type: 'categorical', values: ['x', 'y'] },
};
const threeConstraints: readonly Constraint[] = [
  { sum: ['a', 'b', 'c'], equals: 1 },
  { linear: { a: 4, n: 1 }, atMost: 6, atLeast: 3 },
  { linear: { b: 1, c: -1 }, atLeast: 0.1 },
];

function checkThree(design: Design): void {
  const [a, b, c, n] = ['a', 'b', 'c', 'n'].map((name) => Number(design[name])) as [number, number, number, number];
  expect(Math.abs(a + b + c - 1)).toBeLessThanOrEqual(1e-9);
  expect(4 * a + n).toBeLessThanOrEqual(6 + 1e-9);
  expect(4 * a + n).toBeGreaterThanOrEqual(3 - 1e-9);
  expect(b - c).toBeGreaterThanOrEqual(0.1 - 1e-9);
  expect(Number.isInteger(n) && n >= 1 && n <= 9).toBe(true);
  expect([a, b, c].every((x) => x >= 0 && x <= 1)).toBe(true);
}

describe('three constraints at once, one with an integer', () => {
  const space = createSpace({ parameters: three, constraints: threeConstraints });

  test('hold for any finite vector', () => {
    fc.assert(
      fc.property(vectors(space.dimension), (vector) => {
        const design = space.decode(vector)!;
        checkThree(design);
        expect(space.problemWith(design)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('hold with a summed parameter fixed', () => {
    const fixed = space.fix({ b: 0.45 });
    fc.assert(
      fc.property(vectors(space.dimension), (vector) => {
        const design = fixed.decode(vector)!;
        expect(design['b']).toBe(0.45);
        checkThree(design);
      }),
      { numRuns: 500 },
    );
  });

  test('hold with the integer and a summed parameter fixed', () => {
    const fixed = space.fix({ n: 4 }).fix({ c: 0.3 });
    expect(fixed.fixed).toEqual({ n: 4, c: 0.3 });
    fc.assert(
      fc.property(vectors(space.dimension), (vector) => {
        const design = fixed.decode(vector)!;
        expect([design['n'], design['c']]).toEqual([4, 0.3]);
        checkThree(design);
      }),
      { numRuns: 500 },
    );
  });

  test('hold after rounding to the decimals of the input', () => {
    fc.assert(
      fc.property(vectors(space.dimension), fc.integer({ min: 1, max: 5 }), (vector, places) => {
        const design = roundDesign(space, space.decode(vector)!, { a: places, b: places, c: places })!;
        checkThree(design);
        for (const name of ['a', 'b', 'c']) {
          expect(design[name]).toBe(decimal(Math.round(Number(design[name]) * 10 ** places), places));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('sums of steps alone', () => {
  test('three parameters in steps of 0.05 add up to 1', () => {
    const step: Parameter = { type: 'real', min: 0, max: 1, step: 0.05 };
    const space = createSpace({
      parameters: { a: step, b: step, c: step },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 1 }],
    });
    fc.assert(
      fc.property(vectors(3), (vector) => {
        const design = space.decode(vector)!;
        expect(Math.abs(sum(design, ['a', 'b', 'c']) - 1)).toBeLessThanOrEqual(1e-9);
        for (const value of Object.values(design)) expect(value).toBe(decimal(Math.round(Number(value) * 20) * 5, 2));
      }),
      { numRuns: 500 },
    );
  });

  test('counts add up to 10', () => {
    const count: Parameter = { type: 'integer', min: 0, max: 10 };
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const space = createSpace({
      parameters: Object.fromEntries(names.map((name) => [name, count])),
      constraints: [{ sum: names, equals: 10 }],
    });
    fc.assert(
      fc.property(vectors(6), (vector) => {
        const design = space.decode(vector)!;
        expect(sum(design, names)).toBe(10);
        expect(Object.values(design).every((value) => Number.isInteger(value) && Number(value) >= 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('the steps taken are the nearest ones (all sums tried)', () => {
    const count: Parameter = { type: 'integer', min: 0, max: 4 };
    const space = createSpace({
      parameters: { a: count, b: count, c: count },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 5 }],
    });
    const all: Design[] = [];
    for (let a = 0; a <= 4; a++)
      for (let b = 0; b <= 4; b++) if (5 - a - b >= 0 && 5 - a - b <= 4) all.push({ a, b, c: 5 - a - b });
    const inBox = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(inBox, (vector) => {
        const distance = (design: Design): number =>
          Array.from(space.encode(design)).reduce((total, x, i) => total + (x - vector[i]!) ** 2, 0);
        const least = Math.min(...all.map(distance));
        expect(distance(space.decode(vector)!)).toBeLessThanOrEqual(least + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test('steps that do not fit greedily are found by search', () => {
    const space = createSpace({
      parameters: {
        a: { type: 'integer', min: 0, max: 60, step: 6 },
        b: { type: 'integer', min: 0, max: 100, step: 10 },
        c: { type: 'integer', min: 0, max: 150, step: 15 },
      },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 61 }],
    });
    // 6 x + 10 y + 15 z = 61 has just these solutions.
    const solutions = [
      { a: 36, b: 10, c: 15 },
      { a: 6, b: 10, c: 45 },
      { a: 6, b: 40, c: 15 },
    ];
    fc.assert(
      fc.property(vectors(3), (vector) => {
        expect(solutions).toContainEqual(space.decode(vector));
      }),
      { numRuns: 200 },
    );
  });
});

interface DrawnPolyhedron {
  readonly space: Space;
  readonly inside: Design;
  readonly vector: readonly number[];
}

/** Spaces of mixed numeric parameters of any size with constraints that one design, drawn first, satisfies. */
const drawnPolyhedron: fc.Arbitrary<DrawnPolyhedron> = fc
  .record({
    kinds: fc.array(fc.constantFrom('real', 'real', 'real', 'step', 'integer', 'other'), {
      minLength: 2,
      maxLength: 9,
    }),
    size: fc.constantFrom(1, 1, 100, 1e4),
    count: fc.integer({ min: 1, max: 4 }),
    parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
    weights: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 36, maxLength: 36 }),
    relations: fc.array(fc.constantFrom('equals', 'atMost', 'atLeast', 'between'), { minLength: 4, maxLength: 4 }),
    vector: vectors(18),
  })
  .map(({ kinds, size, count, parts, weights, relations, vector }) => {
    const parameters: Record<string, Parameter> = {};
    const inside: Record<string, number | string> = {};
    kinds.forEach((kind, i) => {
      const steps = Math.floor(parts[i]! * 20);
      if (kind === 'real') parameters[`p${i}`] = { type: 'real', min: -size, max: 2 * size };
      if (kind === 'step') parameters[`p${i}`] = { type: 'real', min: 0.1, max: 0.1 + 20 * 0.05, step: 0.05 };
      if (kind === 'integer') parameters[`p${i}`] = { type: 'integer', min: -5, max: 15 };
      if (kind === 'other') parameters[`p${i}`] = { type: 'categorical', values: ['x', 'y'] };
      inside[`p${i}`] = {
        real: -size + 3 * size * parts[i]!,
        step: decimal(10 + 5 * steps, 2),
        integer: steps - 5,
        other: 'x',
      }[kind];
    });
    const numeric = Object.keys(parameters).filter((name) => parameters[name]!.type !== 'categorical');
    const constraints = relations.slice(0, count).flatMap((relation, c): Constraint[] => {
      const linear = Object.fromEntries(numeric.map((name, i) => [name, weights[c * 9 + i]!]));
      const value = numeric.reduce((total, name) => total + linear[name]! * Number(inside[name]), 0);
      if (Object.values(linear).every((weight) => weight === 0)) return [];
      if (relation === 'between') return [{ linear, atLeast: value - 0.3, atMost: value + 0.2 }];
      return [{ linear, [relation]: value }];
    });
    const space = createSpace({ parameters, constraints });
    return { space, inside, vector: vector.slice(0, space.dimension) };
  })
  .filter(({ vector, space }) => vector.length === space.dimension);

describe('random feasible polyhedra', () => {
  test('decode to designs of the space whose sums hold', () => {
    let none = 0;
    let runs = 0;
    fc.assert(
      fc.property(drawnPolyhedron, ({ space, vector }) => {
        runs++;
        const design = space.decode(vector);
        if (design === undefined) {
          none++;
          return;
        }
        expect(space.problemWith(design)).toBeUndefined();
        const { constraints = [] } = space.definition;
        for (const constraint of constraints) {
          if (!('linear' in constraint)) continue;
          const terms = Object.entries(constraint.linear).map(([name, weight]) =>
            weight === 0 ? 0 : weight * Number(design[name]),
          );
          const value = terms.reduce((total, term) => total + term, 0);
          expect(value).toBeLessThanOrEqual((constraint.equals ?? constraint.atMost ?? Infinity) + 2e-8);
          expect(value).toBeGreaterThanOrEqual((constraint.equals ?? constraint.atLeast ?? -Infinity) - 2e-8);
          expect(space.satisfies(design)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
    // Several equalities over steps alone can be too hard for the bounded search; that is rare.
    expect(none).toBeLessThan(0.03 * runs);
  });

  test('a design of the space decodes to itself', () => {
    fc.assert(
      fc.property(drawnPolyhedron, ({ space, inside }) => {
        expect(space.problemWith(inside)).toBeUndefined();
        const back = space.decode(space.encode(inside))!;
        for (const [name, value] of Object.entries(inside)) {
          const parameter = space.definition.parameters[name]!;
          if (parameter.type !== 'real' || parameter.step !== undefined) expect(back[name]).toBe(value);
          else expect(Math.abs(Number(back[name]) - Number(value))).toBeLessThan(1e-9 * parameter.max);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('encoded constraints hold for a vector exactly when the constraints hold for the design', () => {
    fc.assert(
      fc.property(drawnPolyhedron, vectors(18), ({ space, inside }, other) => {
        const free = createSpace({ parameters: space.definition.parameters });
        for (const design of [inside, free.decode(other.slice(0, 1).concat(other).slice(0, free.dimension))!]) {
          const vector = space.encode(design);
          const worst = space.constraints.reduce((most, { weights, lower, upper }) => {
            const value = weights.reduce((total, weight, i) => total + weight * vector[i]!, 0);
            return Math.max(most, lower - value, value - upper);
          }, 0);
          // The encoded rows are the rows themselves, shifted: the violation is the same number.
          expect(space.satisfies(design, worst + 1e-8)).toBe(true);
          if (worst > 1e-7) expect(space.satisfies(design, worst - 1e-8)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('sums of values of size 10,000 hold to 1e-9', () => {
  const names = Array.from({ length: 10 }, (_, i) => `p${i}`);
  const space = createSpace({
    parameters: Object.fromEntries(
      names.map((name): [string, Parameter] => [name, { type: 'real', min: 0, max: 1e4 }]),
    ),
    constraints: [{ sum: names, equals: 1e4 }],
  });
  fc.assert(
    fc.property(vectors(10), (vector) => {
      expect(Math.abs(sum(space.decode(vector)!, names) - 1e4)).toBeLessThanOrEqual(1e-9);
    }),
    { numRuns: 500 },
  );
});

test('86 amounts that sum to 1 do', () => {
  const names = Array.from({ length: 86 }, (_, i) => `p${i}`);
  const space = createSpace({
    parameters: Object.fromEntries(names.map((name) => [name, unit])),
    constraints: [{ sum: names, equals: 1 }],
  });
  fc.assert(
    fc.property(vectors(86), (vector) => {
      const design = space.decode(vector)!;
      expect(Math.abs(sum(design, names) - 1)).toBeLessThanOrEqual(1e-12);
      expect(space.problemWith(design)).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('encoded constraints leave out rows on parameters of one value', () => {
  const space = createSpace({
    parameters: { a: { type: 'real', min: 2, max: 2 }, b: { type: 'real', min: 0, max: 4 } },
    constraints: [
      { sum: ['a'], equals: 2 },
      { sum: ['a', 'b'], atMost: 5 },
    ],
  });
  expect(space.constraints).toEqual([{ weights: Float64Array.of(0, 2), lower: -Infinity, upper: 1 }]);
  expect(space.decode([0, 1])).toEqual({ a: 2, b: 3 });
});

test('steps at a corner of the polyhedron are found, not declared impossible', () => {
  const wide: Parameter = { type: 'real', min: -1e4, max: 2e4 };
  const whole: Parameter = { type: 'integer', min: -5, max: 15 };
  const space = createSpace({
    parameters: { a: { type: 'real', min: 0.1, max: 1.1, step: 0.05 }, x: wide, m: whole, n: whole },
    constraints: [
      { linear: { x: 1, m: -1, n: -2 }, equals: -9985 },
      { linear: { a: 3, x: -2 }, equals: 20000.3 },
    ],
  });
  const { x, ...steps } = space.decode([1, 1, 1, 1])!;
  expect(steps).toEqual({ a: 0.1, m: -5, n: -5 });
  expect(x).toBeCloseTo(-1e4, 9);
});

test('a negative weight on a single stepped parameter is met by its steps', () => {
  const space = createSpace({
    parameters: { a: { type: 'real', min: 0.1, max: 1.1, step: 0.05 } },
    constraints: [{ linear: { a: -1 }, equals: -1.05 }],
  });
  expect(space.decode([0])).toEqual({ a: 1.05 });
});
