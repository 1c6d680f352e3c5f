import {
  add,
  clamp,
  constant,
  divide,
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

/** Steps of one ascent. */
const steps = 8;

/** Least and most that a coordinate moves in a step, root mean square over free coordinates; coordinates span 2. */
const stride = { least: 0.002, most: 0.1 } as const;

/** Inputs `parents` [n, d] and `stride` [n, 1]; output `designs`: after normalised steps up (or down) the model's slope, in the box. */
function ascentGraph(space: Space, model: (designs: Tensor) => Tensor, direction: Direction): Graph {
  const { dimension, columns, fixed } = space;
  const free = new Float64Array(dimension);
  for (const { name, offset, width } of columns) if (fixed[name] === undefined) free.fill(1, offset, offset + width);
  const sign = direction === 'maximize' ? 1 : -1;
  const size = input('stride', ['n', 1]);
  const { state } = loop(steps, [input('parents', ['n', dimension])], (_, [x]) => {
    const slope = multiply(gradients(sum(model(x!), [0, 1], false), [x!])[0]!, constant(free.map((one) => sign * one)));
    const length = sqrt(maximum(mean(square(slope), [1], true), 1e-20));
    return { state: [clamp(add(x!, multiply(divide(slope, length), size)), -1, 1)] };
  });
  return { outputs: { designs: state[0]! } };
}

/** Walks up the slope of a differentiable surrogate, each child with a stride of its own. */
export async function ascent(
  runtime: Runtime,
  space: Space,
  model: (designs: Tensor) => Tensor,
  direction: Direction,
): Promise<{ readonly variation: Variation; dispose(): Promise<void> }> {
  const program: Program = await runtime.compile(ascentGraph(space, model, direction));
  const { dimension } = space;
  return {
    variation: async (parents, count, stream) => {
      const designs = new Float32Array(count * dimension);
      const strides = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        designs.set(parents[i % parents.length]!, i * dimension);
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
