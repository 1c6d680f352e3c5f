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
}

/** The rewards that are known, and the designs they belong to. */
export function labelledRows({ designs, rewards }: Table): { designs: Table['designs']; rewards: Float64Array } {
  return {
    designs: designs.filter((_, row) => !Number.isNaN(rewards[row])),
    rewards: rewards.filter((reward) => !Number.isNaN(reward)),
  };
}

/** Trains the denoiser on every row of the table, labelled or not. */
export function trainOnTable(table: Table, runtime: Runtime, options: ModelOptions): Promise<TrainedDenoiser> {
  const { stream, weighting, training, observer, signal } = options;
  return trainDenoiser({
    runtime,
    designs: table.space.encodeAll(table.designs),
    dimension: table.space.dimension,
    rewards: table.rewards,
    reward: rewardNormalization(labelledRows(table).rewards, table.direction),
    weighting: rowWeightings[weighting],
    stream: stream.split('denoiser'),
    ...(training === undefined ? {} : { training }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
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
