import type { LossCurve } from '../graph/index.ts';
import type { SurrogateQuality } from '../reward/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';

/** Mean and standard deviation of a predicted reward, in the reward's own units. */
export interface Prediction {
  readonly mean: number;
  readonly std: number;
}

/** A design to try next, best predicted first. */
export interface Proposal {
  readonly design: Design;
  readonly predicted: Prediction;
  /** The reward that the sampler was asked for, own units; absent for a design taken from a list of candidates. */
  readonly target?: number;
}

/** What came of asking the sampler for one reward: over all its samples, before any selection. Own units. */
export interface TargetOutcome {
  readonly target: number;
  readonly guidance: number;
  readonly samples: number;
  readonly distinct: number;
  /** Quantiles 0.1, 0.5 and 0.9 of the predicted reward of the samples. */
  readonly predicted: readonly [number, number, number];
}

export interface ProposeCounts {
  readonly sampled: number;
  /** Samples no more distinct than a step from an earlier sample. */
  readonly repeated: number;
  /** Samples that stand in the table already. */
  readonly measured: number;
  /** Samples that no repair could make feasible. */
  readonly infeasible: number;
}

export interface ProposeResult {
  readonly table: Table;
  /** The table's space with fixed values applied. */
  readonly space: Space;
  readonly direction: Direction;
  readonly proposals: readonly Proposal[];
  readonly outcomes: readonly TargetOutcome[];
  readonly counts: ProposeCounts;
  readonly curves: { readonly diffusion: LossCurve; readonly surrogate: LossCurve };
  readonly surrogate: SurrogateQuality;
  /** Every setting that decided the result, sizes chosen from the data included. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  /** The best measured row. */
  readonly best: { readonly design: Design; readonly reward: number };
}
