import { InferenceSession, Tensor } from 'onnxruntime-node';
import { MessageChannel, parentPort } from 'node:worker_threads';
import { messageOf } from '../../base/index.ts';
import { unwritten } from './program.ts';
import type { NamedValues, Values } from './types.ts';

/** What the main thread asks of the worker that owns the sessions. `program` names a compiled graph. */
export type WorkerRequest =
  | {
      readonly kind: 'compile';
      readonly program: number;
      readonly model: Uint8Array;
      readonly threads: number;
      /** Whether next values of variables may be written where the present ones are. */
      readonly inPlace: boolean;
    }
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
  readonly inPlace: boolean;
  readonly variables: Map<string, Tensor>;
}

const programs = new Map<number, Compiled>();

/** A loop: BigInt64Array.from would list all numbers as objects first. */
function toBigInts(data: Int32Array): BigInt64Array {
  const result = new BigInt64Array(data.length);
  for (let index = 0; index < data.length; index++) result[index] = BigInt(data[index]!);
  return result;
}

function toTensor({ shape, data }: Values): Tensor {
  if (data instanceof Int32Array) return new Tensor('int64', toBigInts(data), shape);
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

async function compile({ program, model, threads, inPlace }: Extract<WorkerRequest, { kind: 'compile' }>): Promise<void> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // An arena grows by doubling and keeps what it has; a plan of all memory lies beside the state that loops allocate.
    enableCpuMemArena: false,
    enableMemPattern: false,
    // What goes wrong is thrown; a second message on stderr would only repeat it.
    logSeverityLevel: 4,
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  });
  programs.set(program, { session, inPlace, variables: new Map() });
}

/** A port that nobody listens to. */
const nowhere = new MessageChannel().port1;
nowhere.close();

/** Frees the memory of a tensor at once: the garbage collector would let several copies of the state gather. */
function free(tensor: Tensor): void {
  if (ArrayBuffer.isView(tensor.data)) nowhere.postMessage(undefined, [tensor.data.buffer as ArrayBuffer]);
}

async function run(request: Extract<WorkerRequest, { kind: 'run' }>): Promise<NamedValues> {
  const { session, variables, inPlace } = compiled(request.program);
  const inputs = Object.fromEntries(Object.entries(request.inputs).map(([name, value]) => [name, toTensor(value)]));
  const feeds = { ...Object.fromEntries(variables), ...inputs };
  const results = inPlace ? await runInPlace(session, feeds, request) : await session.run(feeds);
  const given = request.outputs.map((name) => [name, toValues(results[name]!)] as const);
  Object.values(inputs).forEach(free);
  if (!inPlace) {
    for (const [variable, output] of request.updates) {
      const before = variables.get(variable);
      if (before !== undefined) free(before);
      variables.set(variable, results[output]!);
    }
  }
  return Object.fromEntries(given);
}

/** Runs with the variables' own arrays as the outputs; the copies that the binding makes of them are of no use. */
async function runInPlace(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  { outputs, updates }: Extract<WorkerRequest, { kind: 'run' }>,
): Promise<InferenceSession.ReturnType> {
  const fetches = Object.fromEntries<Tensor | null>([
    ...outputs.map((name) => [name, null] as const),
    ...updates.map(([variable, output]) => [output, feeds[variable]!] as const),
  ]);
  const results = await session.run(feeds, fetches);
  for (const [, output] of updates) free(results[output]!);
  return results;
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
          const { shape, data } = toValues(value);
          return [name, { shape, data: data.slice() }];
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
      const moved = Object.values(values ?? {}).map(({ data }) => data.buffer as ArrayBuffer);
      parentPort?.postMessage({ id, ...(values === undefined ? {} : { values }) } satisfies WorkerAnswer, moved);
    } catch (error) {
      parentPort?.postMessage({ id, error: messageOf(error) } satisfies WorkerAnswer);
    }
  });
});
