import { checkTypes, formatShape, sameShape, ShapeError, shapeRules } from './shape.ts';
import type {
  AnyOpTensor,
  ConstantTensor,
  DType,
  InputTensor,
  Loop,
  LoopOutputTensor,
  NoAttributes,
  OpAttributes,
  OpName,
  PlaceholderTensor,
  Shape,
  Tensor,
  VariableTensor,
} from './tensor.ts';

const none: NoAttributes = {};

function apply<Op extends OpName>(op: Op, inputs: readonly Tensor[], attributes: OpAttributes[Op]): Tensor {
  const dtype = checkTypes(op, inputs);
  const shape = shapeRules[op](
    inputs.map((input) => input.shape),
    attributes,
  );
  // The generic parameter ties op and attributes together; the union cannot see it.
  return { kind: 'op', op, inputs, attributes, shape, dtype } as unknown as AnyOpTensor;
}

/** A tensor, or a number that stands for a constant scalar. */
export type Operand = Tensor | number;

export function asTensor(operand: Operand): Tensor {
  return typeof operand === 'number' ? scalar(operand) : operand;
}

export function input(name: string, shape: Shape, dtype: DType = 'float'): InputTensor {
  return { kind: 'input', name, shape, dtype };
}

export function variable(name: string, shape: Shape, dtype: DType = 'float'): VariableTensor {
  return { kind: 'variable', name, shape, dtype };
}

/** A constant of the given shape; `values` in row-major order. */
export function constant(
  values: Float64Array | Float32Array | readonly number[],
  shape: readonly number[] = [values.length],
  dtype: DType = 'float',
): ConstantTensor {
  const size = shape.reduce((total, dim) => total * dim, 1);
  if (values.length !== size)
    throw new ShapeError(`Expected ${size} values for ${formatShape(shape)}, got ${values.length}`);
  const kept = values instanceof Float64Array || values instanceof Float32Array ? values : Float64Array.from(values);
  return { kind: 'constant', values: kept, shape, dtype };
}

export function scalar(value: number): ConstantTensor {
  return constant([value], []);
}

export const abs = (x: Tensor): Tensor => apply('abs', [x], none);
export const cos = (x: Tensor): Tensor => apply('cos', [x], none);
export const exp = (x: Tensor): Tensor => apply('exp', [x], none);
export const log = (x: Tensor): Tensor => apply('log', [x], none);
export const negate = (x: Tensor): Tensor => apply('negate', [x], none);
export const relu = (x: Tensor): Tensor => apply('relu', [x], none);
export const round = (x: Tensor): Tensor => apply('round', [x], none);
export const sigmoid = (x: Tensor): Tensor => apply('sigmoid', [x], none);
/** x sigmoid(x), the activation of the networks here. */
export const silu = (x: Tensor): Tensor => apply('silu', [x], none);
export const sign = (x: Tensor): Tensor => apply('sign', [x], none);
export const sin = (x: Tensor): Tensor => apply('sin', [x], none);
export const sqrt = (x: Tensor): Tensor => apply('sqrt', [x], none);
export const tanh = (x: Tensor): Tensor => apply('tanh', [x], none);

export const add = (a: Operand, b: Operand): Tensor => apply('add', [asTensor(a), asTensor(b)], none);
export const divide = (a: Operand, b: Operand): Tensor => apply('divide', [asTensor(a), asTensor(b)], none);
export const maximum = (a: Operand, b: Operand): Tensor => apply('maximum', [asTensor(a), asTensor(b)], none);
export const minimum = (a: Operand, b: Operand): Tensor => apply('minimum', [asTensor(a), asTensor(b)], none);
export const multiply = (a: Operand, b: Operand): Tensor => apply('multiply', [asTensor(a), asTensor(b)], none);
export const subtract = (a: Operand, b: Operand): Tensor => apply('subtract', [asTensor(a), asTensor(b)], none);

export function matMul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Partial<OpAttributes['matMul']> = {},
): Tensor {
  return apply('matMul', [a, b], { transposeA, transposeB });
}

function allAxes(x: Tensor): readonly number[] {
  return x.shape.map((_, axis) => axis);
}

export function sum(x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor {
  return apply('sum', [x], { axes, keepDims });
}

export function max(x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor {
  return apply('max', [x], { axes, keepDims });
}

/** Over axes of known size. */
export function mean(x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor {
  const count = axes.reduce((total, axis) => {
    const dim = x.shape[axis];
    if (typeof dim !== 'number')
      throw new ShapeError(`Expected known sizes to average over, got ${formatShape(x.shape)}`);
    return total * dim;
  }, 1);
  return multiply(sum(x, axes, keepDims), 1 / count);
}

export const argMax = (x: Tensor, axis: number): Tensor => apply('argMax', [x], { axis });
export const softmax = (x: Tensor): Tensor => apply('softmax', [x], none);
export const transpose = (x: Tensor, permutation: readonly number[]): Tensor =>
  apply('transpose', [x], { permutation });
export const concat = (xs: readonly Tensor[], axis: number): Tensor => apply('concat', xs, { axis });
export const gather = (data: Tensor, indices: Tensor): Tensor => apply('gather', [data, indices], none);
export const toFloat = (x: Tensor): Tensor => apply('toFloat', [x], none);

export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply('reshape', [x], { shape });
}

export function expandLike(x: Tensor, like: Tensor): Tensor {
  return sameShape(x.shape, like.shape) ? x : apply('expandLike', [x, like], none);
}

export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  return apply('slice', [x], { axis, start, end });
}

export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  return apply('pad', [x], { axis, before, after });
}

export function scatterAdd(indices: Tensor, updates: Tensor, rows: number): Tensor {
  return apply('scatterAdd', [indices, updates], { rows });
}

export function square(x: Tensor): Tensor {
  return multiply(x, x);
}

export function clamp(x: Tensor, lower: Operand, upper: Operand): Tensor {
  return minimum(maximum(x, lower), upper);
}

export interface LoopResult {
  readonly state: readonly Tensor[];
  readonly collected: readonly Tensor[];
}

/**
 * Runs `body` `trips` times inside the runtime. The body gets the iteration number (int []) and the state, and returns the next
 * state (same shapes and types) and what to collect; each collected tensor is stacked along a new first axis of size `trips`.
 * The body may use any tensor from outside.
 */
export function loop(
  trips: number,
  initial: readonly Tensor[],
  body: (iteration: Tensor, state: readonly Tensor[]) => { state: readonly Tensor[]; collect?: readonly Tensor[] },
): LoopResult {
  if (!Number.isInteger(trips) || trips < 0) {
    throw new ShapeError(`Expected a whole number of trips of at least 0, got ${trips}`);
  }
  const scope = Symbol('loop');
  const placeholder = ({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): PlaceholderTensor => ({
    kind: 'placeholder',
    scope,
    shape,
    dtype,
  });
  const iteration = placeholder({ shape: [], dtype: 'int' });
  const carried = initial.map(placeholder);
  const { state: next, collect: collected = [] } = body(iteration, carried);
  if (next.length !== initial.length) throw new ShapeError(`Expected ${initial.length} states, got ${next.length}`);
  next.forEach(({ shape, dtype }, index) => {
    const before = initial[index]!;
    if (!sameShape(shape, before.shape) || dtype !== before.dtype) {
      throw new ShapeError(
        `Expected state ${index} to stay ${before.dtype} ${formatShape(before.shape)}, got ${dtype} ${formatShape(shape)}`,
      );
    }
  });
  const result: Loop = { scope, trips, iteration, carried, initial, next, collected };
  const output = (shape: Shape, dtype: DType, index: number): LoopOutputTensor => ({
    kind: 'loopOutput',
    loop: result,
    index,
    shape,
    dtype,
  });
  return {
    state: next.map(({ shape, dtype }, index) => output(shape, dtype, index)),
    collected: collected.map(({ shape, dtype }, index) => output([trips, ...shape], dtype, next.length + index)),
  };
}
