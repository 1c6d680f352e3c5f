import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, describe, expect, test } from 'vitest';
import {
  add,
  constant,
  emitModel,
  gather,
  input,
  loop,
  matMul,
  multiply,
  onnxRuntime,
  referenceRuntime,
  subtract,
  sum,
  tensorflowRuntime,
  toFloat,
  type Graph,
  type Tensor,
} from '../../src/graph/index.ts';
import { evaluate, floats, integers, numbersOf } from './helpers.ts';

const onnx = onnxRuntime({ threads: 1 });
afterAll(() => onnx.close());

describe.each([onnx, tensorflowRuntime(tf), referenceRuntime])('a loop on the $name runtime', (runtime) => {
  test('computes Fibonacci numbers and collects them', async () => {
    const { state, collected } = loop(8, [constant([0], []), constant([1], [])], (_, [a, b]) => ({
      state: [b!, add(a!, b!)],
      collect: [a!],
    }));
    const results = await evaluate(runtime, { last: state[0]!, all: collected[0]! });
    expect(Array.from(results['last']!.data)).toEqual([21]);
    expect(results['all']!.shape).toEqual([8]);
    expect(Array.from(results['all']!.data)).toEqual([0, 1, 1, 2, 3, 5, 8, 13]);
  });

  test('counts its iterations, as a number and as an index', async () => {
    const rows = constant([1, 2, 10, 20, 100, 200], [3, 2]);
    const { state, collected } = loop(3, [constant([0, 0])], (i, [total]) => ({
      state: [add(total!, multiply(toFloat(i), gather(rows, i)))],
      collect: [i, gather(rows, i)],
    }));
    const results = await evaluate(runtime, { total: state[0]!, counts: collected[0]!, rows: collected[1]! });
    expect(Array.from(results['total']!.data)).toEqual([210, 420]);
    expect(results['counts']).toEqual(integers([3], [0, 1, 2]));
    expect(results['rows']!.shape).toEqual([3, 2]);
    expect(Array.from(results['rows']!.data)).toEqual([1, 2, 10, 20, 100, 200]);
  });

  test('uses tensors from outside, made there once', async () => {
    const x = input('x', [2, 2]);
    const doubled = multiply(x, 2);
    const { state } = loop(3, [constant([1, 0], [1, 2])], (_, [v]) => ({ state: [matMul(v!, doubled)] }));
    // [[0, 2], [2, 0]] swaps and doubles.
    const values = { x: floats([2, 2], [0, 1, 1, 0]) };
    expect(await numbersOf(runtime, state[0]!, values)).toEqual([0, 8]);
  });

  test('hands states on unchanged, swaps them and gives one tensor twice', async () => {
    const [a, b, c] = [input('a', [2]), input('b', [2]), input('c', [2])];
    const { state, collected } = loop(3, [a, b, c], (_, [p, q, r]) => {
      const both = add(p!, q!);
      return { state: [q!, p!, r!], collect: [both, both, r!, a] };
    });
    const outputs = Object.fromEntries([...state, ...collected].map((tensor, index) => [`y${index}`, tensor]));
    const results = await evaluate(
      runtime,
      { ...outputs, again: state[0]! },
      {
        a: floats([2], [1, 2]),
        b: floats([2], [10, 20]),
        c: floats([2], [5, 6]),
      },
    );
    const numbers = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data)]));
    expect(numbers).toEqual({
      y0: [10, 20],
      y1: [1, 2],
      y2: [5, 6],
      y3: [11, 22, 11, 22, 11, 22],
      y4: [11, 22, 11, 22, 11, 22],
      y5: [5, 6, 5, 6, 5, 6],
      y6: [1, 2, 1, 2, 1, 2],
      again: [10, 20],
    });
  });

  test('takes a state from outside at each step', async () => {
    const outer = input('outer', [2]);
    const { state } = loop(3, [constant([0, 0]), constant([0, 0])], (_, [s, t]) => ({ state: [outer, add(s!, t!)] }));
    const values = { outer: floats([2], [1, 2]) };
    expect(await numbersOf(runtime, add(state[0]!, multiply(10, state[1]!)), values)).toEqual([21, 42]);
  });

  test('of zero trips gives its initial state and collects nothing', async () => {
    const { state, collected } = loop(0, [constant([4, 5])], (i, [s]) => ({
      state: [multiply(s!, 3)],
      collect: [s!, i],
    }));
    const results = await evaluate(runtime, { state: state[0]!, floats: collected[0]!, ints: collected[1]! });
    expect(Array.from(results['state']!.data)).toEqual([4, 5]);
    expect(results['floats']!.shape).toEqual([0, 2]);
    expect(results['ints']).toEqual(integers([0], []));
  });

  test('nests', async () => {
    // The sum over i < 3, j < 4 of i * 10 + j, with the inner loop's collected numbers, captured states of the outer loop,
    // and an inner loop that does not depend on the outer one.
    const { state, collected } = loop(3, [constant([0], [])], (i, [total]) => {
      const start = multiply(toFloat(i), 10);
      const inner = loop(4, [total!], (j, [subtotal]) => {
        const term = add(start, toFloat(j));
        return { state: [add(subtotal!, term)], collect: [term] };
      });
      const fixed = loop(2, [constant([1], [])], (_, [s]) => ({ state: [add(s!, s!)] }));
      const innermost = loop(2, [inner.state[0]!], (_, [s]) => ({
        state: loop(2, [s!], (j, [t]) => ({ state: [add(t!, multiply(toFloat(j), start))] })).state,
      }));
      return { state: [inner.state[0]!], collect: [inner.collected[0]!, fixed.state[0]!, innermost.state[0]!] };
    });
    const results = await evaluate(runtime, {
      total: state[0]!,
      terms: collected[0]!,
      fixed: collected[1]!,
      deep: collected[2]!,
    });
    expect(Array.from(results['total']!.data)).toEqual([138]);
    expect(results['terms']!.shape).toEqual([3, 4]);
    expect(Array.from(results['terms']!.data)).toEqual([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]);
    expect(Array.from(results['fixed']!.data)).toEqual([4, 4, 4]);
    // Totals after each outer step, and twice i * 10 more.
    expect(Array.from(results['deep']!.data)).toEqual([6, 6 + 46 + 20, 6 + 46 + 86 + 40]);
  });

  test('carries sizes that are known when it runs', async () => {
    const x = input('x', ['n', 2]);
    const { state, collected } = loop(2, [x], (_, [s]) => ({ state: [multiply(s!, s!)], collect: [sum(s!, [1])] }));
    const results = await evaluate(
      runtime,
      { y: state[0]!, sums: collected[0]! },
      { x: floats([3, 2], [1, 2, 3, 0, 1, 1]) },
    );
    expect(Array.from(results['y']!.data)).toEqual([1, 16, 81, 0, 1, 1]);
    expect(results['sums']!.shape).toEqual([2, 3]);
    expect(Array.from(results['sums']!.data)).toEqual([3, 3, 2, 5, 9, 2]);
  });
});

test('the same graph gives the same bytes, whether built once or twice', () => {
  const build = (): Graph => {
    const x = input('x', ['n', 3]);
    const { state } = loop(4, [x], (i, [s]) => ({ state: [subtract(s!, multiply(toFloat(i), sum(x, [0])))] }));
    return { outputs: { y: state[0]! } };
  };
  const graph = build();
  const { bytes } = emitModel(graph);
  expect(bytes.length).toBeGreaterThan(100);
  expect(emitModel(graph).bytes).toEqual(bytes);
  expect(emitModel(build()).bytes).toEqual(bytes);
  const other: Tensor = add(graph.outputs['y']!, 1);
  expect(emitModel({ outputs: { y: other } }).bytes).not.toEqual(bytes);
});
