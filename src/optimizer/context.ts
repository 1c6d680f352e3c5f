import type { RandomStream } from '../base/index.ts';
import { createDesignSet, type Design, type DesignSet, type Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import type { Learned } from './learn.ts';
import type { Region } from './region.ts';

/** What was tried already. */
export type Tried = Pick<DesignSet, 'has'>;

/** A set that is made when it is first asked: the first samples are under way by then. */
export function whenAsked(make: () => Tried): Tried {
  let made: Tried | undefined;
  return { has: (design) => (made ??= make()).has(design) };
}

/** The set of some designs. */
export function triedSet(space: Space, designs: readonly Design[]): Tried {
  return whenAsked(() => createDesignSet(space, designs));
}

/** What proposals are made from. */
export interface ProposeContext {
  readonly table: Table;
  /** The table's space with fixed values applied. */
  readonly space: Space;
  /** Designs that are not to be proposed again. */
  readonly tried: Tried;
  readonly learned: Learned;
  readonly stream: RandomStream;
  readonly count: number;
  /** Where to look; everywhere without it. */
  readonly region?: Region | undefined;
  /** The best measured design, where its neighbours are to be tried. */
  readonly incumbent?: Design | undefined;
  /** Measured designs that a search starts from beside the best samples, encoded. */
  readonly incumbents?: readonly Float32Array[];
}
