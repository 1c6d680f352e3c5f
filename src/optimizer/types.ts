import type { LossCurve } from '../graph/index.ts';
import type { Compared, Explanation, FeasibilityQuality, SurrogateQuality } from '../reward/index.ts';
import type { Prediction } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';

/** A row of the table (from 0), and how far away it is: root of the mean squared difference of encoded coordinates, which span 2. */
export interface Nearest {
  readonly row: number;
  readonly reward: number | undefined;
  readonly distance: number;
}

/** A design to try next, best predicted first. */
export interface Proposal {
  readonly design: Design;
  readonly predicted: Prediction;
  /** How well the design belongs to the data, in (0, 1]: uniform over designs like those of the table. */
  readonly trust: number;
  /** Less like the data than nearly all of it is. */
  readonly beyondSupport: boolean;
  /** The probability that the experiment works; 1 where none is known to have failed. */
  readonly feasible: number;
  /** The nearest row of the table. */
  readonly nearest: Nearest;
  /** The reward that the sampler was asked for, own units; absent for a design taken from a list of candidates. */
  readonly target?: number;
}

/** What came of asking the sampler for one reward: over all its samples, before any selection. Own units. */
export interface TargetOutcome {
  readonly target: number;
  readonly guidance: number;
  /** Whether the surrogate's slope pulled the samples as well. */
  readonly pulled: boolean;
  readonly samples: number;
  readonly distinct: number;
  /** Quantiles 0.1, 0.5 and 0.9 of the predicted reward of the samples. */
  readonly predicted: readonly [number, number, number];
  /** Median trust of the samples. */
  readonly trust: number;
  /** What it was judged by: the mean bound of the best tenth of its samples, larger being better. */
  readonly bound: number;
  /** Whether the rest of the pool was drawn for it. */
  readonly chosen: boolean;
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
  /** All kinds of surrogate that were fitted, the used one among them. */
  readonly compared: readonly Compared[];
  /** How well experiments that fail are told from those that work, where some failed. */
  readonly feasibility?: FeasibilityQuality;
  readonly explanation: Explanation;
  /** Every setting that decided the result, sizes chosen from the data included. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  /** The best measured row. */
  readonly best: { readonly design: Design; readonly reward: number };
}
