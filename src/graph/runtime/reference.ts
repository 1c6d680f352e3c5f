import { interpretedProgram, type Host } from './interpreted.ts';
import { referenceKernels, zeros, type NdArray } from './reference-kernels.ts';
import type { Runtime } from './types.ts';

const host: Host<NdArray> = {
  kernels: referenceKernels,
  constant: (values, shape) => ({ shape, data: Float64Array.from(values) }),
  stack: (list, shape) => {
    const stacked = zeros([list.length, ...(list[0]?.shape ?? shape)]);
    list.forEach(({ data }, index) => stacked.data.set(data, index * data.length));
    return stacked;
  },
  scoped: (work) => work(),
  release: () => undefined,
  receive: ({ shape, data }) => ({ shape, data: Float64Array.from(data) }),
  send: ({ shape, data }, dtype) => ({ shape, data: dtype === 'int' ? Int32Array.from(data) : data.slice() }),
};

/** A slow interpreter in float64: the truth that the fast runtimes are held against. */
export const referenceRuntime: Runtime = {
  name: 'reference',
  // Async, so that a graph that is refused is a rejection as on the other runtimes.
  compile: async (graph) => Promise.resolve(interpretedProgram(host, graph)),
  close: () => Promise.resolve(),
};
