import type { Plan } from './plan.ts';
import type { DType, Graph, Loop, OpAttributes, OpName, Tensor } from './tensor.ts';

/** One op on a runtime's own values. */
export type Kernel<Op extends OpName, Value> = (inputs: readonly Value[], attributes: OpAttributes[Op]) => Value;

export type Kernels<Value> = { readonly [Op in OpName]: Kernel<Op, Value> };

/** What an interpreter needs of a runtime beside its kernels. */
export interface Machine<Value> {
  readonly kernels: Kernels<Value>;
  constant(values: Float64Array | Float32Array, shape: readonly number[], dtype: DType): Value;
  /** Stacks values of one shape along a new first axis; shape and type are given for an empty list. */
  stack(values: readonly Value[], shape: readonly number[], dtype: DType): Value;
  /** Does the work and releases what it made; the results are handles of the caller's own. */
  scoped(work: () => readonly Value[]): readonly Value[];
  release(value: Value): void;
}

/** Computes a planned graph on a machine: its outputs and the next values of its variables, in the graph's order. `given` holds
 *  the inputs and variables by name. */
export function interpret<Value>(
  machine: Machine<Value>,
  plan: Plan,
  graph: Graph,
  given: ReadonlyMap<string, Value>,
): { readonly outputs: readonly Value[]; readonly updates: readonly Value[] } {
  const values = new Map<Tensor, Value>();
  const loops = new Map<Loop, readonly Value[]>();

  const valueOf = (tensor: Tensor): Value => {
    const value = values.get(tensor);
    if (value === undefined) throw new Error(`A ${tensor.kind} was used before it was computed`);
    return value;
  };

  const runLoop = (loop: Loop): readonly Value[] => {
    let state = loop.initial.map(valueOf);
    const collected: Value[][] = loop.collected.map(() => []);
    const body = plan.bodies.get(loop.scope)!;
    for (let iteration = 0; iteration < loop.trips; iteration++) {
      const results = machine.scoped(() => {
        values.set(loop.iteration, machine.constant(Float64Array.of(iteration), [], 'int'));
        loop.carried.forEach((placeholder, index) => values.set(placeholder, state[index]!));
        for (const inner of body) if (inner.kind === 'loopOutput') loops.delete(inner.loop);
        compute(body);
        return [...loop.next, ...loop.collected].map(valueOf);
      });
      // The first state belongs to the outer scope.
      if (iteration > 0) state.forEach((value) => machine.release(value));
      state = results.slice(0, loop.next.length);
      results.slice(loop.next.length).forEach((value, index) => collected[index]!.push(value));
    }
    const shapeOf = (tensor: Tensor): readonly number[] =>
      tensor.shape.map((dim) => (typeof dim === 'number' ? dim : 0));
    const stacked = collected.map((list, index) => {
      const tensor = loop.collected[index]!;
      const whole = machine.stack(list, shapeOf(tensor), tensor.dtype);
      list.forEach((value) => machine.release(value));
      return whole;
    });
    return [...state, ...stacked];
  };

  const valueOfLoop = (loop: Loop, index: number): Value => {
    const results = loops.get(loop) ?? runLoop(loop);
    loops.set(loop, results);
    return results[index]!;
  };

  const compute = (tensors: readonly Tensor[]): void => {
    for (const tensor of tensors) {
      switch (tensor.kind) {
        case 'placeholder':
          break;
        case 'input':
        case 'variable': {
          const value = given.get(tensor.name);
          if (value === undefined) throw new Error(`No value was given for ${tensor.kind} ${tensor.name}`);
          values.set(tensor, value);
          break;
        }
        case 'constant':
          values.set(tensor, machine.constant(tensor.values, tensor.shape as readonly number[], tensor.dtype));
          break;
        case 'loopOutput':
          values.set(tensor, valueOfLoop(tensor.loop, tensor.index));
          break;
        case 'op': {
          const kernel = machine.kernels[tensor.op] as Kernel<OpName, Value>;
          values.set(tensor, kernel(tensor.inputs.map(valueOf), tensor.attributes));
          break;
        }
      }
    }
  };

  compute(plan.main);
  return {
    outputs: Object.values(graph.outputs).map(valueOf),
    updates: (graph.updates ?? []).map(({ next }) => valueOf(next)),
  };
}
