import { describe, expect, test } from 'vitest';
import {
  add,
  argMax,
  concat,
  constant,
  emitModel,
  expandLike,
  gather,
  gradients,
  input,
  loop,
  matMul,
  max,
  mean,
  multiply,
  pad,
  reshape,
  scatterAdd,
  ShapeError,
  slice,
  softmax,
  sum,
  transpose,
  variable,
  type Tensor,
} from '../../src/graph/index.ts';

const x = input('x', [2, 3]);
const batch = input('batch', ['n', 3]);
const indices = input('indices', [4], 'int');

const mistakes: Readonly<Record<string, readonly [build: () => unknown, sentence: string]>> = {
  'shapes that do not broadcast': [
    () => add(x, input('y', [2, 4])),
    'Expected shapes that broadcast, got [2, 3] and [2, 4]',
  ],
  'a symbol against a number': [() => add(batch, x), 'Expected shapes that broadcast, got [n, 3] and [2, 3]'],
  'two symbols': [() => add(batch, input('other', ['m', 3])), 'Expected shapes that broadcast, got [n, 3] and [m, 3]'],
  'inner sizes': [() => matMul(x, x), 'Expected equal inner sizes, got [2, 3] and [2, 3]'],
  'inner sizes, transposed': [
    () => matMul(x, input('y', [3, 4]), { transposeB: true }),
    'Expected equal inner sizes, got [2, 3] and [3, 4]',
  ],
  'a product of vectors': [() => matMul(x, input('y', [3])), 'Expected matrices, got [2, 3] and [3]'],
  'batches that do not broadcast': [
    () => matMul(input('a', [2, 1, 3]), input('b', [4, 3, 1])),
    'Expected shapes that broadcast, got [2] and [4]',
  ],
  'an axis too many': [() => sum(x, [2]), 'Expected an axis of [2, 3], got 2'],
  'a negative axis': [() => sum(x, [-1]), 'Expected an axis of [2, 3], got -1'],
  'a fractional axis': [() => argMax(x, 0.5), 'Expected an axis of [2, 3], got 0.5'],
  'an axis twice': [() => sum(x, [1, 1]), 'Expected distinct axes, got 1, 1'],
  'the largest of nothing': [
    () => max(input('none', [0, 3]), [0]),
    'Expected at least one value along axes 0 of [0, 3]',
  ],
  'the place of the largest of nothing': [
    () => argMax(input('none', [2, 0]), 1),
    'Expected at least one value along axes 1 of [2, 0]',
  ],
  'a mean over an unknown size': [() => mean(batch, [0]), 'Expected known sizes to average over, got [n, 3]'],
  'a softmax of a scalar': [() => softmax(input('y', [])), 'Expected an axis of [], got -1'],
  'a softmax over an unknown size': [() => softmax(input('y', [2, 'n'])), 'Expected a known size at axis 1 of [2, n]'],
  'a reshape of another size': [
    () => reshape(x, [4, 2]),
    'Expected a shape with as many elements as [2, 3], got [4, 2]',
  ],
  'a reshape that loses a symbol': [
    () => reshape(batch, [6]),
    'Expected a shape with as many elements as [n, 3], got [6]',
  ],
  'a reshape with two symbols': [
    () => reshape(input('y', ['n', 'm']), ['m', 'n']),
    'Expected a shape with as many elements as [n, m], got [m, n]',
  ],
  'a reshape of nothing to a symbol': [
    () => reshape(input('y', ['n', 0]), [0, 'n']),
    'Expected a shape without 0 or without a symbol, got [0, n]',
  ],
  'no permutation': [() => transpose(x, [0, 0]), 'Expected a permutation of the axes of [2, 3], got 0, 0'],
  'an expansion to a smaller shape': [
    () => expandLike(x, input('y', [1, 3])),
    'Expected a shape that broadcasts to [1, 3], got [2, 3]',
  ],
  'a concatenation that does not fit': [
    () => concat([x, input('y', [2, 4])], 0),
    'Expected shapes equal but for axis 0, got [2, 3], [2, 4]',
  ],
  'a concatenation of nothing': [() => concat([], 0), 'Expected at least one tensor to concatenate, got none'],
  'a slice too long': [() => slice(x, 1, 1, 4), 'Expected a slice within 0 to 3, got 1 to 4'],
  'a slice backwards': [() => slice(x, 1, 2, 1), 'Expected a slice within 0 to 3, got 2 to 1'],
  'a slice of an unknown size': [() => slice(batch, 0, 0, 1), 'Expected a known size at axis 0 of [n, 3]'],
  'negative padding': [() => pad(x, 0, -1, 0), 'Expected padding of at least 0, got -1 and 0'],
  'float indices': [() => gather(x, input('i', [2])), 'Expected int as input 1 of gather, got float'],
  'rows of a scalar': [() => gather(input('y', []), indices), 'Expected an axis of [], got 0'],
  'updates unlike indices': [
    () => scatterAdd(indices, x, 5),
    'Expected indices [k] and updates [k, ...], got [4], [2, 3]',
  ],
  'arithmetic with indices': [() => add(indices, 1), 'Expected float as input 0 of add, got int'],
  'too few values': [() => constant([1, 2, 3], [2, 2]), 'Expected 4 values for [2, 2], got 3'],
  'a lost state': [() => loop(2, [x], () => ({ state: [] })), 'Expected 1 states, got 0'],
  'a state that changes shape': [
    () => loop(2, [x], (_, [s]) => ({ state: [sum(s!)] })),
    'Expected state 0 to stay float [2, 3], got float []',
  ],
  'a state that changes type': [
    () => loop(2, [indices], () => ({ state: [constant([0, 0, 0, 0])] })),
    'Expected state 0 to stay int [4], got float [4]',
  ],
  'a negative number of trips': [
    () => loop(-1, [x], (_, state) => ({ state })),
    'Expected a whole number of trips of at least 0, got -1',
  ],
  'a gradient through indices of rank 2': [
    () => gradients(sum(gather(x, input('i', [2, 2], 'int'))), [x]),
    'A gradient through gather needs data of known size and indices [k], got [2, 3], [2, 2]',
  ],
};

describe('a mistake is thrown when it is built:', () => {
  test.each(Object.entries(mistakes))('%s', (_, [build, sentence]) => {
    expect(build).toThrow(new ShapeError(sentence));
  });
});

const weight = variable('w', [2]);

const graphs: Readonly<Record<string, readonly [build: () => Parameters<typeof emitModel>[0], sentence: string]>> = {
  'two inputs of one name': [
    () => ({ outputs: { y: add(sum(x), sum(input('x', [3]))) } }),
    'Expected one tensor of the name x, got two that differ',
  ],
  'an input and a variable of one name': [
    () => ({ outputs: { y: add(input('w', [2]), weight) } }),
    'Expected one tensor of the name w, got two that differ',
  ],
  'an output named as an input': [
    () => ({ outputs: { x: add(x, 1) } }),
    'Expected outputs named unlike inputs and variables, got x as both',
  ],
  'a name of the emitter': [
    () => ({ outputs: { '/1': x } }),
    'Expected a name that is not empty and does not begin with a slash, got "/1"',
  ],
  'an update of another shape': [
    () => ({ outputs: {}, updates: [{ variable: weight, next: sum(weight) }] }),
    'Expected the update of variable w to be float [2], got float []',
  ],
  'two updates of a variable': [
    () => ({
      outputs: {},
      updates: [
        { variable: weight, next: add(weight, 1) },
        { variable: weight, next: add(weight, 2) },
      ],
    }),
    'Expected one update of variable w, got two',
  ],
  'a tensor of a loop used outside': [
    () => {
      let inside: Tensor = x;
      loop(2, [x], (_, [s]) => {
        inside = multiply(s!, 2);
        return { state: [s!] };
      });
      return { outputs: { y: inside } };
    },
    "Expected what a loop's body computes to leave it as state or collected, got it used outside",
  ],
  'a tensor of one loop used in another': [
    () => {
      let inside: Tensor = x;
      const first = loop(2, [x], (_, [s]) => {
        inside = multiply(s!, 2);
        return { state: [inside] };
      });
      const second = loop(2, first.state, (_, [s]) => ({ state: [add(s!, inside)] }));
      return { outputs: { y: second.state[0]! } };
    },
    "Expected what a loop's body computes to leave it as state or collected, got it used outside",
  ],
};

describe('a mistake is thrown when a graph is compiled:', () => {
  test.each(Object.entries(graphs))('%s', (_, [graph, sentence]) => {
    expect(() => emitModel(graph())).toThrow(new ShapeError(sentence));
  });
});
