import { ranks } from '../src/base/index.ts';

export interface SignedRankTest {
  /** Sum of the ranks of the positive differences. */
  readonly statistic: number;
  /** Differences that are not zero: the others say nothing. */
  readonly pairs: number;
  /** Probability of a sum as small (as large) or more so, when each difference is as likely positive as negative. */
  readonly less: number;
  readonly greater: number;
  readonly twoSided: number;
}

/**
 * Wilcoxon's signed-rank test of n paired differences (Wilcoxon 1945), exact: over all ways to sign the ranks of the sizes, equal
 * sizes sharing the mean of their ranks. All probabilities are 1 where every difference is zero.
 */
export function signedRankTest(differences: readonly number[]): SignedRankTest {
  const kept = differences.filter((difference) => difference !== 0);
  // Twice the ranks, which are whole numbers also for ties.
  const doubled = Array.from(ranks(kept.map(Math.abs)), (rank) => Math.round(2 * (rank + 1)));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const observed = doubled.reduce((sum, rank, i) => sum + (kept[i]! > 0 ? rank : 0), 0);
  const distribution = signDistribution(doubled, total);
  const between = (from: number, to: number): number =>
    Math.min(
      1,
      distribution.subarray(from, to + 1).reduce((sum, probability) => sum + probability, 0),
    );
  const [less, greater] = [between(0, observed), between(observed, total)];
  return {
    statistic: observed / 2,
    pairs: kept.length,
    less,
    greater,
    twoSided: Math.min(1, 2 * Math.min(less, greater)),
  };
}

/** The probabilities of the sums 0 to `total` when each of the ranks counts or not. */
function signDistribution(doubledRanks: readonly number[], total: number): Float64Array {
  const probabilities = new Float64Array(total + 1);
  probabilities[0] = 1;
  for (const rank of doubledRanks) {
    for (let sum = total; sum >= 0; sum--) {
      const without = probabilities[sum]!;
      probabilities[sum] = 0.5 * (without + (sum >= rank ? probabilities[sum - rank]! : 0));
    }
  }
  return probabilities;
}

/** p values adjusted for all of them being looked at (Holm 1979): reject those below the level. */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let most = 0;
  order.forEach((at, place) => {
    most = Math.max(most, Math.min(1, (pValues.length - place) * pValues[at]!));
    adjusted[at] = most;
  });
  return adjusted;
}
