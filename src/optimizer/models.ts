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
import {
  encodedLayout,
  fitEnsemble,
  fitFeasibility,
  fitSurrogate,
  type Feasibility,
  type FitSurrogate,
  type Predictions,
  type Surrogate,
} from '../reward/index.ts';
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

/** What a surrogate is fitted with. */
export type FittingOptions = Pick<ModelOptions, 'stream' | 'surrogate' | 'observer' | 'signal'>;

export interface TrainedDenoiser {
  readonly model: DiffusionModel;
  readonly curve: LossCurve;
  /** Encoded designs that support is measured against, m x d. */
  readonly reference: Float32Array;
  /** Rows of the table that it was not trained on. */
  readonly heldOut: readonly number[];
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

/** What was tried already: measured, or found to fail. */
export function triedDesigns({ designs, rewards, failed }: Table): Table['designs'] {
  return designs.filter((_, row) => !Number.isNaN(rewards[row]) || failed[row] === true);
}

/** Rows that a denoiser learns from: those that did not fail. */
function workingRows({ designs, failed }: Table): readonly number[] {
  return Array.from(designs.keys()).filter((row) => failed[row] !== true);
}

/** Whether rows without a reward could take one from a surrogate. */
export function hasUnlabelled({ rewards, failed }: Table): boolean {
  return rewards.some((reward, row) => Number.isNaN(reward) && failed[row] !== true);
}

/**
 * Trains the denoiser on every row of the table that did not fail. Rows without a reward take one from the surrogate, where one is
 * given, with noise of its standard deviation (Yuan et al. 2023, arXiv:2307.07055); else they are learnt from without a reward.
 */
export async function trainOnTable(
  table: Table,
  runtime: Runtime,
  options: ModelOptions,
  surrogate?: Surrogate,
): Promise<TrainedDenoiser> {
  const { stream, weighting, training, observer, signal } = options;
  const { dimension } = table.space;
  const rows = workingRows(table);
  const designs = table.space.encodeAll(rows.map((row) => table.designs[row]!));
  const pseudo: Predictions | undefined =
    surrogate !== undefined && hasUnlabelled(table) ? await surrogate.predict(designs) : undefined;
  const { model, curve, heldOut } = await trainDenoiser({
    runtime,
    designs,
    dimension,
    rewards: Float64Array.from(rows, (row) => table.rewards[row]!),
    ...(pseudo === undefined ? {} : { pseudo }),
    reward: rewardNormalization(labelledRows(table).rewards, table.direction),
    weighting: rowWeightings[weighting],
    stream: stream.split('denoiser'),
    ...(training === undefined ? {} : { training }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
  const usual = heldOut.length >= leastReference ? heldOut : Uint32Array.from(rows.keys());
  const reference = new Float32Array(usual.length * dimension);
  usual.forEach((row, i) => reference.set(designs.subarray(row * dimension, (row + 1) * dimension), i * dimension));
  return { model, curve, reference, heldOut: Array.from(heldOut, (at) => rows[at]!) };
}

/** Fits the surrogate on the labelled rows. */
export function fitOnTable(table: Table, runtime: Runtime, options: FittingOptions): Promise<Surrogate> {
  const { stream, surrogate = fitSurrogate(), observer, signal } = options;
  const { designs, rewards } = labelledRows(table);
  return surrogate(
    {
      designs: table.space.encodeAll(designs),
      rewards,
      ...encodedLayout(table.space),
    },
    {
      runtime,
      stream: stream.split('surrogate'),
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
}

/** Fits which experiments work, where some failed. */
export async function fitOnFailures(
  { space, designs, failed }: Table,
  runtime: Runtime,
  { stream, observer, signal }: FittingOptions,
): Promise<Feasibility | undefined> {
  if (!failed.includes(true)) return undefined;
  return fitFeasibility(
    {
      designs: space.encodeAll(designs),
      ...encodedLayout(space),
      feasible: failed.map((one) => !one),
    },
    {
      runtime,
      stream: stream.split('feasibility'),
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    },
    // Deep enough for a border that bends.
    fitEnsemble({ layers: 2 }),
  );
}
