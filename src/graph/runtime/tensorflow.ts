import type * as tfjs from '@tensorflow/tfjs-core';
import { messageOf, usageError } from '../../base/index.ts';
import type { Kernels } from '../interpret.ts';
import { broadcastShapes, sameShape } from '../shape.ts';
import type { DType, Reduction } from '../tensor.ts';
import { interpretedProgram, type Host } from './interpreted.ts';
import { resolveShape } from './reference-kernels.ts';
import type { Runtime } from './types.ts';

/** What is used of a tfjs namespace: `@tensorflow/tfjs-core` with any backend, `@tensorflow/tfjs`, `@tensorflow/tfjs-node`. */
export type TensorFlow = Pick<
  typeof tfjs,
  | 'abs'
  | 'add'
  | 'argMax'
  | 'broadcastTo'
  | 'cast'
  | 'clone'
  | 'concat'
  | 'cos'
  | 'div'
  | 'exp'
  | 'gather'
  | 'log'
  | 'matMul'
  | 'max'
  | 'maximum'
  | 'minimum'
  | 'mul'
  | 'neg'
  | 'pad'
  | 'relu'
  | 'reshape'
  | 'round'
  | 'scatterND'
  | 'sigmoid'
  | 'sign'
  | 'sin'
  | 'slice'
  | 'softmax'
  | 'sqrt'
  | 'stack'
  | 'sub'
  | 'sum'
  | 'tanh'
  | 'tensor'
  | 'tidy'
  | 'transpose'
  | 'zeros'
>;

type Value = tfjs.Tensor;

const tensorTypes = { float: 'float32', int: 'int32' } as const satisfies Record<DType, tfjs.DataType>;

function tensorflowKernels(tf: TensorFlow): Kernels<Value> {
  const unary =
    (f: (x: Value) => Value) =>
    ([x]: readonly Value[]): Value =>
      f(x!);
  const binary =
    (f: (a: Value, b: Value) => Value) =>
    ([a, b]: readonly Value[]): Value =>
      f(a!, b!);
  // No axes mean none here, all in tfjs.
  const reduction =
    (f: (x: Value, axes: number[], keepDims: boolean) => Value) =>
    ([x]: readonly Value[], { axes, keepDims }: Reduction): Value =>
      axes.length === 0 ? tf.clone(x!) : f(x!, [...axes], keepDims);
  // tfjs does not broadcast to a size of 0.
  const broadcast = (x: Value, shape: readonly number[]): Value => {
    if (shape.includes(0)) return tf.zeros([...shape]);
    return sameShape(x.shape, shape) ? x : tf.broadcastTo(x, [...shape]);
  };
  /** Places before and after an axis, nothing on the others. */
  const along = (x: Value, axis: number, here: number, elsewhere: readonly number[]): number[] =>
    x.shape.map((_, index) => (index === axis ? here : elsewhere[index]!));

  return {
    abs: unary(tf.abs),
    cos: unary(tf.cos),
    exp: unary(tf.exp),
    log: unary(tf.log),
    negate: unary(tf.neg),
    relu: unary(tf.relu),
    round: unary(tf.round),
    sigmoid: unary(tf.sigmoid),
    silu: unary((x) => tf.mul(x, tf.sigmoid(x))),
    sign: unary(tf.sign),
    sin: unary(tf.sin),
    sqrt: unary(tf.sqrt),
    tanh: unary(tf.tanh),
    add: binary(tf.add),
    divide: binary(tf.div),
    maximum: binary(tf.maximum),
    minimum: binary(tf.minimum),
    multiply: binary(tf.mul),
    subtract: binary(tf.sub),
    // Leading axes are made equal first: not every backend broadcasts them.
    matMul: ([a, b], { transposeA, transposeB }) => {
      const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2)) as readonly number[];
      const full = (x: Value): Value => broadcast(x, [...batch, ...x.shape.slice(-2)]);
      return tf.matMul(full(a!), full(b!), transposeA, transposeB);
    },
    sum: reduction((x, axes, keepDims) => tf.sum(x, axes, keepDims)),
    max: reduction((x, axes, keepDims) => tf.max(x, axes, keepDims)),
    argMax: ([x], { axis }) => tf.argMax(x!, axis),
    softmax: unary((x) => tf.softmax(x)),
    reshape: ([x], { shape }) => tf.reshape(x!, [...resolveShape(shape, x!.size)]),
    transpose: ([x], { permutation }) => tf.transpose(x!, [...permutation]),
    expandLike: ([x, like]) => broadcast(x!, like!.shape),
    concat: (xs, { axis }) => tf.concat([...xs], axis),
    slice: ([x], { axis, start, end }) =>
      tf.slice(
        x!,
        along(
          x!,
          axis,
          start,
          x!.shape.map(() => 0),
        ),
        along(x!, axis, end - start, x!.shape),
      ),
    pad: ([x], { axis, before, after }) =>
      tf.pad(
        x!,
        x!.shape.map((_, index): [number, number] => (index === axis ? [before, after] : [0, 0])),
      ),
    gather: ([data, indices]) => tf.gather(data!, indices!),
    scatterAdd: ([indices, updates], { rows }) => {
      const shape = [rows, ...updates!.shape.slice(1)];
      if (updates!.size === 0) return tf.zeros(shape);
      return tf.scatterND(tf.reshape(indices!, [-1, 1]), updates!, shape);
    },
    toFloat: unary((x) => tf.cast(x, 'float32')),
  };
}

function tensorflowHost(tf: TensorFlow): Host<Value> {
  const tensor = (data: ArrayLike<number>, shape: readonly number[], dtype: DType): Value =>
    tf.tensor(dtype === 'int' ? Int32Array.from(data) : Float32Array.from(data), [...shape], tensorTypes[dtype]);
  return {
    kernels: tensorflowKernels(tf),
    constant: tensor,
    stack: (values, shape, dtype) =>
      values.length === 0 ? tf.zeros([0, ...shape], tensorTypes[dtype]) : tf.stack([...values]),
    // Clones share their data; each has a life of its own.
    scoped: (work) => tf.tidy(() => work().map((value) => tf.clone(value))),
    release: (value) => value.dispose(),
    receive: ({ shape, data }, dtype) => tensor(data, shape, dtype),
    send: (value, dtype) => {
      const data = value.dataSync();
      return {
        shape: value.shape,
        data: dtype === 'int' ? Int32Array.from(data) : Float32Array.from(data),
      };
    },
  };
}

/**
 * Graphs on TensorFlow's kernels, op by op, through any tfjs namespace. A run blocks the caller's thread until it is done; the event
 * loop gets a turn before each. TensorFlow chooses its own number of threads.
 */
export function tensorflowRuntime(tf: TensorFlow): Runtime {
  const host = tensorflowHost(tf);
  return {
    name: 'tensorflow',
    compile: async (graph) => Promise.resolve(interpretedProgram(host, graph)),
    close: () => Promise.resolve(),
  };
}

/** Not a literal: the package is optional, and the compiler must not ask for it. */
const nativePackage: string = '@tensorflow/tfjs-node';

/** TensorFlow's native library, where the optional package `@tensorflow/tfjs-node` is installed and loads; else a usage error. */
export async function loadTensorflow(): Promise<Runtime> {
  try {
    const module = (await import(nativePackage)) as TensorFlow & { readonly default?: TensorFlow };
    return tensorflowRuntime(module.default ?? module);
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const reason = absent ? 'it is not installed' : messageOf(error).split('\n')[0]!;
    throw usageError(
      `--runtime tensorflow needs the optional package ${nativePackage}, which did not load (${reason}): ` +
        `install it with "npm install ${nativePackage}" on Node 20 or 22, or use --runtime onnx, which needs nothing more.`,
      { cause: error },
    );
  }
}
