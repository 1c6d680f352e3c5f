import type { ProposeResult } from '../optimizer/index.ts';
import type { Direction } from '../table/index.ts';
import { quantile } from './binning.ts';
import { formatDecimals, formatNumber } from './format.ts';

/** How one direction speaks of rewards; `sign` times a reward is larger when it is better. */
export interface Orientation {
  readonly verb: string;
  readonly better: string;
  readonly sign: 1 | -1;
}

const orientations: { readonly [D in Direction]: Orientation } = {
  maximize: { verb: 'maximize', better: 'higher', sign: 1 },
  minimize: { verb: 'minimize', better: 'lower', sign: -1 },
};

/** What is said of rewards. */
export interface RewardFacts extends Orientation {
  readonly reward: string;
  /** The name of reward axes. */
  readonly axis: string;
  /** Finite measured rewards. */
  readonly measured: readonly number[];
  /** A reward as the table prints it. */
  readonly print: (reward: number) => string;
}

/** What several parts of a report need from a result. */
export interface Facts extends RewardFacts {
  /** Finite predicted means of the proposals. */
  readonly predicted: readonly number[];
  readonly bestMeasured: number;
  /** NaN without proposals. */
  readonly bestPredicted: number;
  readonly medianPredicted: number;
}

function bestOf(values: readonly number[], sign: 1 | -1): number {
  return values.reduce((best, value) => (Number.isNaN(best) || sign * value > sign * best ? value : best), NaN);
}

/** A measured reward with the table's decimals, as long as those are not more than six significant digits. */
function printer(decimals: number | undefined): (reward: number) => string {
  return (reward) => {
    const exact = Number.isFinite(reward) && decimals !== undefined ? formatDecimals(reward, decimals) : undefined;
    return exact !== undefined && exact.length <= 8 ? exact : formatNumber(reward);
  };
}

/** What is said of a reward of this name. */
export function rewardFacts(
  reward: string,
  direction: Direction,
  { measured, print }: Pick<RewardFacts, 'measured' | 'print'>,
): RewardFacts {
  const orientation = orientations[direction];
  return { ...orientation, reward, axis: `${reward} (${orientation.better} is better)`, measured, print };
}

export function factsOf({ table, direction, proposals, best }: ProposeResult): Facts {
  const predicted = proposals.map((proposal) => proposal.predicted.mean).filter(Number.isFinite);
  const said = rewardFacts(table.reward, direction, {
    measured: Array.from(table.rewards).filter(Number.isFinite),
    print: printer(table.decimals[table.reward]),
  });
  return {
    ...said,
    predicted,
    bestMeasured: best.reward,
    bestPredicted: bestOf(predicted, said.sign),
    medianPredicted: quantile(predicted, 0.5),
  };
}
