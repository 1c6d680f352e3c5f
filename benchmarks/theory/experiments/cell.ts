import type { CellKey } from '../../offline/cells.ts';
import type { Choice } from './choices.ts';
import type { Guided } from './guidance.ts';
import type { SampleMeasures } from './measures.ts';
import type { TheoryPlan } from './plan.ts';
import type { RoundsResult } from './rounds.ts';
import type { TheorySettings } from './settings.ts';
import type { AtTarget } from './targets.ts';

export interface Errors {
  /** Of the conditional's mean at the target `within`, in the subspace, chance taken off. */
  readonly mean: number;
  /** Of the subspace that the samples span. */
  readonly subspace: number;
  /** Of the denoiser, root of its loss above the least. */
  readonly denoiser: number;
}

/** What a cell measured. */
export interface Findings {
  /** Of processor time, making the data included. */
  readonly trainingSeconds: number;
  /** Of samples of the conditional (weight 1) at the settings' target. */
  readonly quality: SampleMeasures;
  readonly samplingSeconds: number;
  /** Greatest resident memory of training and that sampling, in 1e6 bytes. */
  readonly megabytes: number;
  readonly errors: Errors;
  readonly targets?: readonly AtTarget[];
  readonly guidance?: readonly Guided[];
  readonly rounds?: readonly RoundsResult[];
  readonly choices?: readonly Choice[];
}

/** A line of `results.jsonl`. */
export interface TheoryCell extends CellKey, Findings {
  readonly seconds: number;
  /** Processor time of the cell's process. */
  readonly cpuSeconds: number;
}

/** What a cell's process is to do. */
export interface TheoryOrder {
  readonly plan: TheoryPlan;
  readonly settings: TheorySettings;
  readonly threads: number;
}

export type TheoryAnswer =
  | ({ readonly event: 'done'; readonly findings: Findings } & Pick<TheoryCell, 'cpuSeconds'>)
  | { readonly event: 'failed'; readonly message: string };
