import { interpret, type Machine } from '../interpret.ts';
import { planOf } from '../plan.ts';
import { referenceKernels, zeros, type NdArray } from './reference-kernels.ts';
import type { Graph } from '../tensor.ts';
import type { NamedValues, Program, Runtime } from './types.ts';

const machine: Machine<NdArray> = {
  kernels: referenceKernels,
  constant: (values, shape) => ({ shape, data: Float64Array.from(values) }),
  stack: (list, shape) => {
    const stacked = zeros([list.length, ...(list[0]?.shape ?? shape)]);
    list.forEach(({ data }, index) => stacked.data.set(data, index * data.length));
    return stacked;
  },
  scoped: (work) => work(),
};

/** A slow interpreter in float64: the truth that the fast runtimes are held against. */
export const referenceRuntime: Runtime = {
  name: 'reference',
  compile: (graph) => Promise.resolve(referenceProgram(graph)),
  close: () => Promise.resolve(),
};

function referenceProgram(graph: Graph): Program {
  const plan = planOf([...Object.values(graph.outputs), ...(graph.updates ?? []).map(({ next }) => next)]);
  const variables = new Map<string, NdArray>();
  const toArrays = (values: NamedValues): [string, NdArray][] =>
    Object.entries(values).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]);
  return {
    write: (values) => {
      for (const [name, value] of toArrays(values)) variables.set(name, value);
      return Promise.resolve();
    },
    read: (names) =>
      Promise.resolve(
        Object.fromEntries(
          names.map((name) => {
            const value = variables.get(name);
            if (value === undefined) throw new Error(`No variable ${name} was written`);
            return [name, { shape: value.shape, data: value.data.slice() }];
          }),
        ),
      ),
    // Async, so that a failure is a rejection as on the other runtimes.
    run: async (inputs) => {
      await Promise.resolve();
      const { outputs, updates } = interpret(machine, plan, graph, new Map([...variables, ...toArrays(inputs)]));
      for (const [name, value] of updates) variables.set(name, value);
      return Object.fromEntries(outputs);
    },
    dispose: () => Promise.resolve(),
  };
}
