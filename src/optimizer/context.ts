import type { RandomStream } from '../base/index.ts';
import type { Runtime } from '../graph/index.ts';
import type { Surrogate } from '../reward/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import type { TrainedDenoiser } from './models.ts';

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

export function keepsFixed(design: Design, { fixed }: Space): boolean {
  return Object.entries(fixed).every(([name, value]) => design[name] === value);
}
