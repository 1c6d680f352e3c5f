/** A size known when the graph is built, or the name of one known when it runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** 'float' is float32 on fast runtimes and float64 on the reference; 'int' is an index (int64 in ONNX). */
export type DType = 'float' | 'int';

/** Every op of the graph and what it needs beside its inputs. The rule tables over this list are closed: a missing rule does not
 *  compile. Axes are never negative. */
export interface OpAttributes {
  readonly abs: NoAttributes;
  readonly cos: NoAttributes;
  readonly exp: NoAttributes;
  readonly log: NoAttributes;
  readonly negate: NoAttributes;
  readonly relu: NoAttributes;
  /** To the nearest whole number, halves to even. */
  readonly round: NoAttributes;
  readonly sigmoid: NoAttributes;
  /** x sigmoid(x). */
  readonly silu: NoAttributes;
  readonly sign: NoAttributes;
  readonly sin: NoAttributes;
  readonly sqrt: NoAttributes;
  readonly tanh: NoAttributes;
  readonly add: NoAttributes;
  readonly divide: NoAttributes;
  readonly maximum: NoAttributes;
  readonly minimum: NoAttributes;
  readonly multiply: NoAttributes;
  readonly subtract: NoAttributes;
  /** Over the last two axes, leading axes broadcast; an operand can be transposed in its last two axes first. */
  readonly matMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  readonly sum: Reduction;
  readonly max: Reduction;
  /** The first largest along the axis, which is dropped; an 'int'. */
  readonly argMax: { readonly axis: number };
  /** Along the last axis. */
  readonly softmax: NoAttributes;
  /** At most one symbolic size. */
  readonly reshape: { readonly shape: Shape };
  readonly transpose: { readonly permutation: readonly number[] };
  /** Broadcasts the first input to the shape of the second. */
  readonly expandLike: NoAttributes;
  readonly concat: { readonly axis: number };
  readonly slice: { readonly axis: number; readonly start: number; readonly end: number };
  /** With zeros. */
  readonly pad: { readonly axis: number; readonly before: number; readonly after: number };
  /** Rows of the first input (of either type) named by the second (int): [...indices.shape, ...data.shape from 1]. */
  readonly gather: NoAttributes;
  /** [rows, ...]: at each index (int [k]) the sum of the updates ([k, ...]) that name it. */
  readonly scatterAdd: { readonly rows: number };
  readonly toFloat: NoAttributes;
}

export type NoAttributes = Readonly<Record<never, never>>;

export interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

export type OpName = keyof OpAttributes;

interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface OpTensor<Op extends OpName> extends Typed {
  readonly kind: 'op';
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attributes: OpAttributes[Op];
}

/** A value given at each run. */
export interface InputTensor extends Typed {
  readonly kind: 'input';
  readonly name: string;
}

/** A value that stays on the runtime between runs. */
export interface VariableTensor extends Typed {
  readonly kind: 'variable';
  readonly name: string;
}

export interface ConstantTensor extends Typed {
  readonly kind: 'constant';
  readonly values: Float64Array | Float32Array;
}

/** Inside a loop's body: a state, or the iteration number (int, shape []). */
export interface PlaceholderTensor extends Typed {
  readonly kind: 'placeholder';
  readonly scope: Scope;
}

/** The identity of a loop's body. */
export type Scope = symbol;

/** A final state of a loop, or what its iterations collected, stacked along a new first axis. */
export interface LoopOutputTensor extends Typed {
  readonly kind: 'loopOutput';
  readonly loop: Loop;
  readonly index: number;
}

export type AnyOpTensor = { [Op in OpName]: OpTensor<Op> }[OpName];
export type Tensor = AnyOpTensor | InputTensor | VariableTensor | ConstantTensor | PlaceholderTensor | LoopOutputTensor;

export interface Loop {
  readonly scope: Scope;
  readonly trips: number;
  readonly iteration: PlaceholderTensor;
  readonly carried: readonly PlaceholderTensor[];
  readonly initial: readonly Tensor[];
  readonly next: readonly Tensor[];
  readonly collected: readonly Tensor[];
}

/** What a runtime compiles: outputs by name, and for each variable that changes its value after the run. */
export interface Graph {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly updates?: readonly { readonly variable: VariableTensor; readonly next: Tensor }[];
}

/** The tensors that a tensor is computed from in its own scope; a loop's body is not entered. */
export function operands(tensor: Tensor): readonly Tensor[] {
  if (tensor.kind === 'op') return tensor.inputs;
  if (tensor.kind === 'loopOutput') return tensor.loop.initial;
  return [];
}

/** Every tensor that the roots need, operands first, each once. */
export function topological(
  roots: readonly Tensor[],
  edges: (tensor: Tensor) => readonly Tensor[] = operands,
): readonly Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: long chains would overflow a recursive walk.
  const stack: { tensor: Tensor; next: number }[] = [];
  const visit = (tensor: Tensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    stack.push({ tensor, next: 0 });
  };
  for (const root of roots) {
    visit(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const children = edges(top.tensor);
      if (top.next < children.length) visit(children[top.next++]!);
      else {
        order.push(top.tensor);
        stack.pop();
      }
    }
  }
  return order;
}
