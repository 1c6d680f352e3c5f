import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  TensorProto_DataType as DataType,
  type AttributeProtoSchema,
  type GraphProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { timed, type Contestant, type Size } from './contestant.ts';
import { learningRate } from './engine.ts';
import { conditionWidth, designWidth, drawn, plainMlp } from './models.ts';

/* The three-layer network with its gradients and Adam written down node by node: what the engine's derived graph is held against. */

type Graph = MessageInitShape<typeof GraphProtoSchema>;
type Node = MessageInitShape<typeof NodeProtoSchema>;
type Value = number | readonly number[] | Graph;

function valueInfo(
  name: string,
  shape: readonly number[],
  elemType: DataType = DataType.FLOAT,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }));
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

function attribute(name: string, value: Value): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: BigInt(value) };
  if ('length' in value) return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
  return { name, type: AttributeType.GRAPH, g: value };
}

function handWrittenModel({ batch, width, steps }: Size): { bytes: Uint8Array; state: Map<string, readonly number[]> } {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    W0: [designWidth + conditionWidth, width],
    W1: [width, width],
    W2: [width, designWidth],
    b0: [width],
    b1: [width],
    b2: [designWidth],
  };
  const initializer: MessageInitShape<typeof TensorProtoSchema>[] = [];
  const nodes: Node[] = [];
  let count = 0;
  const float = (value: number): string => {
    const name = `c${count++}`;
    initializer.push({ name, dims: [], dataType: DataType.FLOAT, floatData: [value] });
    return name;
  };
  const op = (
    opType: string,
    input: string[],
    attributes: Record<string, Value> = {},
    name = `t${count++}`,
  ): string => {
    const list = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    nodes.push({ opType, input, output: [name], attribute: list });
    return name;
  };
  initializer.push({ name: 'rows', dims: [1n], dataType: DataType.INT64, int64Data: [0n] });
  initializer.push({ name: 'K', dims: [], dataType: DataType.INT64, int64Data: [BigInt(steps)] });
  const overRows = (x: string): string => op('ReduceSum', [x, 'rows'], { keepdims: 0 });
  const gemm = (a: string, b: string, transA = 0, transB = 0): string => op('Gemm', [a, b], { transA, transB });

  op('Identity', ['going'], {}, 'goOn');
  const x = op('Gather', ['X', 'i'], { axis: 0 });
  const y = op('Gather', ['Y', 'i'], { axis: 0 });
  const z0 = op('Gemm', [x, 'W0', 'b0']);
  const s0 = op('Sigmoid', [z0]);
  const h0 = op('Mul', [z0, s0]);
  const z1 = op('Gemm', [h0, 'W1', 'b1']);
  const s1 = op('Sigmoid', [z1]);
  const h1 = op('Mul', [z1, s1]);
  const error = op('Sub', [op('Gemm', [h1, 'W2', 'b2']), y]);
  op('ReduceMean', [op('Mul', [error, error])], { keepdims: 0 }, 'loss');
  const one = float(1);
  const d2 = op('Mul', [error, float(2 / (batch * designWidth))]);
  // silu' = s + h (1 - s) = h + s (1 - h)
  const throughSilu = (g: string, s: string, h: string): string =>
    op('Mul', [g, op('Add', [h, op('Mul', [s, op('Sub', [one, h])])])]);
  const d1 = throughSilu(gemm(d2, 'W2', 0, 1), s1, h1);
  const d0 = throughSilu(gemm(d1, 'W1', 0, 1), s0, h0);
  const gradients: Readonly<Record<string, string>> = {
    W2: gemm(h1, d2, 1),
    W1: gemm(h0, d1, 1),
    W0: gemm(x, d0, 1),
    b2: overRows(d2),
    b1: overRows(d1),
    b0: overRows(d0),
  };

  const [beta1, rest1, beta2, rest2, epsilon] = [float(0.9), float(0.1), float(0.999), float(0.001), float(1e-8)];
  const state = new Map<string, readonly number[]>();
  for (const [name, shape] of Object.entries(shapes)) {
    const g = gradients[name]!;
    const m = op('Add', [op('Mul', [`m_${name}`, beta1]), op('Mul', [g, rest1])], {}, `next_m_${name}`);
    const squared = op('Mul', [op('Mul', [g, g]), rest2]);
    const v = op('Add', [op('Mul', [`v_${name}`, beta2]), squared], {}, `next_v_${name}`);
    const step = op('Mul', ['rate', op('Div', [m, op('Add', [op('Sqrt', [v]), epsilon])])]);
    op('Sub', [name, step], {}, `next_${name}`);
    for (const kind of ['', 'm_', 'v_']) state.set(`${kind}${name}`, shape);
  }
  const carried = [...state];
  const body: Graph = {
    name: 'body',
    node: nodes,
    input: [
      valueInfo('i', [], DataType.INT64),
      valueInfo('going', [], DataType.BOOL),
      ...carried.map(([name, shape]) => valueInfo(name, shape)),
    ],
    output: [
      valueInfo('goOn', [], DataType.BOOL),
      ...carried.map(([name, shape]) => valueInfo(`next_${name}`, shape)),
      valueInfo('loss', []),
    ],
  };
  const loop: Node = {
    opType: 'Loop',
    input: ['K', '', ...carried.map(([name]) => `in_${name}`)],
    output: [...carried.map(([name]) => `out_${name}`), 'losses'],
    attribute: [attribute('body', body)],
  };
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 21n }],
    graph: {
      name: 'spike',
      node: [loop],
      initializer,
      input: [
        valueInfo('X', [steps, batch, designWidth + conditionWidth]),
        valueInfo('Y', [steps, batch, designWidth]),
        valueInfo('rate', []),
        ...carried.map(([name, shape]) => valueInfo(`in_${name}`, shape)),
      ],
      output: [...carried.map(([name, shape]) => valueInfo(`out_${name}`, shape)), valueInfo('losses', [steps])],
    },
  });
  return { bytes: toBinary(ModelProtoSchema, model), state };
}

/** The hand-written graph on ONNX Runtime, on the caller's thread, with the session options of the engine. */
export function spikeContestant(threads: number): Contestant {
  return {
    name: 'gradients by hand',
    open: async (size) => {
      const { bytes, state } = handWrittenModel(size);
      const session = await InferenceSession.create(bytes, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
      });
      const { parameters, inputs } = drawn(plainMlp(size));
      const named: Readonly<Record<string, string>> = {
        W0: '0/w',
        W1: '1/w',
        W2: '2/w',
        b0: '0/b',
        b1: '1/b',
        b2: '2/b',
      };
      let present = Object.fromEntries(
        [...state].map(([name, shape]) => {
          const values = parameters[named[name] ?? ''];
          const length = shape.reduce((total, dim) => total * dim, 1);
          return [name, new Tensor('float32', values === undefined ? new Float32Array(length) : values.data, shape)];
        }),
      );
      return {
        run: async () => {
          const { x, y } = inputs();
          const given = {
            X: new Tensor('float32', x!.data as Float32Array, x!.shape),
            Y: new Tensor('float32', y!.data as Float32Array, y!.shape),
            rate: new Tensor('float32', Float32Array.of(learningRate), []),
          };
          let losses = new Float32Array();
          const total = await timed(async () => {
            const feeds = Object.fromEntries(Object.entries(present).map(([name, value]) => [`in_${name}`, value]));
            const results = await session.run({ ...feeds, ...given });
            present = Object.fromEntries([...state.keys()].map((name) => [name, results[`out_${name}`]!]));
            losses = results['losses']!.data as Float32Array<ArrayBuffer>;
          });
          return { milliseconds: total / size.steps, losses: Array.from(losses) };
        },
        close: () => session.release(),
      };
    },
  };
}
