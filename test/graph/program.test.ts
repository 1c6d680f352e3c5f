import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import {
  add,
  argMax,
  constant,
  createRuntime,
  divide,
  gather,
  input,
  loop,
  matMul,
  multiply,
  onnxRuntime,
  referenceRuntime,
  ShapeError,
  sum,
  tensorflowRuntime,
  variable,
  type Graph,
  type NamedValues,
  type Program,
  type Runtime,
} from '../../src/graph/index.ts';
import { doubles, evaluate, floats, integers, numbersOf, withProgram } from './helpers.ts';

const onnx = onnxRuntime({ threads: 1 });
afterAll(() => onnx.close());

const numbers = (values: NamedValues, name: string): number[] => Array.from(values[name]!.data);

const counter = variable('counter', [2]);
const step = input('step', [2]);
/** Counts up by `step`; the output is the count before. */
const counting: Graph = {
  outputs: { before: counter },
  updates: [{ variable: counter, next: add(counter, step) }],
};
const start = (): NamedValues => ({ counter: floats([2], [10, 20]) });
const by = (a: number, b: number): NamedValues => ({ step: floats([2], [a, b]) });

describe.each([onnx, tensorflowRuntime(tf), referenceRuntime])('a program on the $name runtime', (runtime) => {
  test('keeps variables between runs, and gives and takes their values', async () => {
    await withProgram(runtime, counting, async (program) => {
      await program.write(start());
      expect(numbers(await program.run(by(1, 2)), 'before')).toEqual([10, 20]);
      expect(numbers(await program.run(by(1, 2)), 'before')).toEqual([11, 22]);
      expect(numbers(await program.read(['counter']), 'counter')).toEqual([12, 24]);
      await program.write({ counter: floats([2], [0, 0]) });
      expect(numbers(await program.run(by(5, 5)), 'before')).toEqual([0, 0]);
    });
  });

  test('copies what is written and what it gives', async () => {
    await withProgram(runtime, counting, async (program) => {
      const mine = floats([2], [1, 2]);
      await program.write({ counter: mine });
      mine.data.fill(99);
      const first = await program.run(by(0, 0));
      expect(numbers(first, 'before')).toEqual([1, 2]);
      first['before']!.data.fill(77);
      const read = await program.read(['counter']);
      read['counter']!.data.fill(55);
      expect(numbers(await program.run(by(0, 0)), 'before')).toEqual([1, 2]);
    });
  });

  test('queues calls that are not awaited', async () => {
    await withProgram(runtime, counting, async (program) => {
      const written = program.write(start());
      const runs = [1, 2, 3].map((a) => program.run(by(a, 0)));
      const read = program.read(['counter']);
      const befores = (await Promise.all(runs)).map((values) => numbers(values, 'before')[0]);
      expect(befores).toEqual([10, 11, 13]);
      expect(numbers(await read, 'counter')).toEqual([16, 20]);
      await written;
    });
  });

  test('shares nothing with another program of the same graph', async () => {
    const [first, second] = [await runtime.compile(counting), await runtime.compile(counting)];
    await Promise.all([first.write(start()), second.write({ counter: floats([2], [0, 0]) })]);
    const results = await Promise.all([
      first.run(by(1, 1)),
      second.run(by(2, 2)),
      first.run(by(3, 3)),
      second.run(by(4, 4)),
    ]);
    expect(results.map((values) => numbers(values, 'before'))).toEqual([
      [10, 20],
      [0, 0],
      [11, 21],
      [2, 2],
    ]);
    await first.dispose();
    expect(numbers(await second.read(['counter']), 'counter')).toEqual([6, 6]);
    await second.dispose();
  });

  test('updates all variables from the values before the run', async () => {
    const [a, b] = [variable('a', []), variable('b', [])];
    const swap: Graph = {
      outputs: {},
      updates: [
        { variable: a, next: b },
        { variable: b, next: a },
      ],
    };
    await withProgram(runtime, swap, async (program) => {
      await program.write({ a: floats([], [1]), b: floats([], [2]) });
      expect(await program.run({})).toEqual({});
      const { a: left, b: right } = await program.read(['a', 'b']);
      expect([Array.from(left!.data), Array.from(right!.data)]).toEqual([[2], [1]]);
    });
  });

  test('takes a variable that only its update names, and passes over values that nothing uses', async () => {
    const total = variable('total', []);
    const graph: Graph = { outputs: {}, updates: [{ variable: total, next: sum(step) }] };
    await withProgram(runtime, graph, async (program) => {
      await program.write({ unused: floats([3], [1, 2, 3]) });
      await program.run({ ...by(3, 4), idle: floats([1], [0]) });
      expect(numbers(await program.read(['total']), 'total')).toEqual([7]);
      expect(numbers(await program.read(['unused']), 'unused')).toEqual([1, 2, 3]);
    });
  });

  test.each([1, 2, 3])('updates variables from a loop of %i trips that exchanges them', async (trips) => {
    const [a, b] = [variable('a', [2]), variable('b', [2])];
    const { state, collected } = loop(trips, [a, b], (_, [x, y]) => ({ state: [y!, x!], collect: [add(x!, a), x!] }));
    const exchanging: Graph = {
      outputs: { sums: collected[0]!, states: collected[1]! },
      updates: [
        { variable: a, next: state[1]! },
        { variable: b, next: state[0]! },
      ],
    };
    await withProgram(runtime, exchanging, async (program) => {
      await program.write({ a: floats([2], [1, 2]), b: floats([2], [10, 20]) });
      const odd = trips % 2 === 1;
      for (let run = 0; run < 3; run++) {
        const { a: left } = await program.read(['a']);
        const { sums, states } = await program.run({});
        expect(sums!.data[0]).toBe(2 * left!.data[0]!);
        expect(states!.data[0]).toBe(left!.data[0]!);
        const after = await program.read(['a', 'b']);
        // The updates exchange the states once more.
        const exchanged = !odd && run % 2 === 0;
        expect([numbers(after, 'a'), numbers(after, 'b')]).toEqual(
          exchanged
            ? [
                [10, 20],
                [1, 2],
              ]
            : [
                [1, 2],
                [10, 20],
              ],
        );
      }
    });
  });

  test.each(['write', 'give'] as const)('keeps variables apart that were given as one array, by %s', async (way) => {
    const [a, b] = [variable('a', [2]), variable('b', [2])];
    const { state } = loop(2, [a, b], (_, [x, y]) => ({ state: [add(x!, 1), add(y!, 10)] }));
    const updates = [a, b].map((leaf, index) => ({ variable: leaf, next: state[index]! }));
    await withProgram(runtime, { outputs: {}, updates }, async (program) => {
      const shared = floats([2], [0, 5]);
      await program[way]({ a: shared, b: shared });
      await program.run({});
      await program.run({});
      const after = await program.read(['a', 'b']);
      expect([numbers(after, 'a'), numbers(after, 'b')]).toEqual([
        [4, 9],
        [40, 45],
      ]);
    });
  });

  test('gives one tensor under two names, an input and a constant as outputs', async () => {
    const x = input('x', [2]);
    const twice = multiply(x, 2);
    const outputs = { a: twice, b: twice, same: x, fixed: constant([7, 8]) };
    const results = await evaluate(runtime, outputs, { x: floats([2], [1, 2]) });
    expect(Object.keys(results)).toEqual(['a', 'b', 'same', 'fixed']);
    expect(Object.values(results).map(({ data }) => Array.from(data))).toEqual([
      [2, 4],
      [2, 4],
      [1, 2],
      [7, 8],
    ]);
  });

  test('has integers as Int32Array and tells 0 from -0', async () => {
    const x = input('x', [2, 2]);
    const results = await evaluate(
      runtime,
      { place: argMax(x, 1), up: divide(1, constant([0], [])), down: divide(1, constant([-0], [])) },
      { x: floats([2, 2], [1, 2, 4, 3]) },
    );
    expect(results['place']).toEqual(integers([2], [1, 0]));
    expect(numbers(results, 'up')).toEqual([Infinity]);
    expect(numbers(results, 'down')).toEqual([-Infinity]);
  });

  test('runs for every size of a symbol', async () => {
    const x = input('x', ['n', 2]);
    await withProgram(runtime, { outputs: { y: sum(x, [0]) } }, async (program) => {
      expect(numbers(await program.run({ x: floats([1, 2], [1, 2]) }), 'y')).toEqual([1, 2]);
      expect(numbers(await program.run({ x: floats([3, 2], [1, 2, 3, 4, 5, 6]) }), 'y')).toEqual([9, 12]);
      expect(numbers(await program.run({ x: floats([0, 2], []) }), 'y')).toEqual([0, 0]);
    });
  });

  const [left, right] = [input('left', ['n', 2]), input('right', ['n', 2])];
  const picked = gather(variable('rows', [3]), input('places', [2], 'int'));
  const checked: Graph = { outputs: { y: add(sum(add(left, right)), sum(picked)) } };
  const good = (): NamedValues => ({
    left: floats([1, 2], [1, 2]),
    right: floats([1, 2], [3, 4]),
    places: integers([2], [0, 2]),
  });
  const mistakes: readonly (readonly [string, NamedValues, string])[] = [
    ['no value', { left: undefined! }, 'Expected a value for input left [n, 2], got none'],
    ['a wrong rank', { left: floats([2], [1, 2]) }, 'Expected values that fit input left [n, 2], got shape [2]'],
    [
      'a wrong size',
      { left: floats([1, 3], [1, 2, 3]) },
      'Expected values that fit input left [n, 2], got shape [1, 3]',
    ],
    [
      'too few numbers',
      { left: floats([2, 2], [1, 2, 3]) },
      'Expected 4 values for input left [n, 2] given as [2, 2], got 3',
    ],
    [
      'two sizes of one symbol',
      { right: floats([2, 2], [1, 2, 3, 4]) },
      'Expected size n of input right [n, 2] to be 1 as in input left [n, 2], got 2',
    ],
    [
      'floats for integers',
      { places: floats([2], [0, 1]) },
      'Expected an Int32Array for input places [2], got Float32Array',
    ],
    [
      'integers for floats',
      { left: integers([1, 2], [0, 1]) },
      'Expected a Float32Array or Float64Array for input left [n, 2], got Int32Array',
    ],
  ];

  test.each(mistakes)('rejects %s', async (_, change, sentence) => {
    await withProgram(runtime, checked, async (program) => {
      await program.write({ rows: floats([3], [1, 10, 100]) });
      await expect(program.run({ ...good(), ...change })).rejects.toThrow(new ShapeError(sentence));
      expect(numbers(await program.run(good()), 'y')).toEqual([111]);
    });
  });

  test('rejects a run before its variables are written, and a read', async () => {
    await withProgram(runtime, checked, async (program) => {
      await expect(program.run(good())).rejects.toThrow(
        new ShapeError('Expected variable rows [3] to be written before the first run'),
      );
      await expect(program.read(['rows'])).rejects.toThrow('Expected variable rows to be written before it is read');
      await expect(program.write({ rows: floats([2], [1, 2]) })).rejects.toThrow(
        new ShapeError('Expected values that fit variable rows [3], got shape [2]'),
      );
    });
  });

  test('rejects an index out of range, and goes on', async () => {
    await withProgram(runtime, checked, async (program) => {
      await program.write({ rows: floats([3], [1, 10, 100]) });
      await expect(program.run({ ...good(), places: integers([2], [0, 3]) })).rejects.toThrow();
      expect(numbers(await program.run(good()), 'y')).toEqual([111]);
    });
  });

  test('rejects a graph that is wrong', async () => {
    const graph: Graph = { outputs: { step } };
    await expect(runtime.compile(graph)).rejects.toThrow('Expected outputs named unlike inputs');
  });

  test('says so after it was disposed of; twice is once', async () => {
    const program: Program = await runtime.compile(counting);
    await program.write(start());
    const last = program.run(by(1, 1));
    const disposals = [program.dispose(), program.dispose()];
    expect(numbers(await last, 'before')).toEqual([10, 20]);
    await Promise.all(disposals);
    await expect(program.run(by(1, 1))).rejects.toThrow('The program was disposed');
    await expect(program.read(['counter'])).rejects.toThrow('The program was disposed');
    await expect(program.write(start())).rejects.toThrow('The program was disposed');
  });
});

describe('the ONNX runtime', () => {
  test('flushes denormals, so that they cost no time', async () => {
    const tiny = multiply(input('x', [2]), constant([1e-30, 1], [2]));
    expect(await numbersOf(onnx, tiny, { x: floats([2], [1e-10, 1]) })).toEqual([0, 1]);
  });

  test('moves the arrays of a run and refuses a second use', async () => {
    await withProgram(onnx, counting, async (program) => {
      await program.write(start());
      const values = by(1, 1);
      await program.run(values);
      expect(values['step']!.data.length).toBe(0);
      await expect(program.run(values)).rejects.toThrow('Expected 2 values for input step [2] given as [2], got 0');
    });
  });

  test('moves the arrays of variables that are given, but for views of larger ones', async () => {
    await withProgram(onnx, counting, async (program) => {
      const values = start();
      await program.give(values);
      expect(values['counter']!.data.length).toBe(0);
      expect(numbers(await program.read(['counter']), 'counter')).toEqual([10, 20]);
      const whole = Float32Array.of(1, 2, 3);
      await program.give({ counter: { shape: [2], data: whole.subarray(1) } });
      expect(Array.from(whole)).toEqual([1, 2, 3]);
      expect(numbers(await program.run(by(0, 0)), 'before')).toEqual([2, 3]);
    });
  });

  test('takes views of larger arrays and float64', async () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    const x = input('x', [2]);
    expect(await numbersOf(onnx, add(x, 1), { x: { shape: [2], data: whole.subarray(1, 3) } })).toEqual([3, 4]);
    await withProgram(onnx, { outputs: { y: add(x, 1) } }, async (program) => {
      expect(numbers(await program.run({ x: { shape: [2], data: whole.subarray(2) } }), 'y')).toEqual([4, 5]);
      expect(Array.from(whole)).toEqual([1, 2, 3, 4]);
      expect(numbers(await program.run({ x: doubles([2], [0.5, 1]) }), 'y')).toEqual([1.5, 2]);
    });
  });

  test('gives the same bits with one thread and with two', async () => {
    const other = onnxRuntime({ threads: 2 });
    const size = 96;
    const values = Array.from({ length: size * size }, (_, index) => Math.sin(index));
    const x = input('x', [size, size]);
    const { state } = loop(3, [x], (_, [s]) => ({ state: [multiply(matMul(s!, x), 0.1)] }));
    const given = { x: floats([size, size], values) };
    expect(await numbersOf(other, state[0]!, given)).toEqual(await numbersOf(onnx, state[0]!, given));
    await other.close();
  });

  test('rejects what comes after it was closed, and closes with a run under way', async () => {
    const closing = onnxRuntime({ threads: 1 });
    const program = await closing.compile(counting);
    await program.write(start());
    const last = program.run(by(1, 1));
    await closing.close();
    expect(numbers(await last, 'before')).toEqual([10, 20]);
    await expect(program.run(by(1, 1))).rejects.toThrow('The compute thread ended');
    await expect(closing.compile(counting)).rejects.toThrow('The compute thread ended');
  });
});

describe('the TensorFlow runtime', () => {
  test('leaks no tensor', async () => {
    const runtime = tensorflowRuntime(tf);
    const before = tf.memory().numTensors;
    const w = variable('w', [2, 2]);
    const x = input('x', [2, 2]);
    const { state, collected } = loop(3, [w, x], (i, [p, q]) => {
      const inner = loop(2, [p!], (_, [s]) => ({ state: [multiply(s!, 0.5)], collect: [i] }));
      return { state: [matMul(inner.state[0]!, q!), q!], collect: [sum(p!), x] };
    });
    const graph: Graph = {
      outputs: { sums: collected[0]!, xs: collected[1]!, same: x },
      updates: [{ variable: w, next: state[0]! }],
    };
    const program = await runtime.compile(graph);
    await program.write({ w: floats([2, 2], [1, 2, 3, 4]) });
    const held = tf.memory().numTensors;
    expect(held).toBe(before + 1);
    for (let run = 0; run < 3; run++) {
      await program.run({ x: floats([2, 2], [0, 1, 1, 0]) });
      expect(tf.memory().numTensors).toBe(held);
    }
    const bytes = tf.memory().numBytes;
    const outside = gather(x, input('i', [1], 'int'));
    await withProgram(runtime, { outputs: { outside } }, async (failing) => {
      const values = { x: floats([2, 2], [1, 2, 3, 4]), i: integers([1], [7]) };
      await expect(failing.run(values)).rejects.toThrow();
    });
    expect(tf.memory().numTensors).toBe(held);
    expect(tf.memory().numBytes).toBe(bytes);
    await program.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a runtime by name', () => {
  test('computes with the native TensorFlow, or says what is missing and how to get it', async () => {
    const loaded = await createRuntime('tensorflow', { threads: 1 }).catch((error: unknown) => error);
    if (loaded instanceof UserError) {
      expect(loaded.kind).toBe('usage');
      expect(loaded.message).toMatch(
        /^--runtime tensorflow needs the optional package @tensorflow\/tfjs-node, which did not load \(.+\): install it with "npm install @tensorflow\/tfjs-node" .+ or use --runtime onnx, which needs nothing more\.$/,
      );
    } else {
      expect(await numbersOf(loaded as Runtime, add(input('x', []), 1), { x: floats([], [1]) })).toEqual([2]);
    }
  });

  test('is made for onnx and reference', async () => {
    const x = add(input('x', []), 1);
    for (const name of ['onnx', 'reference'] as const) {
      const runtime = await createRuntime(name, { threads: 1 });
      expect(runtime.name).toBe(name);
      expect(await numbersOf(runtime, x, { x: floats([], [1]) })).toEqual([2]);
      await runtime.close();
    }
  });
});
