import type { Design } from '../../src/space/index.ts';
import type { CellKey } from '../offline/cells.ts';
import type { Scores } from '../offline/scores.ts';
import type { Direction } from '../../src/table/index.ts';
import type { Range } from '../tasks/task.ts';

export const partNames = ['offline', 'online'] as const;
export type Part = (typeof partNames)[number];

/** What is to be measured: `count` is the number of evaluations (online) or of designs (offline). */
export interface PlannedCell extends Omit<CellKey, 'code'> {
  readonly part: Part;
}

/** How a cell ended: `capped` when it took longer than it may, `missing` when its method cannot run here. */
export type Status = 'done' | 'capped' | 'failed' | 'missing';

/** What a process used so far. */
export interface Spent {
  /** Processor time of all its threads. */
  readonly cpuSeconds: number;
  /** Greatest resident memory, in 1e6 bytes. */
  readonly megabytes: number;
}

/** What every measured cell says, whatever it measured. */
export interface Measured extends PlannedCell, CellKey, Spent {
  readonly part: Part;
  readonly status: Status;
  /** Why a cell failed, or its method is missing. */
  readonly message?: string;
  /** Wall time of the process. */
  readonly seconds: number;
  /** Seconds that it was allowed. */
  readonly cap: number;
  readonly threads: number;
  readonly package: string;
  readonly node: string;
  /** Of what the method is made of, where that is not this package. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** What an online task says of its costs. */
export interface CostFacts {
  /** The cost of no regret, and of a normalised regret of 1. */
  readonly least: number;
  readonly typical: number;
  /** -1 where people know the negative of the cost. */
  readonly sign: 1 | -1;
  readonly topDesigns?: number;
}

/** What was reached after so many evaluations. */
export interface Reached {
  readonly evaluations: number;
  /** The true cost of the design with the least measured cost; null while all failed. */
  readonly cost: number | null;
  /** Designs among the best 1 %, each once, where that is known. */
  readonly top?: number;
}

export interface OnlineCell extends Measured {
  readonly part: 'online';
  /** Absent where the cell ended before its task was loaded. */
  readonly facts?: CostFacts;
  /** After the initial designs, and after every batch. */
  readonly curve: readonly Reached[];
  /** Seconds that the method took to ask and to be told, measuring apart. */
  readonly methodSeconds: number;
  /** The design with the least measured cost. */
  readonly incumbent?: Design;
  /** On a noisy task, the true cost of the design that the method recommends in the end, if it does. */
  readonly recommended?: number;
}

/** What an offline task says of its scores. */
export interface ScoreFacts {
  readonly unit: string;
  readonly direction: Direction;
  readonly bestVisible: number;
  /** Of the full data, where scores are not shares of it already. */
  readonly range?: Range;
  readonly note?: string;
}

export interface OfflineCell extends Measured {
  readonly part: 'offline';
  readonly facts?: ScoreFacts;
  /** One entry for a method; for a random one, one for each of its draws; none for a cell that did not end. */
  readonly scores: readonly Scores[];
  readonly problems: readonly string[];
  readonly designs: readonly Design[];
}

export type BenchmarkCell = OnlineCell | OfflineCell;

/** What a cell's process tells while it runs, in this order. */
export type CellEvent = Spent &
  (
    | { readonly event: 'online'; readonly facts: CostFacts }
    | {
        readonly event: 'reached';
        readonly reached: Reached;
        readonly methodSeconds: number;
        readonly incumbent?: Design;
      }
    | { readonly event: 'offline' }
    | { readonly event: 'proposed' }
    | {
        readonly event: 'scored';
        readonly result: Pick<OfflineCell, 'scores' | 'problems' | 'designs'> & { readonly facts: ScoreFacts };
      }
    | {
        readonly event: 'done';
        readonly versions?: Readonly<Record<string, string>>;
        readonly recommended?: number;
      }
    | { readonly event: 'failed' | 'missing'; readonly message: string }
  );

/** What a cell's process tells, without what it used. */
export type CellNews = CellEvent extends infer E ? (E extends Spent ? Omit<E, keyof Spent> : never) : never;

/** What a cell's process is to do. */
export interface CellOrder {
  readonly cell: PlannedCell;
  readonly threads: number;
  /** Modules with tasks and methods of others. */
  readonly modules: readonly string[];
}

/** Tells a cell's process to end, with what it started. */
export const endNow = 'end';
