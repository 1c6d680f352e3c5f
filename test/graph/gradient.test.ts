import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import {
  add,
  argMax,
  constant,
  divide,
  gather,
  gradients,
  input,
  loop,
  matMul,
  max,
  maximum,
  multiply,
  referenceRuntime,
  relu,
  ShapeError,
  sigmoid,
  silu,
  sqrt,
  square,
  subtract,
  sum,
  toFloat,
  transpose,
  type NamedValues,
} from '../../src/graph/index.ts';
import { built, cases, evenTenths, float, nonzero, normal, oddTenths, sizeOf, type Case } from './cases.ts';
import { copied, doubles, evaluate, numbersOf, withProgram } from './helpers.ts';

const step = 1e-5;

function doubled(values: NamedValues): NamedValues {
  const entries = Object.entries(values).map(([name, { shape, data }]) => [
    name,
    { shape, data: data instanceof Int32Array ? data : Float64Array.from(data) },
  ]);
  return Object.fromEntries(entries) as NamedValues;
}

/** The largest |derived - central difference| / max(1, |central difference|) over all float operands of a case. */
async function largestError(testCase: Case, seed: string): Promise<number> {
  const { inputs, output, values } = built(testCase, seed);
  const { shape, data } = (await evaluate(referenceRuntime, { output }, values))['output']!;
  // A random direction, so that errors of single elements do not cancel; float64 throughout.
  const weights = randomStream(1).split(seed).fillNormal(new Float64Array(data.length));
  const scalar = sum(multiply(output, input('weights', output.shape)));
  const targets = inputs.filter(({ dtype }) => dtype === 'float');
  const derived = gradients(scalar, targets);
  const precise: NamedValues = { ...doubled(values), weights: { shape, data: weights } };
  const outputs = Object.fromEntries(derived.map((gradient, index) => [`g${index}`, gradient]));
  const results = await evaluate(referenceRuntime, outputs, precise);
  return withProgram(referenceRuntime, { outputs: { scalar } }, async (program) => {
    const at = async (name: string, element: number, offset: number): Promise<number> => {
      const moved = copied(precise);
      moved[name]!.data[element]! += offset;
      return (await program.run(moved))['scalar']!.data[0]!;
    };
    let largest = 0;
    for (const [index, { name }] of targets.entries()) {
      const gradient = results[`g${index}`]!;
      expect(gradient.shape).toEqual(precise[name]!.shape);
      for (let element = 0; element < gradient.data.length; element++) {
        const difference = ((await at(name, element, step)) - (await at(name, element, -step))) / (2 * step);
        const error = Math.abs(gradient.data[element]! - difference) / Math.max(1, Math.abs(difference));
        largest = Math.max(largest, error);
      }
    }
    return largest;
  });
}

describe('every gradient rule against central differences in float64', () => {
  test.each(Object.entries(cases))('%s', async (op, list) => {
    for (const [index, testCase] of list.entries()) {
      expect(await largestError(testCase, `${op} ${index}`), `case ${index}`).toBeLessThan(1e-6);
    }
  });
});

const dims = fc.integer({ min: 1, max: 3 });

/** Two shapes that broadcast to one another, of any ranks. */
const broadcastPair = fc
  .array(fc.record({ size: dims, left: fc.boolean(), right: fc.boolean() }), { maxLength: 3 })
  .chain((axes) =>
    fc.record({
      left: fc.nat(axes.length).map((from) => axes.map(({ size, left }) => (left ? 1 : size)).slice(from)),
      right: fc.constant(axes.map(({ size, right }) => (right ? 1 : size))),
    }),
  );

describe('gradients over random shapes', () => {
  test('of broadcast operations', async () => {
    await fc.assert(
      fc.asyncProperty(broadcastPair, fc.boolean(), async ({ left, right }, swap) => {
        const [a, b] = swap ? [right, left] : [left, right];
        const smooth: Case = {
          operands: [float(a, normal), float(b, nonzero)],
          build: (x, y) => divide(multiply(x, add(x, y)), y),
        };
        const kinked: Case = {
          operands: [float(a, evenTenths), float(b, oddTenths)],
          build: (x, y) => maximum(x, y),
        };
        expect(await largestError(smooth, 'smooth')).toBeLessThan(1e-6);
        expect(await largestError(kinked, 'kinked')).toBeLessThan(1e-6);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('of products with transposed operands and broadcast batches', async () => {
    const shapes = fc.record({ rows: dims, inner: dims, columns: dims, batch: broadcastPair });
    const flags = fc.record({ transposeA: fc.boolean(), transposeB: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(shapes, flags, async ({ rows, inner, columns, batch }, options) => {
        const a = [...batch.left, ...(options.transposeA ? [inner, rows] : [rows, inner])];
        const b = [...batch.right, ...(options.transposeB ? [columns, inner] : [inner, columns])];
        const product: Case = { operands: [float(a), float(b)], build: (x, y) => matMul(x, y, options) };
        expect(sizeOf(a)).toBeGreaterThan(0);
        expect(await largestError(product, 'product')).toBeLessThan(1e-6);
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});

describe('gradients', () => {
  const x = input('x', [2]);
  const given = { x: doubles([2], [3, -2]) };

  test('of 2 x0^2 + 2 x1^2 + x0 x1 by hand', async () => {
    const other = gather(x, constant([1, 0], [2], 'int'));
    const f = add(multiply(2, sum(square(x))), multiply(0.5, sum(multiply(x, other))));
    // df/dx0 = 4 x0 + x1, df/dx1 = 4 x1 + x0
    expect(await numbersOf(referenceRuntime, gradients(f, [x])[0]!, given)).toEqual([10, -5]);
  });

  test('of a norm at 3, 4 is the unit vector', async () => {
    const norm = sqrt(sum(square(x)));
    const values = { x: doubles([2], [3, 4]) };
    const [left, right] = await numbersOf(referenceRuntime, gradients(norm, [x])[0]!, values);
    expect(left).toBeCloseTo(0.6, 12);
    expect(right).toBeCloseTo(0.8, 12);
  });

  test('sum over all uses of a tensor', async () => {
    const f = sum(add(multiply(x, x), subtract(multiply(x, 3), x)));
    expect(await numbersOf(referenceRuntime, gradients(f, [x])[0]!, given)).toEqual([8, -2]);
  });

  test('are shared by all that tie in a maximum over axes', async () => {
    const values = { x: doubles([2], [5, 5]) };
    expect(await numbersOf(referenceRuntime, gradients(max(x), [x])[0]!, values)).toEqual([0.5, 0.5]);
  });

  test('of what does not matter are zeros of its shape', async () => {
    const unused = input('unused', [2, 3]);
    const steps = sum(toFloat(argMax(x, 0)));
    const [first, second] = gradients(add(sum(x), multiply(steps, 7)), [x, unused]);
    expect(await numbersOf(referenceRuntime, first!, given)).toEqual([1, 1]);
    const { zero } = await evaluate(
      referenceRuntime,
      { zero: second! },
      { unused: doubles([2, 3], [1, 2, 3, 4, 5, 6]) },
    );
    expect(zero).toEqual(doubles([2, 3], [0, 0, 0, 0, 0, 0]));
  });

  test('of the scalar itself and of what lies between are taken as well', async () => {
    const inner = square(x);
    const f = sum(inner);
    const [own, between] = gradients(f, [f, inner]);
    expect(await numbersOf(referenceRuntime, own!)).toEqual([1]);
    expect(await numbersOf(referenceRuntime, between!, given)).toEqual([1, 1]);
  });

  test('of gradients are second derivatives', async () => {
    const [first] = gradients(sum(silu(x)), [x]);
    const [second] = gradients(sum(first!), [x]);
    const exact = [3, -2].map((value) => {
      const s = 1 / (1 + Math.exp(-value));
      return s * (1 - s) * (2 + value * (1 - 2 * s));
    });
    const found = await numbersOf(referenceRuntime, second!, given);
    found.forEach((value, index) => expect(value).toBeCloseTo(exact[index]!, 12));
  });

  test('take a seed in place of a scalar', async () => {
    const seed = constant([10, 100]);
    expect(await numbersOf(referenceRuntime, gradients(square(x), [x], seed)[0]!, given)).toEqual([60, -400]);
  });

  test('of a two-layer network by hand', async () => {
    // y = v . relu(W x), W = [[1, 2], [-1, 1]], v = [3, 5], x = [3, -2]: W x = [-1, -5], so nothing passes; at [3, 2]: [7, -1].
    const w = input('w', [2, 2]);
    const hidden = relu(matMul(w, transpose(input('column', [1, 2]), [1, 0])));
    const y = sum(multiply(hidden, constant([3, 5], [2, 1])));
    const values = { w: doubles([2, 2], [1, 2, -1, 1]), column: doubles([1, 2], [3, 2]) };
    expect(await numbersOf(referenceRuntime, gradients(y, [w])[0]!, values)).toEqual([9, 6, 0, 0]);
  });

  test('inside a loop are taken of its own tensors', async () => {
    // Gradient descent on (s - 3)^2 at rate 1/4 halves the distance at each step.
    const { state } = loop(5, [input('start', [])], (_, [s]) => ({
      state: [subtract(s!, multiply(0.25, gradients(square(subtract(s!, 3)), [s!])[0]!))],
    }));
    expect(await numbersOf(referenceRuntime, state[0]!, { start: doubles([], [35]) })).toEqual([4]);
  });

  test('refuse what is no scalar, a seed of another shape and a loop in the way', () => {
    expect(() => gradients(x, [x])).toThrow(new ShapeError('Expected a scalar to differentiate, got [2]'));
    expect(() => gradients(x, [x], constant([1, 2, 3]))).toThrow(new ShapeError('Expected a seed of [2], got [3]'));
    const message = 'Expected no loop between the scalar and what it is differentiated by, got one';
    const captured = loop(2, [constant([1, 1])], (_, [s]) => ({ state: [multiply(s!, x)] }));
    expect(() => gradients(sum(captured.state[0]!), [x])).toThrow(new ShapeError(message));
    const carried = loop(2, [x], (_, [s]) => ({ state: [sigmoid(s!)] }));
    expect(() => gradients(sum(carried.state[0]!), [x])).toThrow(new ShapeError(message));
  });

  test('pass by a loop that does not depend on the target', async () => {
    const { state } = loop(3, [constant([1, 2])], (_, [s]) => ({ state: [add(s!, s!)] }));
    const f = sum(multiply(x, state[0]!));
    expect(await numbersOf(referenceRuntime, gradients(f, [x])[0]!, given)).toEqual([8, 16]);
  });
});
