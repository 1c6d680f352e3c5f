import type { RandomStream } from '../base/index.ts';
import { cosineSchedule, fit, mapValues, type Fit, type NamedValues } from '../graph/index.ts';
import {
  ensembleLoss,
  initialParameters,
  mayHoldMotifs,
  parameterShapes,
  type EnsembleSizes,
  type NetworkInputs,
} from './ensemble-network.ts';
import { choicesOnly, type EncodedLayout } from './groups.ts';
import type { SurrogateContext } from './surrogate.ts';

/** An ensemble of multi-layer perceptrons, trained together in one graph as batched matrix products. */
export interface EnsembleTraining extends EnsembleSizes {
  readonly batch: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Share of the rows that each member does not see, another share for each. */
  readonly heldOutShare: number;
  readonly patience: number;
}

/** Sizes by the number of labelled rows and what their coordinates are; docs/decisions.md has the tables that chose them. */
export function ensembleTrainingFor(
  rows: number,
  layout: Pick<EncodedLayout, 'groups' | 'sequences'> = {},
): EnsembleTraining {
  return {
    members: rows < 1000 ? 5 : 10,
    width: rows < 1000 ? 64 : 192,
    layers: choicesOnly(layout) && rows < 1000 ? 1 : 2,
    loss: 'squared',
    motifs: layout.sequences?.some(mayHoldMotifs) !== true ? 0 : rows < 1000 ? 64 : 32,
    batch: Math.min(128, Math.max(16, 2 ** Math.round(Math.log2(rows / 4)))),
    steps: rows < 1000 ? 1500 : 3000,
    learningRate: rows < 1000 ? 1e-3 : 2e-3,
    weightDecay: rows < 1000 ? 0.5 : 0.05,
    heldOutShare: rows < 1000 ? 0.2 : 0.1,
    patience: 6,
  };
}

export interface Fold {
  readonly heldOut: Uint32Array;
  readonly trained: Uint32Array;
}

/** Which rows each member holds out, as many for each: shares of one shuffle, disjoint unless there are fewer rows than members. */
export function folds(
  rows: number,
  { members, heldOutShare }: Pick<EnsembleTraining, 'members' | 'heldOutShare'>,
  stream: RandomStream,
): readonly Fold[] {
  const order = stream.permutation(rows);
  const size = Math.max(1, Math.floor(rows * Math.min(heldOutShare, 1 / members)));
  return Array.from({ length: members }, (_, member) => {
    const turned = order.map((_, i) => order[(member * size + i) % rows]!);
    return { heldOut: turned.subarray(0, size), trained: turned.subarray(size) };
  });
}

/** Of the rows that a member does not see, as many at most tell when to stop. */
const mostChecked = 2000;

/** Rows that tell when to stop, the same number for each member: [members, rows]. */
export function checkedRows(split: readonly Fold[]): Int32Array {
  return Int32Array.from(split.flatMap(({ heldOut }) => [...heldOut.subarray(0, mostChecked)]));
}

/** Steps in one call of the runtime. */
const stepsPerRun = 50;

/** Row numbers of the trained shares, [count, members, batch]. */
function drawRows(split: readonly Fold[], batch: number, count: number, stream: RandomStream): NamedValues {
  const members = split.length;
  const indices = new Int32Array(count * members * batch);
  for (let i = 0; i < indices.length; i++) {
    const { trained } = split[Math.floor(i / batch) % members]!;
    indices[i] = trained[stream.integer(trained.length)]!;
  }
  return { rows: { shape: [count, members, batch], data: indices } };
}

/** Trains all members, stopping early on rows that each does not see, the same number for each. `data` holds `designs` [n, d] and `rewards` [n, 1]. */
export function trainMembers(
  data: NamedValues,
  inputs: NetworkInputs,
  training: EnsembleTraining,
  split: readonly Fold[],
  { runtime, stream, observer, signal }: SurrogateContext,
): Promise<Fit> {
  const { members, batch, steps } = training;
  const loss = ensembleLoss(inputs, training);
  const rowStream = stream.split('rows');
  const checked = checkedRows(split);
  return fit({
    runtime,
    definition: {
      parameters: parameterShapes(inputs, training),
      stepInputs: { rows: { shape: [members, batch], dtype: 'int' } },
      data: mapValues(data, ({ shape }) => shape),
      loss,
      stepsPerRun,
      weightDecay: true,
      average: true,
    },
    parameters: initialParameters(inputs, training, stream.split('initial')),
    data,
    steps,
    rates: {
      learningRate: (step) => cosineSchedule(training.learningRate, step, steps, 50),
      weightDecay: training.weightDecay,
      averageDecay: 0.99,
    },
    batches: (_from, count) => drawRows(split, batch, count, rowStream),
    heldOut: {
      loss,
      inputs: { rows: { shape: [members, checked.length / members], data: checked } },
      data,
    },
    runsPerCheck: Math.max(1, Math.round(steps / stepsPerRun / 30)),
    patience: training.patience,
    stage: 'surrogate',
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
}
