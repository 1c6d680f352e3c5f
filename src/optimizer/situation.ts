import type { RandomStream } from '../base/index.ts';
import type { Prediction } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import type { Tried } from './context.ts';
import type { TrainedDenoiser } from './models.ts';
import type { Region } from './region.ts';

/** A design to try next. */
export interface NextDesign {
  readonly design: Design;
  /** What models predicted; absent in an initial design. */
  readonly predicted?: Prediction;
}

/** Where designs are looked for. */
export interface Ground {
  /** With fixed values applied. */
  readonly space: Space;
  readonly region: Region | undefined;
  /** The best measured designs that are allowed there, best first. */
  readonly incumbents: readonly Design[];
}

/** A part of the space where `count` designs of a round are looked for. */
export interface Excursion extends Ground {
  readonly count: number;
}

/** What a round knows. */
export interface Situation extends Ground {
  /** What models are fitted to. */
  readonly table: Table;
  /** Designs that are not to be asked for. */
  readonly taken: readonly Design[];
  /** The set of these, made when it is first asked. */
  readonly tried: Tried;
  readonly stream: RandomStream;
  readonly count: number;
  readonly excursions: readonly Excursion[];
  /** Told of the denoiser, where one is trained. */
  readonly onTrained: (trained: TrainedDenoiser) => void;
}
