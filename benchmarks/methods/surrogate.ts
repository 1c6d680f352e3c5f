import { randomStream } from '../../src/base/index.ts';
import { createRuntime, type Runtime, type Tensor } from '../../src/graph/index.ts';
import { defaultThreads } from '../../src/optimizer/index.ts';
import { encodedLayout, fitSurrogate, type Surrogate } from '../../src/reward/index.ts';
import type { Design } from '../../src/space/index.ts';
import type { Table } from '../../src/table/index.ts';
import { signOf, type Request } from './method.ts';

/** A surrogate whose mean may be a graph, of n x d encoded designs to n x 1 rewards. */
export type Differentiable = Pick<Surrogate, 'predict'> & { readonly graph?: (designs: Tensor) => Tensor };

/** Calls `use` with a runtime that is closed afterwards. */
export async function withRuntime<T>(use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await createRuntime('onnx', { threads: defaultThreads() });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

/** Calls `use` with the surrogate that `propose` fits on the same table with the same seed. */
export async function withSurrogate<T>(
  { table: { space, designs, rewards }, seed }: Request,
  use: (surrogate: Differentiable, runtime: Runtime) => Promise<T>,
): Promise<T> {
  return withRuntime(async (runtime) => {
    const surrogate = await fitSurrogate()(
      {
        designs: space.encodeAll(designs),
        rewards,
        ...encodedLayout(space),
      },
      { runtime, stream: randomStream(seed).split('propose', 'surrogate') },
    );
    try {
      return await use(surrogate, runtime);
    } finally {
      await surrogate.dispose();
    }
  });
}

/** Predicted rewards of designs, larger is better. */
export async function predictedValues(
  surrogate: Differentiable,
  { space, direction }: Pick<Table, 'space' | 'direction'>,
  designs: readonly Design[],
): Promise<Float64Array> {
  const { mean } = await surrogate.predict(space.encodeAll(designs));
  return mean.map((value) => signOf[direction] * value);
}
