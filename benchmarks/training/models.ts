import { randomStream } from '../../src/base/index.ts';
import {
  add,
  concat,
  gather,
  mapValues,
  matMul,
  mean,
  multiply,
  silu,
  square,
  subtract,
  type NamedTensors,
  type NamedValues,
  type Tensor,
  type TrainingDefinition,
} from '../../src/graph/index.ts';
import type { Size } from './contestant.ts';

/** Columns of a design and what tells the network noise and reward. */
export const designWidth = 86;
export const conditionWidth = 17;
/** Rows of the data set. */
export const dataRows = 4096;

/** A network with its loss, as `trainingGraph` takes it, at a size. */
export type Model = (size: Size) => TrainingDefinition;

const linear = (x: Tensor, p: NamedTensors, name: string): Tensor => add(matMul(x, p[`${name}/w`]!), p[`${name}/b`]!);

const layer = (name: string, from: number, to: number) => ({ [`${name}/w`]: [from, to], [`${name}/b`]: [to] });

/** Three linear layers with SiLU between, Adam alone: the network of the hand-differentiated spike. */
export const plainMlp: Model = ({ batch, width, steps }) => ({
  parameters: {
    ...layer('0', designWidth + conditionWidth, width),
    ...layer('1', width, width),
    ...layer('2', width, designWidth),
  },
  stepInputs: {
    x: { shape: [batch, designWidth + conditionWidth] },
    y: { shape: [batch, designWidth] },
  },
  data: {},
  loss: (p, step) => {
    const hidden = silu(linear(silu(linear(step['x']!, p, '0')), p, '1'));
    return mean(square(subtract(linear(hidden, p, '2'), step['y']!)));
  },
  stepsPerRun: steps,
});

/** A denoiser: two residual blocks between linear layers; AdamW, clipping and a moving average. */
export const residualMlp: Model = ({ batch, width, steps }) => ({
  parameters: {
    ...layer('in', designWidth + conditionWidth, width),
    ...layer('up0', width, width),
    ...layer('down0', width, width),
    ...layer('up1', width, width),
    ...layer('down1', width, width),
    ...layer('out', width, designWidth),
  },
  stepInputs: {
    rows: { shape: [batch], dtype: 'int' },
    noise: { shape: [batch, designWidth] },
    sigma: { shape: [batch, 1] },
    condition: { shape: [batch, conditionWidth] },
  },
  data: { x: [dataRows, designWidth] },
  loss: (p, step, data) => {
    const clean = gather(data['x']!, step['rows']!);
    const noisy = add(clean, multiply(step['noise']!, step['sigma']!));
    const start = linear(concat([noisy, step['condition']!], 1), p, 'in');
    const last = ['0', '1'].reduce(
      (h, block) => add(h, linear(silu(linear(silu(h), p, `up${block}`)), p, `down${block}`)),
      start,
    );
    return mean(square(subtract(linear(silu(last), p, 'out'), clean)));
  },
  stepsPerRun: steps,
  clipNorm: 1,
  weightDecay: true,
  average: true,
});

/** What a definition is trained with. */
export interface Drawn {
  readonly parameters: NamedValues;
  readonly data: NamedValues;
  /** The inputs of one run, the same each time, in arrays of their own. */
  readonly inputs: () => NamedValues;
}

/** Parameters, data and step inputs of a definition: normal numbers, weights scaled by their fan-in, indices below `dataRows`. */
export function drawn(definition: TrainingDefinition): Drawn {
  const random = randomStream(0);
  const normals = (shape: readonly number[], scale: number) => {
    const data = random.fillNormal(new Float32Array(sizeOf(shape)));
    for (let index = 0; index < data.length; index++) data[index]! *= scale;
    return { shape, data };
  };
  const places = (shape: readonly number[]) => {
    const data = new Int32Array(sizeOf(shape));
    for (let index = 0; index < data.length; index++) data[index] = random.integer(dataRows);
    return { shape, data };
  };
  const parameters = mapValues(definition.parameters, (shape) => {
    const known = shape as readonly number[];
    return normals(known, known.length > 1 ? 1 / Math.sqrt(known.at(-2)!) : 0);
  });
  const data = Object.entries(definition.data).map(
    ([name, shape]) => [`data/${name}`, normals(shape as readonly number[], 1)] as const,
  );
  const inputs = mapValues(definition.stepInputs, ({ shape, dtype }) => {
    const whole = [definition.stepsPerRun, ...(shape as readonly number[])];
    return dtype === 'int' ? places(whole) : normals(whole, 1);
  });
  return {
    parameters,
    data: Object.fromEntries(data),
    inputs: () => mapValues(inputs, ({ shape, data: kept }) => ({ shape, data: kept.slice() })),
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((total, dim) => total * dim, 1);
}
