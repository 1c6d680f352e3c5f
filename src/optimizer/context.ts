import type { RandomStream } from '../base/index.ts';
import type { Runtime } from '../graph/index.ts';
import type { Predictions, Surrogate } from '../reward/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import type { TrainedDenoiser } from './models.ts';
import type { Candidate } from './pool.ts';
import type { ProposeCounts, TargetOutcome } from './types.ts';

/** What proposals are made from. */
export interface ProposeContext {
  readonly table: Table;
  readonly space: Space;
  readonly measured: readonly Design[];
  readonly trained: TrainedDenoiser;
  readonly surrogate: Surrogate;
  readonly runtime: Runtime;
  readonly stream: RandomStream;
  readonly count: number;
}

/** What is left to choose from, with predicted rewards. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  readonly predictions: Predictions;
  readonly counts: ProposeCounts;
  readonly outcomes: readonly TargetOutcome[];
}

export function keepsFixed(design: Design, { fixed }: Space): boolean {
  return Object.entries(fixed).every(([name, value]) => design[name] === value);
}
