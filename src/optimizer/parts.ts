import { choicesOnly, encodedLayout } from '../reward/index.ts';
import type { Table } from '../table/index.ts';
import { allowedRewards } from './allowed.ts';
import type { ProposeContext } from './context.ts';
import { shares } from './defaults.ts';
import type { Judgement } from './judge.ts';
import { choiceNeighbourTest } from './neighbours.ts';
import type { Population } from './population.ts';
import { rankByBound, type Part } from './select.ts';
import type { ProposeResult, TargetOutcome } from './types.ts';

/** The measured row with the best reward, the first of equals. */
export function bestMeasured({ designs, rewards, direction }: Table): ProposeResult['best'] {
  const sign = direction === 'maximize' ? 1 : -1;
  let best = -1;
  rewards.forEach((reward, row) => {
    if (!Number.isNaN(reward) && (best < 0 || sign * reward > sign * rewards[best]!)) best = row;
  });
  return { design: designs[best]!, reward: rewards[best]! };
}

/** All, whatever the surrogate says of them; or those for which the best measured reward at least is predicted. */
export type BoldSamples = 'all' | 'promising';

interface Samples {
  readonly population: Pick<Population, 'candidates'>;
  readonly outcomes: readonly TargetOutcome[];
  /** The first so many candidates are samples. */
  readonly sampled: number;
  /** Which samples of the farthest target are taken, if any. */
  readonly bold: BoldSamples | undefined;
}

/** One of the best samples whose bound is more than so many of the surrogate's standard deviations below what would be chosen in its place is not. */
const confidence = 1;

/**
 * What the proposals are made up of beside the best of all: the best samples that nothing pulled, and as they come samples of the most
 * promising request that was pulled, if the best reward of allowed designs at least is predicted for them, and of the farthest that was not, unless
 * designs are choices alone, where the surrogate finds better ones; and
 * where there is an incumbent its most promising neighbours, since a choice that was only seen in poor designs looks poor everywhere.
 */
export function partsOf(
  { table, space, count, incumbent }: Pick<ProposeContext, 'table' | 'space' | 'count' | 'incumbent'>,
  { mean, surrogateStd, bound, informed }: Judgement,
  { population: { candidates }, outcomes, sampled, bold }: Samples,
): readonly Part[] {
  const sign = table.direction === 'maximize' ? 1 : -1;
  const best = allowedRewards(table, space).reduce((most, reward) => Math.max(most, sign * reward), -Infinity);
  const level = bound[rankByBound(bound)[Math.min(count, bound.length) - 1]!]!;
  const sound = (index: number): boolean => informed[index]! + confidence * surrogateStd[index]! >= level;
  const requestOf = (index: number): TargetOutcome | undefined => outcomes[candidates[index]!.request ?? -1];
  const asTheyCome = (
    share: number,
    request: TargetOutcome | undefined,
    which: BoldSamples | undefined,
  ): readonly Part[] => {
    if (request === undefined || which === undefined) return [];
    const taken = (index: number): boolean => which === 'all' || sign * mean[index]! >= best;
    return [{ share, among: (index) => requestOf(index) === request && taken(index) }];
  };
  const pulled = outcomes.filter((outcome) => outcome.pulled).sort((a, b) => b.bound - a.bound);
  const told = outcomes.filter((outcome) => !outcome.pulled);
  const samples: readonly Part[] = [
    {
      share: shares.samples,
      among: (index) => index < sampled && requestOf(index)?.pulled !== true && sound(index),
      by: informed,
    },
    ...asTheyCome(shares.pulled, pulled[0], 'promising'),
    ...asTheyCome(shares.bold, told.at(-1), bold),
  ];
  const isNeighbour = incumbent && choiceNeighbourTest(space, incumbent);
  return [
    ...(choicesOnly(encodedLayout(space)) ? [] : samples),
    ...(isNeighbour === undefined
      ? []
      : [
          {
            share: shares.neighbours,
            among: (index: number) => isNeighbour(candidates[index]!.design),
            by: bound,
          },
        ]),
  ];
}
