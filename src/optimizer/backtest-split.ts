import { dataError, type RandomStream } from '../base/index.ts';
import { createDesignSet, type Design } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';
import { designKey } from './sub-table.ts';

/** Share of the designs that is hidden: the best of them. */
export const hiddenShare = 0.2;

/** Fewest distinct designs with a reward that a backtest makes sense with. */
export const leastDesigns = 20;

/** A distinct design of a table. */
export interface MeasuredDesign {
  readonly design: Design;
  /** Where it stands in the table, whatever the reward there. */
  readonly rows: readonly number[];
  /** Mean of its rewards, own units. */
  readonly reward: number;
}

export interface MeasuredRows {
  readonly measured: readonly MeasuredDesign[];
  /** Rows without a reward whose design was never measured. */
  readonly unlabelled: readonly number[];
  /** Rows left out: a design that differs from an earlier one by less than makes designs distinct. */
  readonly alike: number;
}

/** The rows of a table by their design, so that all of a design can stay on one side. */
export function measuredDesigns({ designs, rewards, space }: Table): MeasuredRows {
  const groups = new Map<string, { design: Design; rows: number[]; rewards: number[] }>();
  const without: number[] = [];
  const known = createDesignSet(space);
  let alike = 0;
  designs.forEach((design, row) => {
    if (Number.isNaN(rewards[row])) {
      without.push(row);
      return;
    }
    const key = designKey(space, design);
    const group = groups.get(key);
    if (group !== undefined) {
      group.rows.push(row);
      group.rewards.push(rewards[row]!);
    } else if (known.addNew(design)) groups.set(key, { design, rows: [row], rewards: [rewards[row]!] });
    else alike++;
  });
  const unlabelled = without.filter((row) => !known.has(designs[row]!));
  const measured = [...groups.values()].map(({ design, rows, rewards: values }) => ({
    design,
    rows,
    reward: values.reduce((sum, value) => sum + value, 0) / values.length,
  }));
  return { measured, unlabelled, alike };
}

/** Measured designs, by index, as a backtest sees them. */
export interface Field {
  /** The best fifth, best first; which of those that share the last reward are in it was drawn. */
  readonly winners: readonly number[];
  /** As good as the worst winner, and not hidden. */
  readonly tied: readonly number[];
  /** Worse than every winner. */
  readonly others: readonly number[];
}

/** Parts n rewards (own units). Throws a data error when there are too few, or too few that differ. `file` is their name there. */
export function chooseField(
  rewards: readonly number[],
  direction: Direction,
  stream: RandomStream,
  file: string,
): Field {
  const n = rewards.length;
  if (n < leastDesigns) {
    throw dataError(
      `${file} has only ${n} distinct ${n === 1 ? 'design' : 'designs'} with a reward; a backtest hides the best fifth of them and ` +
        `needs at least ${leastDesigns}`,
    );
  }
  const sign = direction === 'maximize' ? 1 : -1;
  const order = Array.from(stream.permutation(n)).sort((a, b) => sign * (rewards[b]! - rewards[a]!));
  const count = Math.round(hiddenShare * n);
  const worst = rewards[order[count - 1]!]!;
  const rest = order.slice(count);
  const tied = rest.filter((index) => rewards[index] === worst);
  const others = rest.slice(tied.length);
  if (others.length < count) {
    throw dataError(
      `${file} has ${n} distinct designs, and ${n - others.length} of them have a reward of ${worst} or better; at least ${count} ` +
        `worse ones are needed to tell winners apart from`,
    );
  }
  return { winners: order.slice(0, count), tied, others };
}

/** One repeat's parts of a field, by index. No design is in two of them. */
export interface Split {
  readonly winners: readonly number[];
  readonly decoys: readonly number[];
  readonly visible: readonly number[];
  /** Winners and decoys in an order that says nothing. */
  readonly candidates: readonly number[];
}

/** Draws as many decoys as there are winners. */
export function splitField({ winners, tied, others }: Field, stream: RandomStream): Split {
  const drawn = Array.from(stream.split('decoys').permutation(others.length), (at) => others[at]!);
  const decoys = drawn.slice(0, winners.length);
  const both = [...winners, ...decoys];
  return {
    winners,
    decoys,
    visible: [...tied, ...drawn.slice(winners.length)].sort((a, b) => a - b),
    candidates: Array.from(stream.split('candidates').permutation(both.length), (at) => both[at]!),
  };
}
