import type { RandomStream } from '../base/index.ts';
import {
  add,
  divide,
  exp,
  gather,
  mapValues,
  matMul,
  mean as meanOf,
  multiply,
  negate,
  silu,
  slice,
  sqrt,
  square,
  subtract,
  sum,
  tanh,
  type Loss,
  type NamedShapes,
  type NamedTensors,
  type NamedValues,
  type Tensor,
} from '../graph/index.ts';

/**
 * What the members are trained for: the squared error; the likelihood of a normal distribution whose mean and variance they
 * predict (Lakshminarayanan et al. 2017); or only the order of the rewards, by the cosine between the scores and the standardised
 * rewards of a batch (RankCosine, Qin et al. 2008; for design in RaM, Tan et al. 2025), which treats both ends of the order alike.
 */
export type EnsembleLoss = 'squared' | 'likelihood' | 'ranking';

export interface EnsembleSizes {
  readonly members: number;
  readonly width: number;
  readonly layers: number;
  readonly loss: EnsembleLoss;
}

/** Of standardised rewards: keeps predicted standard deviations between 1/20 and 20. */
const largestLogVariance = 6;

const boundedLogVariance = (x: Tensor): Tensor =>
  multiply(tanh(multiply(x, 1 / largestLogVariance)), largestLogVariance);

/** A normal distribution by each member: [members, n, 1] each. */
export interface MemberOutputs {
  readonly mean: Tensor;
  readonly logVariance?: Tensor;
}

const onlyMean = (outputs: Tensor): MemberOutputs => ({ mean: outputs });
const meanAndVariance = (outputs: Tensor): MemberOutputs => ({
  mean: slice(outputs, 2, 0, 1),
  logVariance: boundedLogVariance(slice(outputs, 2, 1, 2)),
});

/** Against division by zero where all scores are the same. */
const smallestNorm = 1e-6;

interface LossRule {
  readonly outputs: number;
  read(outputs: Tensor): MemberOutputs;
  /** Of [members, batch, outputs] and true standardised rewards [members, batch, 1]. */
  loss(outputs: Tensor, rewards: Tensor): Tensor;
  /** Whether predictions have the scale of the rewards. */
  readonly scaled: boolean;
}

export const lossRules: { readonly [Name in EnsembleLoss]: LossRule } = {
  squared: {
    outputs: 1,
    read: onlyMean,
    loss: (outputs, rewards) => meanOf(square(subtract(outputs, rewards))),
    scaled: true,
  },
  likelihood: {
    outputs: 2,
    read: meanAndVariance,
    loss: (outputs, rewards) => {
      const mean = slice(outputs, 2, 0, 1);
      const logVariance = boundedLogVariance(slice(outputs, 2, 1, 2));
      const error = square(subtract(mean, rewards));
      return multiply(meanOf(add(logVariance, multiply(error, exp(negate(logVariance))))), 0.5);
    },
    scaled: true,
  },
  ranking: {
    outputs: 1,
    read: onlyMean,
    loss: (outputs, rewards) => {
      const norm = (x: Tensor): Tensor => sqrt(add(sum(square(x), [1]), smallestNorm));
      const cosine = divide(sum(multiply(outputs, rewards), [1]), multiply(norm(outputs), norm(rewards)));
      return subtract(1, meanOf(cosine));
    },
    scaled: false,
  },
};

export function parameterShapes(dimension: number, { members, width, layers, loss }: EnsembleSizes): NamedShapes {
  const widths = [dimension, ...Array.from({ length: layers }, () => width), lossRules[loss].outputs];
  const entries = widths.slice(1).flatMap((outputs, layer): [string, readonly number[]][] => [
    [`${layer}.weight`, [members, widths[layer]!, outputs]],
    [`${layer}.bias`, [members, 1, outputs]],
  ]);
  return Object.fromEntries(entries);
}

/** Weights by He et al. (2015), biases of zero. */
export function initialParameters(dimension: number, sizes: EnsembleSizes, stream: RandomStream): NamedValues {
  return mapValues(parameterShapes(dimension, sizes), (shape, name) => {
    const data = new Float32Array(shape.reduce<number>((total, dim) => total * (dim as number), 1));
    if (name.endsWith('weight')) {
      const std = Math.sqrt(2 / (shape[1] as number));
      stream.split(name).fillNormal(data);
      data.forEach((value, index) => (data[index] = std * value));
    }
    return { shape: shape as readonly number[], data };
  });
}

/** Outputs of each member for scaled designs x ([1 or members, n, d]): [members, n, outputs]. */
export function network(p: NamedTensors, layers: number, x: Tensor): Tensor {
  let hidden = x;
  for (let layer = 0; layer <= layers; layer++) {
    const sums = add(matMul(hidden, p[`${layer}.weight`]!), p[`${layer}.bias`]!);
    hidden = layer === layers ? sums : silu(sums);
  }
  return hidden;
}

/** Over the rows that the step names for each member: `rows` [members, batch] of `designs` [n, d] and `rewards` [n, 1]. */
export const ensembleLoss =
  ({ layers, loss }: EnsembleSizes): Loss =>
  (parameters, step, data) => {
    const x = gather(data['designs']!, step['rows']!);
    const y = gather(data['rewards']!, step['rows']!);
    return lossRules[loss].loss(network(parameters, layers, x), y);
  };
