import { propose } from '../../src/optimizer/index.ts';
import { ranks } from '../../src/base/index.ts';
import type { Table } from '../../src/table/index.ts';
import { signOf } from '../methods/method.ts';
import { byReward } from '../tasks/task.ts';
import type { Choice } from './tables.ts';

/** Chooses candidates by their numbers. */
type Choose = (choice: Choice, seed: number) => Promise<readonly number[]>;

export const chooserNames = ['ours', 'nearest to the best'] as const;
export type ChooserName = (typeof chooserNames)[number];

/** Best visible rows that candidates are compared with. */
const bestRows = 5;

/** The candidates that `propose` picks. */
const ours: Choose = async ({ visible, candidates, count }, seed) => {
  const { proposals } = await propose(visible, { candidates, count, seed });
  const numbers = new Map(candidates.map((design, at) => [keyOf(visible, design), at]));
  return proposals.map(({ design }) => {
    const number = numbers.get(keyOf(visible, design));
    if (number !== undefined) return number;
    throw new Error(`Proposed ${keyOf(visible, design)}, which is none of the candidates.`);
  });
};

function keyOf({ space }: Table, design: Choice['candidates'][number]): string {
  return JSON.stringify(space.names.map((name) => design[name]));
}

/** The candidates nearest, in encoded coordinates, to one of the best visible rows: their mutations, as far as the list holds any. */
const nearest: Choose = ({ visible: { space, designs, rewards, direction }, candidates, count }) => {
  const best = Array.from(byReward(rewards, direction).subarray(0, bestRows), (row) => space.encode(designs[row]!));
  const distances = candidates.map((design) => {
    const point = space.encode(design);
    return Math.min(...best.map((other) => point.reduce((sum, value, j) => sum + (value - other[j]!) ** 2, 0)));
  });
  return Promise.resolve(Array.from(byReward(distances, 'minimize').subarray(0, count)));
};

export const choosers: { readonly [Name in ChooserName]: Choose } = { ours, 'nearest to the best': nearest };

/** How good some candidates are, as the share of all candidates that are worse: 0 the worst, 1 the best, ties in the middle. */
export interface Outcome {
  readonly mean: number;
  readonly best: number;
}

/** The share of the others that are worse, for each of n >= 2 candidates. */
export function sharesBelow({
  truth,
  visible,
}: Pick<Choice, 'truth'> & { visible: Pick<Table, 'direction'> }): Float64Array {
  const sign = signOf[visible.direction];
  return ranks(truth.map((reward) => sign * reward)).map((rank) => rank / (truth.length - 1));
}

export function outcomeOf(shares: Float64Array, chosen: readonly number[]): Outcome {
  const values = chosen.map((at) => shares[at]!);
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, best: Math.max(...values) };
}

/** What is expected of `count` of n candidates drawn at random, exactly. */
export function randomOutcome(shares: Float64Array, count: number): Outcome {
  const sorted = shares.slice().sort();
  const n = sorted.length;
  // The greatest of the drawn is the i-th with probability C(i, count - 1) / C(n, count); from the top down as a product.
  let probability = count / n;
  let best = 0;
  for (let i = n - 1; i >= count - 1; i--) {
    best += probability * sorted[i]!;
    if (i > 0) probability *= (i - count + 1) / i;
  }
  return { mean: sorted.reduce((sum, value) => sum + value, 0) / n, best };
}
