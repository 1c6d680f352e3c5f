import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto, type NodeProto, type TensorProto } from 'onnx-buf';
import {
  boolInfo,
  graphProto,
  nodeProto,
  onnxTypes,
  tensorProto,
  valueInfo,
  type AttributeValue,
} from './onnx-nodes.ts';
import { ShapeError, formatShape, sameShape } from './shape.ts';
import { signatureOf, type Signature } from './signature.ts';
import type { DType, Graph, Loop, NoAttributes, OpName, OpTensor, Reduction, Shape, Tensor } from './tensor.ts';

/** IR version and operator set of what is written. */
const irVersion = 10n;
const opset = 21n;

/** Name of the output that holds a variable's next value. */
export function nextName(variable: string): string {
  return `/next/${variable}`;
}

/** Writes nodes of one scope; constants go to the outermost graph. */
interface Writer {
  node(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string;
  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType): string;
}

type EmitRule<Op extends OpName> = (writer: Writer, inputs: readonly string[], tensor: OpTensor<Op>) => string;

/** An op that ONNX has under another name. */
const direct =
  (opType: string) =>
  (writer: Writer, inputs: readonly string[], _tensor: { readonly attributes: NoAttributes }): string =>
    writer.node(opType, inputs);

const ints = (writer: Writer, values: readonly number[]): string => writer.constant(values, [values.length], 'int');

const reduction =
  (opType: string) =>
  (writer: Writer, [x]: readonly string[], { attributes }: { readonly attributes: Reduction }): string =>
    // No axes would mean all axes.
    attributes.axes.length === 0
      ? writer.node('Identity', [x!])
      : writer.node(opType, [x!, ints(writer, attributes.axes)], { keepdims: attributes.keepDims ? 1 : 0 });

function swapLastAxes(writer: Writer, { name, rank }: { readonly name: string; readonly rank: number }): string {
  const leading = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return writer.node('Transpose', [name], { perm: [...leading, rank - 1, rank - 2] });
}

/** MatMul lets the runtime fuse a following Add; Gemm transposes for nothing, but takes matrices only. */
function emitMatMul(writer: Writer, [a, b]: readonly string[], tensor: OpTensor<'matMul'>): string {
  const { transposeA, transposeB } = tensor.attributes;
  const [left, right] = tensor.inputs;
  const rank = tensor.shape.length;
  if (rank === 2 && (transposeA || transposeB)) {
    return writer.node('Gemm', [a!, b!], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 });
  }
  const [first, second] = broadcastsEmpty(tensor)
    ? [
        { name: expandBatch(writer, a!, b!), rank },
        { name: expandBatch(writer, b!, a!), rank },
      ]
    : [
        { name: a!, rank: left!.shape.length },
        { name: b!, rank: right!.shape.length },
      ];
  return writer.node('MatMul', [
    transposeA ? swapLastAxes(writer, first) : first.name,
    transposeB ? swapLastAxes(writer, second) : second.name,
  ]);
}

/** Whether leading axes are broadcast that may be empty, which ONNX Runtime's product refuses unless the right operand is a
 *  matrix and the left one not transposed. */
function broadcastsEmpty({ inputs: [left, right], attributes }: OpTensor<'matMul'>): boolean {
  const [a, b] = [left!.shape.slice(0, -2), right!.shape.slice(0, -2)];
  if (sameShape(a, b) || (b.length === 0 && !attributes.transposeA)) return false;
  return [...a, ...b].some((dim) => dim === 0 || typeof dim === 'string');
}

/** The tensor with its leading axes broadcast to those of another. */
function expandBatch(writer: Writer, name: string, other: string): string {
  const batch = writer.node('Shape', [other], { end: -2 });
  return writer.node('Expand', [name, writer.node('Concat', [batch, ints(writer, [1, 1])], { axis: 0 })]);
}

function isKnown(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

const emitRules: { readonly [Op in OpName]: EmitRule<Op> } = {
  abs: direct('Abs'),
  cos: direct('Cos'),
  exp: direct('Exp'),
  log: direct('Log'),
  negate: direct('Neg'),
  relu: direct('Relu'),
  round: direct('Round'),
  sigmoid: direct('Sigmoid'),
  // The runtime merges equal nodes: the gradient's sigmoid is this one.
  silu: (writer, [x]) => writer.node('Mul', [x!, writer.node('Sigmoid', [x!])]),
  sign: direct('Sign'),
  sin: direct('Sin'),
  sqrt: direct('Sqrt'),
  tanh: direct('Tanh'),
  add: direct('Add'),
  divide: direct('Div'),
  maximum: direct('Max'),
  minimum: direct('Min'),
  multiply: direct('Mul'),
  subtract: direct('Sub'),
  matMul: emitMatMul,
  sum: reduction('ReduceSum'),
  max: reduction('ReduceMax'),
  argMax: (writer, inputs, { attributes }) => writer.node('ArgMax', inputs, { axis: attributes.axis, keepdims: 0 }),
  softmax: (writer, inputs, { shape }) => writer.node('Softmax', inputs, { axis: shape.length - 1 }),
  reshape: (writer, [x], { attributes: { shape } }) =>
    writer.node(
      'Reshape',
      [
        x!,
        ints(
          writer,
          shape.map((dim) => (typeof dim === 'number' ? dim : -1)),
        ),
      ],
      {
        allowzero: shape.includes(0) ? 1 : 0,
      },
    ),
  transpose: (writer, inputs, { attributes }) => writer.node('Transpose', inputs, { perm: attributes.permutation }),
  expandLike: (writer, [x, like], { shape }) =>
    writer.node('Expand', [x!, isKnown(shape) ? ints(writer, shape) : writer.node('Shape', [like!])]),
  concat: (writer, inputs, { attributes }) => writer.node('Concat', inputs, { axis: attributes.axis }),
  slice: (writer, [x], { attributes: { axis, start, end } }) =>
    writer.node('Slice', [x!, ints(writer, [start]), ints(writer, [end]), ints(writer, [axis])]),
  pad: (writer, [x], { attributes: { axis, before, after } }) =>
    writer.node('Pad', [x!, ints(writer, [before, after]), '', ints(writer, [axis])]),
  gather: (writer, inputs) => writer.node('Gather', inputs, { axis: 0 }),
  scatterAdd: (writer, [indices, updates], { shape, inputs }) => {
    if (!isKnown(shape)) throw new ShapeError(`Expected known sizes to scatter into, got ${formatShape(shape)}`);
    const target = writer.node('Expand', [writer.constant([0], [], 'float'), ints(writer, shape)]);
    const [count] = inputs[0]!.shape;
    const places = writer.node('Reshape', [indices!, ints(writer, [typeof count === 'number' ? count : -1, 1])]);
    return writer.node('ScatterND', [target, places, updates!], { reduction: 'add' });
  },
  toFloat: (writer, inputs) => writer.node('Cast', inputs, { to: onnxTypes.float }),
};

function emitGraph({ graph, plan, inputs, variables }: Signature): GraphProto {
  const updates = graph.updates ?? [];
  const initializers = new Map<string, TensorProto>();
  const names = new Map<Tensor, string>();
  const emittedLoops = new Map<Loop, readonly string[]>();
  let count = 0;
  // One counter for all scopes: a name in a body that exists outside is refused by the runtime.
  const fresh = (): string => `/${count++}`;
  const nameOf = (tensor: Tensor): string => names.get(tensor)!;

  const constant: Writer['constant'] = (values, shape, dtype) => {
    const small = values.length <= 8 ? `/${dtype} ${shape.join('x')} ${Array.from(values, text).join(' ')}` : undefined;
    const name = small ?? fresh();
    if (!initializers.has(name)) initializers.set(name, tensorProto(name, values, shape, dtype));
    return name;
  };

  const emitScope = (tensors: readonly Tensor[]): NodeProto[] => {
    const nodes: NodeProto[] = [];
    const writer: Writer = {
      constant,
      node: (opType, inputs, attributes = {}) => {
        const name = fresh();
        nodes.push(nodeProto(opType, inputs, [name], attributes));
        return name;
      },
    };
    for (const tensor of tensors) {
      if (tensor.kind === 'op') {
        const rule = emitRules[tensor.op] as EmitRule<OpName>;
        names.set(tensor, rule(writer, tensor.inputs.map(nameOf), tensor));
      } else if (tensor.kind === 'constant') {
        names.set(tensor, constant(tensor.values, tensor.shape as readonly number[], tensor.dtype));
      } else if (tensor.kind === 'loopOutput') {
        names.set(tensor, outputsOf(tensor.loop, nodes)[tensor.index]!);
      } else if (!names.has(tensor)) {
        names.set(tensor, tensor.kind === 'placeholder' ? fresh() : tensor.name);
      }
    }
    return nodes;
  };

  const outputsOf = (loop: Loop, nodes: NodeProto[]): readonly string[] => {
    const known = emittedLoops.get(loop);
    if (known !== undefined) return known;
    const outputs = [...loop.next, ...loop.collected].map(fresh);
    emittedLoops.set(loop, outputs);
    const inputs = [constant([loop.trips], [], 'int'), '', ...loop.initial.map(nameOf)];
    nodes.push(nodeProto('Loop', inputs, outputs, { body: emitBody(loop, plan.bodies.get(loop.scope)!) }));
    return outputs;
  };

  const emitBody = (loop: Loop, tensors: readonly Tensor[]): GraphProto => {
    const placeholders = [loop.iteration, ...loop.carried];
    for (const placeholder of placeholders) names.set(placeholder, fresh());
    const condition = fresh();
    const goOn = fresh();
    const nodes = emitScope(tensors);
    nodes.push(nodeProto('Identity', [condition], [goOn], {}));
    // An output must be made in the body, once: what comes from outside, is handed on or is named twice gets a node of its own.
    const made = new Set<Tensor>(tensors.filter(({ kind }) => kind === 'op' || kind === 'loopOutput'));
    const results = [...loop.next, ...loop.collected].map((tensor) => {
      if (made.delete(tensor)) return { name: nameOf(tensor), tensor };
      const name = fresh();
      nodes.push(nodeProto('Identity', [nameOf(tensor)], [name], {}));
      return { name, tensor };
    });
    const [iteration, ...carried] = placeholders.map((tensor) => valueInfo(nameOf(tensor), tensor.shape, tensor.dtype));
    return graphProto({
      name: 'body',
      node: nodes,
      input: [iteration!, boolInfo(condition), ...carried],
      output: [boolInfo(goOn), ...results.map(({ name, tensor }) => valueInfo(name, tensor.shape, tensor.dtype))],
    });
  };

  const nodes = emitScope(plan.main);
  const results: [string, Tensor][] = [
    ...Object.entries(graph.outputs),
    ...updates.map(({ variable, next }): [string, Tensor] => [nextName(variable.name), next]),
  ];
  for (const [name, tensor] of results) nodes.push(nodeProto('Identity', [nameOf(tensor)], [name], {}));
  return graphProto({
    name: 'graph',
    node: nodes,
    initializer: [...initializers.values()],
    input: [...inputs, ...variables].map(({ name, shape, dtype }) => valueInfo(name, shape, dtype)),
    output: results.map(([name, { shape, dtype }]) => valueInfo(name, shape, dtype)),
  });
}

/** Distinct for all numbers, -0 and 0 too. */
function text(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export interface EmittedModel extends Signature {
  readonly bytes: Uint8Array;
}

/** The graph as the bytes of an ONNX model; the same graph gives the same bytes. */
export function emitModel(graph: Graph, metadata: Readonly<Record<string, string>> = {}): EmittedModel {
  const signature = signatureOf(graph);
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'diffusion-optimizer',
    opsetImport: [{ domain: '', version: opset }],
    graph: emitGraph(signature),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return { ...signature, bytes: toBinary(ModelProtoSchema, model) };
}
