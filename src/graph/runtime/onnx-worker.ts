import { InferenceSession, Tensor } from 'onnxruntime-node';
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../base/index.ts';
import { unwritten } from './program.ts';
import type { NamedValues, Values } from './types.ts';

/** What the main thread asks of the worker that owns the sessions. `program` names a compiled graph. */
export type WorkerRequest =
  | { readonly kind: 'compile'; readonly program: number; readonly model: Uint8Array; readonly threads: number }
  | { readonly kind: 'write'; readonly program: number; readonly values: NamedValues }
  | { readonly kind: 'read'; readonly program: number; readonly names: readonly string[] }
  | {
      readonly kind: 'run';
      readonly program: number;
      readonly inputs: NamedValues;
      readonly outputs: readonly string[];
      readonly updates: readonly (readonly [variable: string, output: string])[];
    }
  | { readonly kind: 'dispose'; readonly program: number };

export interface WorkerCall {
  readonly id: number;
  readonly request: WorkerRequest;
}

export interface WorkerAnswer {
  readonly id: number;
  readonly values?: NamedValues;
  readonly error?: string;
}

interface Compiled {
  readonly session: InferenceSession;
  readonly variables: Map<string, Tensor>;
}

const programs = new Map<number, Compiled>();

function toTensor({ shape, data }: Values): Tensor {
  if (data instanceof Int32Array) return new Tensor('int64', BigInt64Array.from(data, BigInt), shape);
  return new Tensor('float32', data instanceof Float32Array ? data : Float32Array.from(data), shape);
}

function toValues(tensor: Tensor): Values {
  const { data } = tensor;
  if (data instanceof Float32Array) return { shape: tensor.dims, data };
  if (data instanceof BigInt64Array) return { shape: tensor.dims, data: Int32Array.from(data, Number) };
  throw new Error(`Expected a float or integer tensor, got ${tensor.type}`);
}

function compiled(program: number): Compiled {
  const found = programs.get(program);
  if (found === undefined) throw new Error('The program was disposed');
  return found;
}

async function compile({ program, model, threads }: Extract<WorkerRequest, { kind: 'compile' }>): Promise<void> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // What goes wrong is thrown; a second message on stderr would only repeat it.
    logSeverityLevel: 4,
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  });
  programs.set(program, { session, variables: new Map() });
}

async function run(request: Extract<WorkerRequest, { kind: 'run' }>): Promise<NamedValues> {
  const { session, variables } = compiled(request.program);
  const feeds: Record<string, Tensor> = Object.fromEntries(variables);
  for (const [name, value] of Object.entries(request.inputs)) feeds[name] = toTensor(value);
  const results = await session.run(feeds);
  for (const [variable, output] of request.updates) variables.set(variable, results[output]!);
  return Object.fromEntries(request.outputs.map((name) => [name, toValues(results[name]!)]));
}

async function answer(request: WorkerRequest): Promise<NamedValues | undefined> {
  switch (request.kind) {
    case 'compile':
      await compile(request);
      return undefined;
    case 'write':
      for (const [name, value] of Object.entries(request.values)) {
        compiled(request.program).variables.set(name, toTensor(value));
      }
      return undefined;
    case 'read': {
      const { variables } = compiled(request.program);
      return Object.fromEntries(
        request.names.map((name) => {
          const value = variables.get(name);
          if (value === undefined) throw unwritten(name);
          return [name, toValues(value)];
        }),
      );
    }
    case 'run':
      return run(request);
    case 'dispose': {
      const { session } = compiled(request.program);
      programs.delete(request.program);
      await session.release();
      return undefined;
    }
  }
}

// One at a time: two runs at once would fight for the same cores.
let queue = Promise.resolve();
parentPort?.on('message', ({ id, request }: WorkerCall) => {
  queue = queue.then(async () => {
    try {
      const values = await answer(request);
      const moved =
        request.kind === 'run' ? Object.values(values ?? {}).map(({ data }) => data.buffer as ArrayBuffer) : [];
      parentPort?.postMessage({ id, ...(values === undefined ? {} : { values }) } satisfies WorkerAnswer, moved);
    } catch (error) {
      parentPort?.postMessage({ id, error: messageOf(error) } satisfies WorkerAnswer);
    }
  });
});
