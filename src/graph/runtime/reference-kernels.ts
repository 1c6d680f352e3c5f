import { broadcastShapes } from '../shape.ts';
import type { Kernels } from '../interpret.ts';
import type { OpAttributes, Reduction } from '../tensor.ts';

/** Row-major float64; indices are whole numbers. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((total, dim) => total * dim, 1);
}

export function zeros(shape: readonly number[]): NdArray {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = stride;
    stride *= shape[axis]!;
  }
  return result;
}

/** Calls `visit` with each flat position of `shape` and the position `steps` lead to. */
function walk(shape: readonly number[], steps: readonly number[], visit: (flat: number, other: number) => void): void {
  const size = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  let other = 0;
  for (let flat = 0; flat < size; flat++) {
    visit(flat, other);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      other += steps[axis]!;
      if (index[axis]! < shape[axis]!) break;
      other -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** Steps through `from` while walking `to`, which `from` broadcasts to. */
function broadcastSteps(from: readonly number[], to: readonly number[]): number[] {
  const own = strides(from);
  const lead = to.length - from.length;
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : own[axis - lead]!));
}

function broadcastTo(x: NdArray, shape: readonly number[]): NdArray {
  const result = zeros(shape);
  walk(shape, broadcastSteps(x.shape, shape), (flat, other) => {
    result.data[flat] = x.data[other]!;
  });
  return result;
}

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly NdArray[]): NdArray => ({ shape: x!.shape, data: x!.data.map(f) });

const binary =
  (f: (a: number, b: number) => number) =>
  ([a, b]: readonly NdArray[]): NdArray => {
    const shape = broadcastShapes(a!.shape, b!.shape) as readonly number[];
    const left = broadcastTo(a!, shape);
    const right = broadcastTo(b!, shape);
    return { shape, data: left.data.map((value, index) => f(value, right.data[index]!)) };
  };

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function permuted(x: NdArray, permutation: readonly number[]): NdArray {
  const own = strides(x.shape);
  const result = zeros(permutation.map((axis) => x.shape[axis]!));
  walk(
    result.shape,
    permutation.map((axis) => own[axis]!),
    (flat, other) => {
      result.data[flat] = x.data[other]!;
    },
  );
  return result;
}

function swapped(x: NdArray, transposed: boolean): NdArray {
  if (!transposed) return x;
  const rank = x.shape.length;
  return permuted(x, [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
}

function multiplied([left, right]: readonly NdArray[], { transposeA, transposeB }: OpAttributes['matMul']): NdArray {
  const a = swapped(left!, transposeA);
  const b = swapped(right!, transposeB);
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape[b.shape.length - 1]!;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)) as readonly number[];
  const fullA = broadcastTo(a, [...batch, rows, inner]);
  const fullB = broadcastTo(b, [...batch, inner, columns]);
  const result = zeros([...batch, rows, columns]);
  for (let index = 0; index < sizeOf(batch); index++) {
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < inner; k++) {
        const value = fullA.data[(index * rows + row) * inner + k]!;
        for (let column = 0; column < columns; column++) {
          result.data[(index * rows + row) * columns + column]! +=
            value * fullB.data[(index * inner + k) * columns + column]!;
        }
      }
    }
  }
  return result;
}

const reduced =
  (initial: number, f: (total: number, value: number) => number) =>
  ([x]: readonly NdArray[], { axes, keepDims }: Reduction): NdArray => {
    const kept = x!.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const result = zeros(kept);
    result.data.fill(initial);
    walk(x!.shape, broadcastSteps(kept, x!.shape), (flat, other) => {
      result.data[other] = f(result.data[other]!, x!.data[flat]!);
    });
    return keepDims ? result : { shape: x!.shape.filter((_, axis) => !axes.includes(axis)), data: result.data };
  };

/** The array as [outer, size of the axis, inner]. */
function aroundAxis(shape: readonly number[], axis: number): { outer: number; size: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), size: shape[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}

function argMaximum([x]: readonly NdArray[], { axis }: OpAttributes['argMax']): NdArray {
  const { outer, size, inner } = aroundAxis(x!.shape, axis);
  const result = zeros(x!.shape.filter((_, index) => index !== axis));
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      let best = 0;
      for (let k = 1; k < size; k++) {
        if (x!.data[(i * size + k) * inner + j]! > x!.data[(i * size + best) * inner + j]!) best = k;
      }
      result.data[i * inner + j] = best;
    }
  }
  return result;
}

function softmaxed([x]: readonly NdArray[]): NdArray {
  const size = x!.shape[x!.shape.length - 1]!;
  const data = x!.data.slice();
  for (let start = 0; start < data.length; start += size) {
    const row = data.subarray(start, start + size);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    let total = 0;
    row.forEach((value, index) => (total += row[index] = Math.exp(value - largest)));
    row.forEach((value, index) => (row[index] = value / total));
  }
  return { shape: x!.shape, data };
}

/** Copies a block along an axis: `count` places of `source` from `from` to `target` at `to`. */
function copyAlong(source: NdArray, target: NdArray, axis: number, from: number, to: number, count: number): void {
  const { outer, size, inner } = aroundAxis(source.shape, axis);
  const targetSize = target.shape[axis]!;
  for (let i = 0; i < outer; i++) {
    const block = source.data.subarray((i * size + from) * inner, (i * size + from + count) * inner);
    target.data.set(block, (i * targetSize + to) * inner);
  }
}

function resized(shape: readonly number[], axis: number, size: number): NdArray {
  return zeros(shape.map((dim, index) => (index === axis ? size : dim)));
}

function concatenated(arrays: readonly NdArray[], { axis }: OpAttributes['concat']): NdArray {
  const total = arrays.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const result = resized(arrays[0]!.shape, axis, total);
  let start = 0;
  for (const array of arrays) {
    copyAlong(array, result, axis, 0, start, array.shape[axis]!);
    start += array.shape[axis]!;
  }
  return result;
}

function gathered([data, indices]: readonly NdArray[]): NdArray {
  const row = sizeOf(data!.shape.slice(1));
  const result = zeros([...indices!.shape, ...data!.shape.slice(1)]);
  indices!.data.forEach((index, place) => {
    if (index < 0 || index >= data!.shape[0]!) throw new Error(`Index ${index} is outside 0 to ${data!.shape[0]! - 1}`);
    result.data.set(data!.data.subarray(index * row, (index + 1) * row), place * row);
  });
  return result;
}

function scattered([indices, updates]: readonly NdArray[], { rows }: OpAttributes['scatterAdd']): NdArray {
  const row = sizeOf(updates!.shape.slice(1));
  const result = zeros([rows, ...updates!.shape.slice(1)]);
  indices!.data.forEach((index, place) => {
    if (index < 0 || index >= rows) throw new Error(`Index ${index} is outside 0 to ${rows - 1}`);
    for (let k = 0; k < row; k++) result.data[index * row + k]! += updates!.data[place * row + k]!;
  });
  return result;
}

/** A shape whose one symbolic size follows from the number of elements. */
export function resolveShape(shape: OpAttributes['reshape']['shape'], size: number): readonly number[] {
  const known = shape.reduce<number>((total, dim) => (typeof dim === 'number' ? total * dim : total), 1);
  return shape.map((dim) => (typeof dim === 'number' ? dim : known === 0 ? 0 : size / known));
}

export const referenceKernels: Kernels<NdArray> = {
  abs: unary(Math.abs),
  cos: unary(Math.cos),
  exp: unary(Math.exp),
  log: unary(Math.log),
  negate: unary((x) => -x),
  relu: unary((x) => Math.max(x, 0)),
  round: unary(roundHalfEven),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  silu: unary((x) => x / (1 + Math.exp(-x))),
  sign: unary(Math.sign),
  sin: unary(Math.sin),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
  add: binary((a, b) => a + b),
  divide: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  multiply: binary((a, b) => a * b),
  subtract: binary((a, b) => a - b),
  matMul: multiplied,
  sum: reduced(0, (total, value) => total + value),
  max: reduced(-Infinity, Math.max),
  argMax: argMaximum,
  softmax: softmaxed,
  reshape: ([x], { shape }) => ({ shape: resolveShape(shape, x!.data.length), data: x!.data }),
  transpose: ([x], { permutation }) => permuted(x!, permutation),
  expandLike: ([x, like]) => broadcastTo(x!, like!.shape),
  concat: concatenated,
  slice: ([x], { axis, start, end }) => {
    const result = resized(x!.shape, axis, end - start);
    copyAlong(x!, result, axis, start, 0, end - start);
    return result;
  },
  pad: ([x], { axis, before, after }) => {
    const size = x!.shape[axis]!;
    const result = resized(x!.shape, axis, before + size + after);
    copyAlong(x!, result, axis, 0, before, size);
    return result;
  },
  gather: gathered,
  scatterAdd: scattered,
  toFloat: ([x]) => x!,
};
