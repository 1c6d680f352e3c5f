import type { RandomStream } from '../base/index.ts';
import {
  add,
  concat,
  divide,
  exp,
  gather,
  mapValues,
  matMul,
  mean as meanOf,
  multiply,
  negate,
  pad,
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
import type { EncodedLayout, SequenceSpan } from './groups.ts';

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
  /** Motifs that each member looks for in a sequence, wherever they stand; 0 for none. */
  readonly motifs: number;
}

/** What the network is given: d coordinates, and where the sequences are among them. */
export type NetworkInputs = Pick<Required<EncodedLayout>, 'dimension' | 'sequences'>;

/** Positions of a motif, an odd number. */
const motifLength = 3;
/** In longer sequences, as those of aligned proteins, motifs cost much and say little. */
const mostPositions = 64;

/** Whether motifs are looked for in a sequence: it is longer than one, and not too long. */
export const mayHoldMotifs = ({ positions }: SequenceSpan): boolean =>
  positions > motifLength && positions <= mostPositions;

function motifSpans({ sequences }: NetworkInputs, { motifs }: EnsembleSizes): readonly SequenceSpan[] {
  return motifs > 0 ? sequences.filter(mayHoldMotifs) : [];
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

export function parameterShapes(inputs: NetworkInputs, sizes: EnsembleSizes): NamedShapes {
  const { members, width, layers, loss, motifs } = sizes;
  const spans = motifSpans(inputs, sizes);
  const ins = [
    inputs.dimension,
    ...Array.from({ length: layers }, (_, layer) => width + (layer === 0 ? spans.length * motifs : 0)),
  ];
  const linear = (name: string, from: number, to: number): [string, readonly number[]][] => [
    [`${name}.weight`, [members, from, to]],
    [`${name}.bias`, [members, 1, to]],
  ];
  return Object.fromEntries([
    ...ins.flatMap((from, layer) => linear(`${layer}`, from, layer === layers ? lossRules[loss].outputs : width)),
    ...spans.flatMap(({ choices }, at) => linear(`motifs ${at}`, motifLength * choices, motifs)),
  ]);
}

/** Weights by He et al. (2015), biases of zero. */
export function initialParameters(inputs: NetworkInputs, sizes: EnsembleSizes, stream: RandomStream): NamedValues {
  return mapValues(parameterShapes(inputs, sizes), (shape, name) => {
    const data = new Float32Array(shape.reduce<number>((total, dim) => total * (dim as number), 1));
    if (name.endsWith('weight')) {
      const std = Math.sqrt(2 / (shape[1] as number));
      stream.split(name).fillNormal(data);
      data.forEach((value, index) => (data[index] = std * value));
    }
    return { shape: shape as readonly number[], data };
  });
}

const linear = (p: NamedTensors, name: string, x: Tensor): Tensor =>
  add(matMul(x, p[`${name}.weight`]!), p[`${name}.bias`]!);

/** How much of each motif a sequence holds, wherever it stands: a convolution that is centred on each position in turn, with nothing
 *  beyond the ends, summed over positions and divided by the root of their number, which keeps its variance. */
function motifSums(p: NamedTensors, name: string, x: Tensor, { start, positions, choices }: SequenceSpan): Tensor {
  const margin = Math.floor(motifLength / 2) * choices;
  const sequence = pad(slice(x, 2, start, start + positions * choices), 2, margin, margin);
  const windows = Array.from({ length: positions }, (_, at) =>
    silu(linear(p, name, slice(sequence, 2, at * choices, (at + motifLength) * choices))),
  );
  return multiply(windows.reduce(add), 1 / Math.sqrt(positions));
}

/** Outputs of each member for scaled designs x ([1 or members, n, d]): [members, n, outputs]. */
export function network(p: NamedTensors, inputs: NetworkInputs, sizes: EnsembleSizes, x: Tensor): Tensor {
  const { layers } = sizes;
  const motifs = motifSpans(inputs, sizes).map((span, at) => motifSums(p, `motifs ${at}`, x, span));
  let hidden = x;
  for (let layer = 0; layer < layers; layer++) {
    const next = silu(linear(p, `${layer}`, hidden));
    hidden = layer === 0 && motifs.length > 0 ? concat([next, ...motifs], 2) : next;
  }
  return linear(p, `${layers}`, hidden);
}

/** Over the rows that the step names for each member: `rows` [members, batch] of `designs` [n, d] and `rewards` [n, 1]. */
export const ensembleLoss =
  (inputs: NetworkInputs, sizes: EnsembleSizes): Loss =>
  (parameters, step, data) => {
    const x = gather(data['designs']!, step['rows']!);
    const y = gather(data['rewards']!, step['rows']!);
    return lossRules[sizes.loss].loss(network(parameters, inputs, sizes, x), y);
  };
