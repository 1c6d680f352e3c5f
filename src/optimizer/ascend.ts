import {
  add,
  clamp,
  constant,
  divide,
  gather,
  gradients,
  input,
  loop,
  maximum,
  mean,
  multiply,
  sqrt,
  square,
  sum,
  type Graph,
  type Program,
  type Runtime,
  type Tensor,
} from '../graph/index.ts';
import type { Space } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import type { Variation } from './refine.ts';

/** Steps of one ascent, each shorter than the one before. */
const steps = 40;

/** Least and most that a coordinate moves in the first step, root mean square over free coordinates; coordinates span 2. */
const stride = { least: 0.002, most: 0.1 } as const;

/** Inputs `parents` [n, d] and `stride` [n, 1]; output `designs`: after normalised steps up (or down) the model's slope, in the box. */
function ascentGraph(space: Space, model: (designs: Tensor) => Tensor, direction: Direction): Graph {
  const { dimension, columns, fixed } = space;
  const free = new Float64Array(dimension);
  for (const { name, offset, width } of columns) if (fixed[name] === undefined) free.fill(1, offset, offset + width);
  const sign = direction === 'maximize' ? 1 : -1;
  const size = input('stride', ['n', 1]);
  const { state } = loop(steps, [input('parents', ['n', dimension])], (iteration, [x]) => {
    const slope = multiply(gradients(sum(model(x!), [0, 1], false), [x!])[0]!, constant(free.map((one) => sign * one)));
    const length = sqrt(maximum(mean(square(slope), [1], true), 1e-20));
    const shrink = gather(constant(Float64Array.from({ length: steps }, (_, i) => 1 - i / steps)), iteration);
    return { state: [clamp(add(x!, multiply(divide(slope, length), multiply(size, shrink))), -1, 1)] };
  });
  return { outputs: { designs: state[0]! } };
}

/**
 * Walks up the slope of a differentiable surrogate from given starts (vectors of d numbers, at least one), each child with a stride of its
 * own. Starts are the same in every generation: where the search has gone already, the slope leads to the same few places.
 */
export async function ascent(
  runtime: Runtime,
  space: Space,
  model: (designs: Tensor) => Tensor,
  direction: Direction,
  starts: readonly Float32Array[],
): Promise<{ readonly variation: Variation; dispose(): Promise<void> }> {
  const program: Program = await runtime.compile(ascentGraph(space, model, direction));
  const { dimension } = space;
  return {
    variation: async (_, count, stream) => {
      const designs = new Float32Array(count * dimension);
      const strides = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        designs.set(starts[stream.integer(starts.length)]!, i * dimension);
        strides[i] = stride.least * (stride.most / stride.least) ** stream.uniform();
      }
      const outputs = await program.run({
        parents: { shape: [count, dimension], data: designs },
        stride: { shape: [count, 1], data: strides },
      });
      return Float32Array.from(outputs['designs']!.data);
    },
    dispose: () => program.dispose(),
  };
}
