import type { Graph } from '../tensor.ts';

export const runtimeNames = ['onnx', 'tensorflow', 'reference'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

/** A tensor at the border of a runtime, row-major. Int tensors travel as Int32Array. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

export type NamedValues = Readonly<Record<string, Values>>;

/** A compiled graph with its variables. Calls are queued: one runs at a time. */
export interface Program {
  /** Gives variables their values; each must have one before the first run. The arrays are copied. */
  write(values: NamedValues): Promise<void>;
  /** The same, and the arrays may be moved: do not use them again. */
  give(values: NamedValues): Promise<void>;
  /** The present values of variables. */
  read(names: readonly string[]): Promise<NamedValues>;
  /** One evaluation: the outputs by name; variables take their next values. Arrays given may be moved: do not use them again. */
  run(inputs: NamedValues): Promise<NamedValues>;
  dispose(): Promise<void>;
}

/** Where graphs are computed. */
export interface Runtime {
  readonly name: RuntimeName;
  compile(graph: Graph): Promise<Program>;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  /** Threads of one op; at least 1. */
  readonly threads: number;
}
