import { adamDefaults, adamRate, gradients, input, sum, type Runtime } from '../../src/graph/index.ts';
import type { Design } from '../../src/space/index.ts';
import { byReward } from '../tasks/task.ts';
import { collect, signOf, type Method, type Request } from './method.ts';
import { mutationOf } from './mutate.ts';
import { withSurrogate, type Differentiable } from './surrogate.ts';

export interface AscentOptions {
  readonly steps: number;
  /** Of Adam, in encoded coordinates, whose box is 2 wide. */
  readonly rate: number;
}

const defaults: AscentOptions = { steps: 100, rate: 0.05 };

/** Starts, in multiples of the proposals, before repeats are made up for by mutation. */
const mostRounds = 16;
const mostMutations = 1000;

/** Half the distance of the differences that stand in for a surrogate without derivatives. */
const halfStep = 0.05;

/** The gradient (n x d) of the predicted reward at n x d encoded designs. */
export type Slope = (designs: Float32Array) => Promise<Float64Array>;

async function derivative(
  graph: NonNullable<Differentiable['graph']>,
  dimension: number,
  runtime: Runtime,
): Promise<{ readonly at: Slope; readonly dispose: () => Promise<void> }> {
  const x = input('designs', ['n', dimension]);
  const [slope] = gradients(sum(graph(x)), [x]);
  const program = await runtime.compile({ outputs: { slope: slope! } });
  const at: Slope = async (designs) => {
    const { slope: values } = await program.run({
      designs: { shape: [designs.length / dimension, dimension], data: designs.slice() },
    });
    return Float64Array.from(values!.data);
  };
  return { at, dispose: () => program.dispose() };
}

/** Central differences, for a surrogate that has no graph. */
function differences(surrogate: Differentiable, dimension: number): Slope {
  return async (designs) => {
    const slope = new Float64Array(designs.length);
    for (let j = 0; j < dimension; j++) {
      const moved = [halfStep, -halfStep].map((by) =>
        designs.map((value, i) => (i % dimension === j ? value + by : value)),
      );
      const [above, below] = [await surrogate.predict(moved[0]!), await surrogate.predict(moved[1]!)];
      above.mean.forEach((value, row) => (slope[row * dimension + j] = (value - below.mean[row]!) / (2 * halfStep)));
    }
    return slope;
  };
}

/** Adam from n x d encoded designs towards better predictions, kept in the box [-1, 1]^d; one-hot groups move freely in it. */
export async function ascend(
  starts: Float32Array,
  slope: Slope,
  sign: 1 | -1,
  { steps, rate }: AscentOptions = defaults,
): Promise<Float32Array> {
  const { beta1, beta2, epsilon } = adamDefaults;
  const x = starts.slice();
  const first = new Float64Array(x.length);
  const second = new Float64Array(x.length);
  for (let step = 0; step < steps; step++) {
    const gradient = await slope(x);
    const stepRate = adamRate(rate, step);
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[i]!;
      first[i] = beta1 * first[i]! + g;
      second[i] = beta2 * second[i]! + g * g;
      const scale = Math.sqrt(second[i]!) + epsilon / Math.sqrt(1 - beta2);
      x[i] = Math.min(1, Math.max(-1, x[i]! + (stepRate * first[i]!) / scale));
    }
  }
  return x;
}

/** Gradient of a surrogate, analytic where it is a graph. */
export async function withSlope<T>(
  surrogate: Differentiable,
  dimension: number,
  runtime: Runtime,
  use: (slope: Slope) => Promise<T>,
): Promise<T> {
  if (surrogate.graph === undefined) return use(differences(surrogate, dimension));
  const { at, dispose } = await derivative(surrogate.graph, dimension, runtime);
  try {
    return await use(at);
  } finally {
    await dispose();
  }
}

/**
 * Gradient ascent from the best rows, as Design-Bench's baseline does it (Trabucco et al. 2022): the ends are decoded to the nearest
 * designs, a one-hot group to its greatest coordinate. Where ends coincide or were measured, the next best rows are started from; after
 * `mostRounds` times as many starts as proposals, ends are mutated.
 */
export async function climb({ table, count, stream }: Request, slope: Slope): Promise<readonly Design[]> {
  const { space, direction, rewards, designs } = table;
  const order = byReward(rewards, direction);
  const chosen = collect(table, count);
  const ends: Design[] = [];
  for (let round = 0; round < mostRounds && !chosen.full() && round * count < order.length; round++) {
    const rows = order.subarray(round * count, (round + 1) * count);
    const starts = space.encodeAll(Array.from(rows, (row) => designs[row]!));
    const reached = await ascend(starts, slope, signOf[direction]);
    for (let at = 0; at < reached.length; at += space.dimension) {
      const end = space.decode(reached, at);
      if (end !== undefined) ends.push(end);
      chosen.take(end);
    }
  }
  const mutation = mutationOf(space.columns);
  for (let tried = 0; !chosen.full() && tried < mostMutations * count && ends.length > 0; tried++) {
    const vector = space.encode(ends[tried % ends.length]!);
    for (let changes = 0; changes <= tried / ends.length; changes++) mutation.one(vector, stream);
    chosen.take(space.decode(vector));
  }
  return chosen.designs;
}

/** Gradient ascent on the surrogate. */
export const gradientAscent: Method = (request) =>
  withSurrogate(request, (surrogate, runtime) =>
    withSlope(surrogate, request.table.space.dimension, runtime, (slope) => climb(request, slope)),
  );
