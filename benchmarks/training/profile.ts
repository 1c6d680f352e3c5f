import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  emitModel,
  initialState,
  mapValues,
  stepRates,
  trainingGraph,
  trainingNames,
  type NamedValues,
} from '../../src/graph/index.ts';
import type { Size } from './contestant.ts';
import { averageDecay, learningRate, weightDecay } from './engine.ts';
import { drawn, type Model } from './models.ts';

export const workKinds = ['products', 'elementwise', 'reductions', 'other'] as const;
export type WorkKind = (typeof workKinds)[number];

/** Milliseconds per step by kind of work. */
export type Profile = Readonly<Record<WorkKind, number>>;

const products = /^(Fused)?(Gemm|MatMul)/;
const reductions = /^Reduce/;
const elementwise = /^(Add|Sub|Mul|Div|Sqrt|Sigmoid|QuickGelu|Tanh|Sin|Cos|Log|Neg|Max|Min|Sign|Relu|Expand)$/;

function kindOf(op: string): WorkKind {
  if (products.test(op)) return 'products';
  if (reductions.test(op)) return 'reductions';
  return elementwise.test(op) ? 'elementwise' : 'other';
}

interface TraceEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

function toTensors(values: NamedValues): Record<string, Tensor> {
  return mapValues(values, ({ shape, data }) =>
    data instanceof Int32Array
      ? new Tensor('int64', BigInt64Array.from(data, BigInt), shape)
      : new Tensor('float32', Float32Array.from(data), shape),
  );
}

/** Time of the nodes of one training run, after one that does not count, by ONNX Runtime's own profiler. */
export async function profileTraining(model: Model, size: Size, threads: number): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), 'diffopt-profile-'));
  try {
    const definition = model(size);
    const { parameters, data, inputs } = drawn(definition);
    const named = Object.fromEntries(Object.entries(data).map(([name, value]) => [trainingNames.data(name), value]));
    const rates = stepRates(0, size.steps, { learningRate: () => learningRate, weightDecay, averageDecay });
    const feeds = toTensors({ ...initialState(definition, parameters), ...named, ...inputs(), ...rates });
    const session = await InferenceSession.create(emitModel(trainingGraph(definition)).bytes, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      enableProfiling: true,
      profileFilePrefix: join(folder, 'trace'),
      extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
    });
    await session.run(feeds);
    await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = readdirSync(folder);
    return summed(JSON.parse(readFileSync(join(folder, file!), 'utf8')) as TraceEvent[], 2 * size.steps);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of the kernels, the loop itself left out: its time is that of its nodes. */
function summed(events: readonly TraceEvent[], steps: number): Profile {
  const totals: Record<WorkKind, number> = { products: 0, elementwise: 0, reductions: 0, other: 0 };
  for (const { cat, name, dur, args } of events) {
    const op = args?.op_name;
    if (cat !== 'Node' || op === undefined || op === 'Loop' || name?.endsWith('_kernel_time') !== true) continue;
    totals[kindOf(op)] += (dur ?? 0) / 1000 / steps;
  }
  return totals;
}
