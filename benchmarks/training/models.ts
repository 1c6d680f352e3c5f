import { randomStream, type RandomStream } from '../../src/base/index.ts';
import { denoiserShapes, denoisingLoss, karrasSchedule } from '../../src/diffusion/index.ts';
import {
  add,
  mapValues,
  matMul,
  mean,
  silu,
  square,
  subtract,
  type NamedTensors,
  type NamedValues,
  type Shape,
  type Tensor,
  type TrainingDefinition,
} from '../../src/graph/index.ts';
import type { Size } from './contestant.ts';

/** Columns of a design, and of what tells the plain network noise and reward. */
export const designWidth = 86;
export const conditionWidth = 17;
/** Rows of the data set. */
export const dataRows = 4096;
/** Residual blocks of the denoiser. */
export const blocks = 3;

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

/** The product's own denoiser and loss, with AdamW, clipping and a moving average. */
export const denoiser: Model = ({ batch, width, steps }) => ({
  parameters: denoiserShapes({ dimension: designWidth, width, blocks }),
  stepInputs: {
    rows: { shape: [batch], dtype: 'int' },
    sigma: { shape: [batch, 1] },
    withheld: { shape: [batch, 1] },
    noise: { shape: [batch, designWidth] },
  },
  data: { designs: [dataRows, designWidth], rewards: [dataRows, 1], unlabelled: [dataRows, 1] },
  loss: denoisingLoss(blocks),
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

/** One number of an array that is not normal. */
const draws: Readonly<Record<string, (random: RandomStream) => number>> = {
  rows: (random) => random.integer(dataRows),
  sigma: (random) => karrasSchedule().trainingSigma(random.normal()),
  withheld: (random) => (random.uniform() < 0.15 ? 1 : 0),
  unlabelled: (random) => (random.uniform() < 0.1 ? 1 : 0),
};

/** Parameters, data and step inputs of a definition, the same for the same definition; weights are scaled by their fan-in. */
export function drawn(definition: TrainingDefinition): Drawn {
  const random = randomStream(0);
  const values = (name: string, shape: Shape, scale = 1) => {
    const known = shape as readonly number[];
    const length = known.reduce((total, dim) => total * dim, 1);
    const stream = random.split(name);
    const data = name === 'rows' ? new Int32Array(length) : new Float32Array(length);
    const draw = draws[name];
    if (draw !== undefined) data.forEach((_, index) => (data[index] = draw(stream)));
    else if (data instanceof Float32Array)
      stream.fillNormal(data).forEach((value, index) => (data[index] = value * scale));
    return { shape: known, data };
  };
  const inputs = mapValues(definition.stepInputs, ({ shape }, name) =>
    values(name, [definition.stepsPerRun, ...shape]),
  );
  return {
    parameters: mapValues(definition.parameters, (shape, name) =>
      values(name, shape, shape.length > 1 ? 1 / Math.sqrt(shape.at(-2) as number) : 0),
    ),
    data: mapValues(definition.data, (shape, name) => values(name, shape)),
    inputs: () => mapValues(inputs, ({ shape, data: kept }) => ({ shape, data: kept.slice() })),
  };
}
