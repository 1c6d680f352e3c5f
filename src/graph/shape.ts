import type { Dim, DType, OpAttributes, OpName, Reduction, Shape, Tensor } from './tensor.ts';

/** A mistake in building a graph: a programmer's error, not a user's. */
export class ShapeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShapeError';
  }
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The shape that both broadcast to (NumPy's rule); a symbolic size only meets itself or 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new ShapeError(`Expected shapes that broadcast, got ${formatShape(a)} and ${formatShape(b)}`);
  });
}

/** The axes of `shape` along which a tensor of shape `from` is repeated when it is broadcast to `shape`. */
export function broadcastAxes(from: Shape, shape: Shape): readonly number[] {
  const lead = shape.length - from.length;
  return shape.flatMap((dim, axis) => (axis < lead || (from[axis - lead] === 1 && dim !== 1) ? [axis] : []));
}

function elementwise(shapes: readonly Shape[]): Shape {
  return shapes.reduce(broadcastShapes);
}

function unary([shape]: readonly Shape[]): Shape {
  return shape!;
}

function checkAxis(axis: number, shape: Shape): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new ShapeError(`Expected an axis of ${formatShape(shape)}, got ${axis}`);
  }
}

function reduced([shape]: readonly Shape[], { axes, keepDims }: Reduction): Shape {
  for (const axis of axes) checkAxis(axis, shape!);
  if (new Set(axes).size !== axes.length) throw new ShapeError(`Expected distinct axes, got ${axes.join(', ')}`);
  return shape!.flatMap((dim, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [dim]));
}

/** A reduction that needs at least one value. */
function largest(shapes: readonly Shape[], reduction: Reduction): Shape {
  const shape = reduced(shapes, reduction);
  if (reduction.axes.some((axis) => shapes[0]![axis] === 0)) {
    throw new ShapeError(
      `Expected at least one value along axes ${reduction.axes.join(', ')} of ${formatShape(shapes[0]!)}`,
    );
  }
  return shape;
}

function product(shape: Shape): { readonly size: number; readonly symbols: string } {
  const symbols = shape.filter((dim) => typeof dim === 'string').sort();
  const size = shape.reduce<number>((total, dim) => (typeof dim === 'number' ? total * dim : total), 1);
  return { size, symbols: symbols.join(',') };
}

function reshaped([from]: readonly Shape[], { shape }: OpAttributes['reshape']): Shape {
  const before = product(from!);
  const after = product(shape);
  if (after.size === 0 && after.symbols !== '') {
    throw new ShapeError(`Expected a shape without 0 or without a symbol, got ${formatShape(shape)}`);
  }
  if (before.size !== after.size || before.symbols !== after.symbols || after.symbols.includes(',')) {
    throw new ShapeError(`Expected a shape with as many elements as ${formatShape(from!)}, got ${formatShape(shape)}`);
  }
  return shape;
}

function fixedDim(shape: Shape, axis: number): number {
  checkAxis(axis, shape);
  const dim = shape[axis]!;
  if (typeof dim === 'string') throw new ShapeError(`Expected a known size at axis ${axis} of ${formatShape(shape)}`);
  return dim;
}

function withDim(shape: Shape, axis: number, dim: Dim): Shape {
  return shape.map((old, index) => (index === axis ? dim : old));
}

function matMulShape([a, b]: readonly Shape[], { transposeA, transposeB }: OpAttributes['matMul']): Shape {
  if (a!.length < 2 || b!.length < 2) {
    throw new ShapeError(`Expected matrices, got ${formatShape(a!)} and ${formatShape(b!)}`);
  }
  const [rows, innerA] = lastTwo(a!, transposeA);
  const [innerB, columns] = lastTwo(b!, transposeB);
  if (innerA !== innerB) {
    throw new ShapeError(`Expected equal inner sizes, got ${formatShape(a!)} and ${formatShape(b!)}`);
  }
  return [...broadcastShapes(a!.slice(0, -2), b!.slice(0, -2)), rows, columns];
}

function lastTwo(shape: Shape, transposed: boolean): readonly [Dim, Dim] {
  const [rows, columns] = [shape[shape.length - 2]!, shape[shape.length - 1]!];
  return transposed ? [columns, rows] : [rows, columns];
}

function concatenated(shapes: readonly Shape[], { axis }: OpAttributes['concat']): Shape {
  const [first] = shapes;
  if (first === undefined) throw new ShapeError('Expected at least one tensor to concatenate, got none');
  const total = shapes.reduce((sum, shape) => sum + fixedDim(shape, axis), 0);
  for (const shape of shapes) {
    if (!sameShape(withDim(shape, axis, 0), withDim(first, axis, 0))) {
      throw new ShapeError(`Expected shapes equal but for axis ${axis}, got ${shapes.map(formatShape).join(', ')}`);
    }
  }
  return withDim(first, axis, total);
}

type ShapeRule<Op extends OpName> = (shapes: readonly Shape[], attributes: OpAttributes[Op]) => Shape;

export const shapeRules: { readonly [Op in OpName]: ShapeRule<Op> } = {
  abs: unary,
  cos: unary,
  exp: unary,
  log: unary,
  negate: unary,
  relu: unary,
  round: unary,
  sigmoid: unary,
  silu: unary,
  sign: unary,
  sin: unary,
  sqrt: unary,
  tanh: unary,
  add: elementwise,
  divide: elementwise,
  maximum: elementwise,
  minimum: elementwise,
  multiply: elementwise,
  subtract: elementwise,
  matMul: matMulShape,
  sum: reduced,
  max: largest,
  argMax: (shapes, { axis }) => largest(shapes, { axes: [axis], keepDims: false }),
  softmax: ([shape]) => {
    fixedDim(shape!, shape!.length - 1);
    return shape!;
  },
  reshape: reshaped,
  transpose: ([shape], { permutation }) => {
    if (permutation.length !== shape!.length || !shape!.every((_, axis) => permutation.includes(axis))) {
      throw new ShapeError(
        `Expected a permutation of the axes of ${formatShape(shape!)}, got ${permutation.join(', ')}`,
      );
    }
    return permutation.map((axis) => shape![axis]!);
  },
  expandLike: ([shape, like]) => {
    if (!sameShape(broadcastShapes(shape!, like!), like!)) {
      throw new ShapeError(`Expected a shape that broadcasts to ${formatShape(like!)}, got ${formatShape(shape!)}`);
    }
    return like!;
  },
  concat: concatenated,
  slice: ([shape], { axis, start, end }) => {
    const size = fixedDim(shape!, axis);
    if (start < 0 || end < start || end > size) {
      throw new ShapeError(`Expected a slice within 0 to ${size}, got ${start} to ${end}`);
    }
    return withDim(shape!, axis, end - start);
  },
  pad: ([shape], { axis, before, after }) => {
    if (before < 0 || after < 0) throw new ShapeError(`Expected padding of at least 0, got ${before} and ${after}`);
    return withDim(shape!, axis, fixedDim(shape!, axis) + before + after);
  },
  gather: ([data, indices]) => {
    checkAxis(0, data!);
    return [...indices!, ...data!.slice(1)];
  },
  scatterAdd: ([indices, updates], { rows }) => {
    if (indices!.length !== 1 || updates![0] !== indices![0]) {
      throw new ShapeError(
        `Expected indices [k] and updates [k, ...], got ${formatShape(indices!)}, ${formatShape(updates!)}`,
      );
    }
    return [rows, ...updates!.slice(1)];
  },
  toFloat: unary,
};

/** Input types where not all are 'float'; 'any' is handed on to the output. */
const inputTypes: { readonly [Op in OpName]?: readonly (DType | 'any')[] } = {
  gather: ['any', 'int'],
  reshape: ['any'],
  scatterAdd: ['int', 'float'],
  toFloat: ['int'],
};

/** Checks the types of an op's inputs and returns its output's. */
export function checkTypes(op: OpName, inputs: readonly Tensor[]): DType {
  const types = inputTypes[op];
  inputs.forEach((input, index) => {
    const expected = types?.[index] ?? 'float';
    if (expected !== 'any' && input.dtype !== expected) {
      throw new ShapeError(`Expected ${expected} as input ${index} of ${op}, got ${input.dtype}`);
    }
  });
  if (op === 'argMax') return 'int';
  return types?.[0] === 'any' ? inputs[0]!.dtype : 'float';
}
