import { availableParallelism } from 'node:os';
import type { Observer, RandomStream } from '../base/index.ts';
import {
  rewardNormalization,
  rowWeightings,
  trainDenoiser,
  type DenoiserTraining,
  type DiffusionModel,
  type WeightingName,
} from '../diffusion/index.ts';
import type { LossCurve, Runtime } from '../graph/index.ts';
import { fitEnsemble, type FitSurrogate, type Surrogate } from '../reward/index.ts';
import type { Table } from '../table/index.ts';

export function defaultThreads(): number {
  return Math.min(8, availableParallelism());
}

export interface ModelOptions {
  readonly stream: RandomStream;
  readonly weighting: WeightingName;
  readonly training?: Partial<DenoiserTraining>;
  readonly surrogate?: FitSurrogate;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface TrainedDenoiser {
  readonly model: DiffusionModel;
  readonly curve: LossCurve;
  /** Encoded designs that support is measured against, m x d. */
  readonly reference: Float32Array;
}

/** The rewards that are known, and the designs they belong to. */
export function labelledRows({ designs, rewards }: Table): { designs: Table['designs']; rewards: Float64Array } {
  return {
    designs: designs.filter((_, row) => !Number.isNaN(rewards[row])),
    rewards: rewards.filter((reward) => !Number.isNaN(reward)),
  };
}

/** Where fewer rows were held out, all rows tell what is usual. */
const leastReference = 50;

/** Trains the denoiser on every row of the table, labelled or not. */
export async function trainOnTable(table: Table, runtime: Runtime, options: ModelOptions): Promise<TrainedDenoiser> {
  const { stream, weighting, training, observer, signal } = options;
  const { dimension } = table.space;
  const designs = table.space.encodeAll(table.designs);
  const { model, curve, heldOut } = await trainDenoiser({
    runtime,
    designs,
    dimension,
    rewards: table.rewards,
    reward: rewardNormalization(labelledRows(table).rewards, table.direction),
    weighting: rowWeightings[weighting],
    stream: stream.split('denoiser'),
    ...(training === undefined ? {} : { training }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
  const rows = heldOut.length >= leastReference ? heldOut : Uint32Array.from(table.designs.keys());
  const reference = new Float32Array(rows.length * dimension);
  rows.forEach((row, i) => reference.set(designs.subarray(row * dimension, (row + 1) * dimension), i * dimension));
  return { model, curve, reference };
}

/** Fits the surrogate on the labelled rows. */
export function fitOnTable(table: Table, runtime: Runtime, options: ModelOptions): Promise<Surrogate> {
  const { stream, surrogate = fitEnsemble(), observer, signal } = options;
  const { designs, rewards } = labelledRows(table);
  return surrogate(
    { designs: table.space.encodeAll(designs), dimension: table.space.dimension, rewards },
    {
      runtime,
      stream: stream.split('surrogate'),
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
}
