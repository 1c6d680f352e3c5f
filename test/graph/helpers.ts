import type { Graph, NamedValues, Program, Runtime, Tensor, Values } from '../../src/graph/index.ts';

/** One evaluation of a graph, and its program's end. */
export async function evaluate(
  runtime: Runtime,
  outputs: Graph['outputs'],
  inputs: NamedValues = {},
): Promise<NamedValues> {
  return withProgram(runtime, { outputs }, (program) => program.run(copied(inputs)));
}

/** The numbers of one tensor. */
export async function numbersOf(runtime: Runtime, tensor: Tensor, inputs: NamedValues = {}): Promise<number[]> {
  const { result } = await evaluate(runtime, { result: tensor }, inputs);
  return Array.from(result!.data);
}

export async function withProgram<Result>(
  runtime: Runtime,
  graph: Graph,
  use: (program: Program) => Promise<Result>,
): Promise<Result> {
  const program = await runtime.compile(graph);
  try {
    return await use(program);
  } finally {
    await program.dispose();
  }
}

/** Arrays given to a run may be moved: a copy for each run. */
export function copied(values: NamedValues): NamedValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}

export function floats(shape: readonly number[], data: readonly number[]): Values {
  return { shape, data: Float32Array.from(data) };
}

export function doubles(shape: readonly number[], data: readonly number[]): Values {
  return { shape, data: Float64Array.from(data) };
}

export function integers(shape: readonly number[], data: readonly number[]): Values {
  return { shape, data: Int32Array.from(data) };
}
