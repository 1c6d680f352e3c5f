import { Worker } from 'node:worker_threads';
import { emitModel, nextName } from '../emit.ts';
import { updatesInPlace } from '../in-place.ts';
import { describeModel } from '../read-model.ts';
import type { Signature } from '../signature.ts';
import type { Graph } from '../tensor.ts';
import { mapValues } from '../training.ts';
import type { WorkerAnswer, WorkerCall, WorkerRequest } from './onnx-worker.ts';
import { checkedProgram } from './program.ts';
import type { NamedValues, Program, Runtime, RuntimeOptions, Values } from './types.ts';

interface Pending {
  readonly resolve: (values: NamedValues) => void;
  readonly reject: (error: Error) => void;
}

/** The buffers of the values, each once, to be moved to another thread; a view of a larger buffer is left to be copied. */
function movable(values: NamedValues): ArrayBuffer[] {
  const buffers = Object.values(values)
    .map(({ data }) => data)
    .filter((data) => data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength)
    .map((data) => data.buffer as ArrayBuffer);
  return [...new Set(buffers)];
}

// ONNX Runtime reports to its makers and writes into the user's cache unless told not to, before its library is loaded.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

const copied = ({ shape, data }: Values): Values => ({ shape, data: data.slice() });

/** The values with each array once: another variable with the same one, and a view of a larger one, get copies. */
function withOwnArrays(values: NamedValues): NamedValues {
  const seen = new Set<ArrayBufferLike>();
  return mapValues(values, (value) => {
    const { buffer, byteLength } = value.data;
    if (seen.has(buffer) || byteLength < buffer.byteLength) return copied(value);
    seen.add(buffer);
    return value;
  });
}

/** A thread that owns native sessions, and the calls that wait for it. It keeps the process alive only while a call waits. */
class SessionThread {
  // Flags such as --input-type are for the main thread alone.
  private readonly worker = new Worker(new URL('./onnx-worker.js', import.meta.url), { execArgv: [] });
  private readonly pending = new Map<number, Pending>();
  private calls = 0;
  private failure: Error | undefined;

  constructor() {
    this.worker.unref();
    this.worker.on('message', ({ id, values, error }: WorkerAnswer) => {
      const call = this.pending.get(id);
      this.pending.delete(id);
      if (this.pending.size === 0) this.worker.unref();
      if (error === undefined) call?.resolve(values ?? {});
      else call?.reject(new Error(error));
    });
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('The compute thread ended')));
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }

  call(request: WorkerRequest, moved: readonly ArrayBuffer[] = []): Promise<NamedValues> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = this.calls++;
    return new Promise((resolve, reject) => {
      // First, since it throws where an array was moved before.
      this.worker.postMessage({ id, request } satisfies WorkerCall, moved);
      this.pending.set(id, { resolve, reject });
      this.worker.ref();
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/** A runtime that also takes models as they are stored. */
export interface OnnxRuntime extends Runtime {
  /** A program from the bytes of an ONNX model without variables. Rejects when ONNX Runtime cannot load it. */
  load(model: Uint8Array): Promise<Program>;
}

/** Graphs on ONNX Runtime's native library, in a thread of their own. */
export function onnxRuntime({ threads }: RuntimeOptions): OnnxRuntime {
  const thread = new SessionThread();
  const live = new Set<number>();
  let programs = 0;

  const dispose = async (program: number): Promise<void> => {
    if (live.delete(program)) await thread.call({ kind: 'dispose', program });
  };

  type Updates = readonly (readonly [variable: string, output: string])[];

  const start = async (
    model: Uint8Array,
    signature: Pick<Signature, 'inputs' | 'variables'>,
    outputs: readonly string[],
    updates: Updates,
    inPlace: boolean,
  ): Promise<Program> => {
    const program = programs++;
    await thread.call({ kind: 'compile', program, model, threads, inPlace });
    live.add(program);
    const give = async (values: NamedValues): Promise<void> => {
      await thread.call({ kind: 'write', program, values }, movable(values));
    };
    return checkedProgram(signature, {
      write: (values) => give(mapValues(values, copied)),
      give: (values) => give(withOwnArrays(values)),
      read: (names) => thread.call({ kind: 'read', program, names }),
      run: (inputs) => thread.call({ kind: 'run', program, inputs, outputs, updates }, movable(inputs)),
      dispose: () => dispose(program),
    });
  };

  return {
    name: 'onnx',
    compile: async (graph: Graph): Promise<Program> => {
      const model = emitModel(graph);
      const updates: Updates = (graph.updates ?? []).map(({ variable: { name } }) => [name, nextName(name)]);
      return start(model.bytes, model, Object.keys(graph.outputs), updates, updatesInPlace(graph));
    },
    load: async (model) => {
      const { inputs, outputs } = describeModel(model);
      return start(model, { inputs, variables: [] }, outputs, [], false);
    },
    // Sessions are released first: ending the thread during a run would abort the process.
    close: async () => {
      for (const program of [...live]) await dispose(program);
      await thread.end();
    },
  };
}
