import { randomStream, type RandomStream } from '../../src/base/index.ts';
import {
  abs,
  add,
  argMax,
  concat,
  cos,
  divide,
  exp,
  expandLike,
  gather,
  input,
  log,
  matMul,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  pad,
  relu,
  reshape,
  round,
  scatterAdd,
  sigmoid,
  silu,
  sign,
  sin,
  slice,
  softmax,
  sqrt,
  subtract,
  sum,
  tanh,
  toFloat,
  transpose,
  type InputTensor,
  type NamedValues,
  type Shape,
  type Tensor,
} from '../../src/graph/index.ts';
import type { OpName } from '../../src/graph/tensor.ts';

export const sizeOf = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);

/** Fills `count` numbers of one operand. */
type Draw = (random: RandomStream, count: number) => number[];

const each =
  (draw: (random: RandomStream) => number): Draw =>
  (random, count) =>
    Array.from({ length: count }, () => draw(random));

export const normal: Draw = each((random) => random.normal());
export const positive: Draw = each((random) => 0.2 + 2 * random.uniform());
/** Away from 0 on either side. */
export const nonzero: Draw = each((random) => (random.uniform() < 0.5 ? -1 : 1) * (0.2 + 2 * random.uniform()));
/** Away from the halves where rounding jumps. */
const nearWhole: Draw = each((random) => random.integer(9) - 4 + 0.6 * (random.uniform() - 0.5));
const halves: Draw = each((random) => random.integer(17) / 2 - 4);
/** Numbers of two such grids never tie. */
export const evenTenths: Draw = each((random) => 0.2 * (random.integer(21) - 10));
export const oddTenths: Draw = each((random) => 0.2 * (random.integer(21) - 10) + 0.1);
export const distinct: Draw = (random, count) => Array.from(random.permutation(count), (rank) => 0.3 * rank - 0.7);

export interface CaseOperand {
  readonly shape: readonly number[];
  /** Shape with names for sizes, where it differs. */
  readonly declared: Shape;
  readonly draw: Draw;
  readonly dtype: 'float' | 'int';
}

export function float(shape: readonly number[], draw: Draw = normal, declared: Shape = shape): CaseOperand {
  return { shape, declared, draw, dtype: 'float' };
}

export function index(shape: readonly number[], below: number, declared: Shape = shape): CaseOperand {
  return { shape, declared, draw: each((random) => random.integer(below)), dtype: 'int' };
}

export interface Case {
  readonly operands: readonly CaseOperand[];
  readonly build: (...tensors: readonly Tensor[]) => Tensor;
}

export interface BuiltCase {
  readonly inputs: readonly InputTensor[];
  readonly output: Tensor;
  readonly values: NamedValues;
}

/** The case's graph and its values, representable in float32. */
export function built({ operands, build }: Case, seed: string): BuiltCase {
  const random = randomStream(0).split(seed);
  const inputs = operands.map(({ declared, dtype }, place) => input(`x${place}`, declared, dtype));
  const values = operands.map(({ shape, draw, dtype }, place) => {
    const drawn = draw(random.split(place), sizeOf(shape));
    return [`x${place}`, { shape, data: dtype === 'int' ? Int32Array.from(drawn) : Float32Array.from(drawn) }] as const;
  });
  return { inputs, output: build(...inputs), values: Object.fromEntries(values) };
}

const unary = (f: (x: Tensor) => Tensor, draw: Draw = normal): Case[] => [
  { operands: [float([2, 3], draw)], build: (x) => f(x) },
  { operands: [float([], draw)], build: (x) => f(x) },
  { operands: [float([1], draw)], build: (x) => f(x) },
  { operands: [float([0, 3], draw)], build: (x) => f(x) },
  { operands: [float([5, 2], draw, ['n', 2])], build: (x) => f(x) },
];

const binary = (f: (a: Tensor, b: Tensor) => Tensor, left: Draw = normal, right: Draw = normal): Case[] => {
  const build: Case['build'] = (a, b) => f(a, b);
  return [
    { operands: [float([2, 3], left), float([2, 3], right)], build },
    { operands: [float([2, 3], left), float([3], right)], build },
    { operands: [float([], left), float([2, 3], right)], build },
    { operands: [float([2, 1, 3], left), float([4, 1], right)], build },
    { operands: [float([1], left), float([1], right)], build },
    { operands: [float([], left), float([], right)], build },
    { operands: [float([0, 3], left), float([1, 3], right)], build },
    { operands: [float([2, 0], left), float([2, 1], right)], build },
    { operands: [float([4, 2], left, ['n', 2]), float([2], right)], build },
    { operands: [float([1, 2], left), float([4, 2], right, ['n', 2])], build },
  ];
};

const reduction = (
  f: (x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor,
  draw: Draw,
  empty: readonly Case[],
): Case[] => [
  { operands: [float([2, 3, 2], draw)], build: (x) => f(x, [0, 1, 2], false) },
  { operands: [float([2, 3, 2], draw)], build: (x) => f(x, [1], false) },
  { operands: [float([2, 3, 2], draw)], build: (x) => f(x, [2, 0], true) },
  { operands: [float([2, 3], draw)], build: (x) => f(x, [], false) },
  { operands: [float([], draw)], build: (x) => f(x, [], false) },
  { operands: [float([1], draw)], build: (x) => f(x, [0], false) },
  { operands: [float([0, 3], draw)], build: (x) => f(x, [1], false) },
  { operands: [float([4, 3], draw, ['n', 3])], build: (x) => f(x, [1], true) },
  { operands: [float([4, 3], draw, ['n', 3])], build: (x) => f(x, [0], false) },
  { operands: [float([4, 3], draw, ['n', 3])], build: (x) => f(x, [0, 1], false) },
  ...empty,
];

function matMulCases(): Case[] {
  const flags = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));
  const turned = (shape: readonly number[], transposed: boolean): number[] =>
    transposed ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : [...shape];
  // prettier-ignore
  const pairs: (readonly [readonly number[], readonly number[]])[] = [
    [[2, 3], [3, 4]],
    [[5, 2, 3], [5, 3, 4]],
    [[5, 2, 3], [3, 4]],
    [[2, 3], [5, 3, 4]],
    [[2, 1, 2, 3], [3, 3, 2]],
    [[1, 1], [1, 1]],
    [[2, 0], [0, 4]],
    [[0, 3], [3, 4]],
    [[0, 2, 3], [3, 4]],
    [[2, 3], [0, 3, 4]],
    [[0, 2, 3], [1, 3, 4]],
    [[1, 2, 3], [0, 3, 4]],
  ];
  const fixed = pairs.flatMap(([a, b]) =>
    flags.map((options): Case => ({
      operands: [float(turned(a, options.transposeA)), float(turned(b, options.transposeB))],
      build: (left, right) => matMul(left, right, options),
    })),
  );
  return [
    ...fixed,
    { operands: [float([4, 3], normal, ['n', 3]), float([3, 2])], build: (a, b) => matMul(a, b) },
    {
      operands: [float([4, 3], normal, ['n', 3]), float([4, 2], normal, ['n', 2])],
      build: (a, b) => matMul(a, b, { transposeA: true }),
    },
    {
      operands: [float([0, 3, 2], normal, ['n', 3, 2]), float([3, 4])],
      build: (a, b) => matMul(a, b, { transposeA: true }),
    },
    { operands: [float([3, 2, 2]), float([4, 1, 2, 3], normal, ['n', 1, 2, 3])], build: (a, b) => matMul(a, b) },
    { operands: [float([4, 2, 3], normal, ['n', 2, 3]), float([3, 2])], build: (a, b) => matMul(a, b) },
  ];
}

/** Cases of every op: a new op without one does not compile. */
export const cases: { readonly [Op in OpName]: readonly Case[] } = {
  abs: unary(abs, nonzero),
  cos: unary(cos),
  exp: unary(exp),
  log: unary(log, positive),
  negate: unary(negate),
  relu: unary(relu, nonzero),
  round: unary(round, nearWhole),
  sigmoid: unary(sigmoid),
  silu: unary(silu),
  sign: unary(sign, nonzero),
  sin: unary(sin),
  sqrt: unary(sqrt, positive),
  tanh: unary(tanh),
  add: binary(add),
  divide: binary(divide, normal, nonzero),
  maximum: binary(maximum, evenTenths, oddTenths),
  minimum: binary(minimum, evenTenths, oddTenths),
  multiply: binary(multiply),
  subtract: binary(subtract),
  matMul: matMulCases(),
  sum: reduction(sum, normal, [
    { operands: [float([0, 3])], build: (x) => sum(x, [0]) },
    { operands: [float([0, 3], normal, ['n', 3])], build: (x) => sum(x, [0]) },
  ]),
  max: reduction(max, distinct, []),
  argMax: [
    { operands: [float([2, 3], distinct)], build: (x) => toFloat(argMax(x, 1)) },
    { operands: [float([2, 3, 2], distinct)], build: (x) => toFloat(argMax(x, 0)) },
    { operands: [float([1], distinct)], build: (x) => toFloat(argMax(x, 0)) },
    { operands: [float([0, 3], distinct)], build: (x) => toFloat(argMax(x, 1)) },
    { operands: [float([4, 3], distinct, ['n', 3])], build: (x) => toFloat(argMax(x, 1)) },
  ],
  softmax: [
    { operands: [float([2, 3])], build: (x) => softmax(x) },
    { operands: [float([3])], build: (x) => softmax(x) },
    { operands: [float([2, 1])], build: (x) => softmax(x) },
    { operands: [float([2, 2, 3])], build: (x) => softmax(x) },
    { operands: [float([0, 3])], build: (x) => softmax(x) },
    { operands: [float([4, 3], normal, ['n', 3])], build: (x) => softmax(x) },
  ],
  reshape: [
    { operands: [float([2, 6])], build: (x) => reshape(x, [3, 4]) },
    { operands: [float([1])], build: (x) => reshape(x, []) },
    { operands: [float([])], build: (x) => reshape(x, [1, 1]) },
    { operands: [float([0, 3])], build: (x) => reshape(x, [2, 0]) },
    { operands: [float([4, 6], normal, ['n', 6])], build: (x) => reshape(x, ['n', 2, 3]) },
    { operands: [float([0, 6], normal, ['n', 6])], build: (x) => reshape(x, [2, 'n', 3]) },
  ],
  transpose: [
    { operands: [float([2, 3])], build: (x) => transpose(x, [1, 0]) },
    { operands: [float([2, 3, 4])], build: (x) => transpose(x, [2, 0, 1]) },
    { operands: [float([])], build: (x) => transpose(x, []) },
    { operands: [float([0, 3])], build: (x) => transpose(x, [1, 0]) },
    { operands: [float([4, 3], normal, ['n', 3])], build: (x) => transpose(x, [1, 0]) },
  ],
  expandLike: [
    { operands: [float([3]), float([2, 3])], build: (x, like) => expandLike(x, like) },
    { operands: [float([]), float([2, 3])], build: (x, like) => expandLike(x, like) },
    { operands: [float([2, 1]), float([4, 2, 3])], build: (x, like) => expandLike(x, like) },
    { operands: [float([1]), float([1, 1])], build: (x, like) => expandLike(x, like) },
    { operands: [float([1, 3]), float([0, 3])], build: (x, like) => expandLike(x, like) },
    { operands: [float([3]), float([4, 3], normal, ['n', 3])], build: (x, like) => expandLike(x, like) },
  ],
  concat: [
    { operands: [float([2, 3]), float([1, 3])], build: (a, b) => concat([a, b], 0) },
    { operands: [float([2, 3]), float([2, 1]), float([2, 2])], build: (a, b, c) => concat([a, b, c], 1) },
    { operands: [float([2, 3])], build: (a) => concat([a], 0) },
    { operands: [float([2, 3])], build: (a) => concat([a, a], 1) },
    { operands: [float([0, 3]), float([2, 3])], build: (a, b) => concat([a, b], 0) },
    { operands: [float([0, 3]), float([0, 2])], build: (a, b) => concat([a, b], 1) },
    {
      operands: [float([4, 3], normal, ['n', 3]), float([4, 2], normal, ['n', 2])],
      build: (a, b) => concat([a, b], 1),
    },
  ],
  slice: [
    { operands: [float([4, 3])], build: (x) => slice(x, 0, 1, 3) },
    { operands: [float([2, 3, 4])], build: (x) => slice(x, 1, 2, 3) },
    { operands: [float([4])], build: (x) => slice(x, 0, 0, 4) },
    { operands: [float([4, 3])], build: (x) => slice(x, 1, 2, 2) },
    { operands: [float([0, 3])], build: (x) => slice(x, 1, 1, 3) },
    { operands: [float([4, 3], normal, ['n', 3])], build: (x) => slice(x, 1, 0, 2) },
  ],
  pad: [
    { operands: [float([2, 3])], build: (x) => pad(x, 0, 1, 2) },
    { operands: [float([2, 3, 2])], build: (x) => pad(x, 1, 2, 0) },
    { operands: [float([1])], build: (x) => pad(x, 0, 0, 0) },
    { operands: [float([2, 0])], build: (x) => pad(x, 1, 1, 2) },
    { operands: [float([0, 3])], build: (x) => pad(x, 1, 1, 0) },
    { operands: [float([4, 3], normal, ['n', 3])], build: (x) => pad(x, 1, 1, 1) },
  ],
  gather: [
    { operands: [float([4, 3]), index([6], 4)], build: (x, i) => gather(x, i) },
    { operands: [float([4]), index([3], 4)], build: (x, i) => gather(x, i) },
    { operands: [float([4, 2, 3]), index([1], 4)], build: (x, i) => gather(x, i) },
    { operands: [float([4, 3]), index([0], 4)], build: (x, i) => gather(x, i) },
    { operands: [float([4, 3]), index([5], 4, ['n'])], build: (x, i) => gather(x, i) },
  ],
  scatterAdd: [
    { operands: [index([6], 4), float([6, 3])], build: (i, x) => scatterAdd(i, x, 4) },
    { operands: [index([6], 3), float([6])], build: (i, x) => scatterAdd(i, x, 3) },
    { operands: [index([3], 5), float([3, 2, 2])], build: (i, x) => scatterAdd(i, x, 5) },
    { operands: [index([1], 1), float([1, 1])], build: (i, x) => scatterAdd(i, x, 1) },
    { operands: [index([0], 4), float([0, 3])], build: (i, x) => scatterAdd(i, x, 4) },
    { operands: [index([5], 4, ['n']), float([5, 3], normal, ['n', 3])], build: (i, x) => scatterAdd(i, x, 4) },
  ],
  toFloat: [
    { operands: [index([2, 3], 9), float([3])], build: (i, x) => multiply(toFloat(i), x) },
    { operands: [index([], 9), float([])], build: (i, x) => multiply(toFloat(i), x) },
    { operands: [index([0], 9), float([1])], build: (i, x) => multiply(toFloat(i), x) },
  ],
};

/** What is held between runtimes but has no gradient to check: ties, indices of rank other than 1. */
export const valueCases: readonly Case[] = [
  { operands: [float([3, 4], halves)], build: (x) => round(x) },
  { operands: [float([3, 4], halves), float([3, 4], halves)], build: (a, b) => maximum(a, b) },
  { operands: [float([3, 8], halves)], build: (x) => toFloat(argMax(x, 1)) },
  { operands: [float([3, 8], halves)], build: (x) => sign(x) },
  { operands: [float([4, 3]), index([], 4)], build: (x, i) => gather(x, i) },
  { operands: [float([4, 3]), index([2, 3], 4)], build: (x, i) => gather(x, i) },
  { operands: [index([4, 3], 9), index([2, 3], 4)], build: (x, i) => toFloat(gather(x, i)) },
  { operands: [float([0, 3]), index([0], 1)], build: (x, i) => gather(x, i) },
  { operands: [float([2, 6])], build: (x) => exp(multiply(x, 30)) },
  { operands: [float([2, 6])], build: (x) => sigmoid(multiply(x, 60)) },
  { operands: [float([2, 6])], build: (x) => tanh(multiply(x, 60)) },
  { operands: [float([2, 6])], build: (x) => softmax(multiply(x, 100)) },
];
