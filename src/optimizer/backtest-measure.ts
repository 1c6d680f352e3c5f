import type { Direction } from '../table/index.ts';

/** What was chosen among candidates, judged by what was measured of them. */
export interface Measures {
  /** Winners among the chosen. */
  readonly hits: number;
  /** Mean reward of the chosen, own units. */
  readonly mean: number;
  /** Best reward of the chosen, own units. */
  readonly best: number;
}

/** N candidates whose rewards (own units) are known. */
export interface Judged {
  readonly rewards: readonly number[];
  readonly isWinner: readonly boolean[];
  readonly direction: Direction;
}

function signOf({ direction }: Judged): 1 | -1 {
  return direction === 'maximize' ? 1 : -1;
}

/** Of the candidates chosen, by index, at least one. */
export function measure(judged: Judged, chosen: readonly number[]): Measures {
  const sign = signOf(judged);
  const rewards = chosen.map((index) => judged.rewards[index]!);
  return {
    hits: chosen.filter((index) => judged.isWinner[index]).length,
    mean: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
    best: rewards.reduce((best, reward) => (sign * reward > sign * best ? reward : best)),
  };
}

/** The best `count` candidates. */
export function perfectChoice(judged: Judged, count: number): readonly number[] {
  const sign = signOf(judged);
  const order = Array.from(judged.rewards.keys());
  return order.sort((a, b) => sign * (judged.rewards[b]! - judged.rewards[a]!)).slice(0, count);
}

/**
 * What drawing `count` of N candidates without replacement gives on average, exactly: the mean of the hypergeometric distribution,
 * and the best by its order statistics, P(the j-th worst is the best drawn) = C(j - 1, count - 1) / C(N, count).
 */
export function expectedByChance(judged: Judged, count: number): Measures {
  const sign = signOf(judged);
  const n = judged.rewards.length;
  const worstFirst = judged.rewards.toSorted((a, b) => sign * (a - b));
  let best = 0;
  let probability = count / n;
  for (let j = n; j >= count; j--) {
    best += probability * worstFirst[j - 1]!;
    probability *= (j - count) / (j - 1);
  }
  return {
    hits: (count * judged.isWinner.filter(Boolean).length) / n,
    mean: judged.rewards.reduce((sum, reward) => sum + reward, 0) / n,
    best,
  };
}

/** Probabilities of 0, ..., `drawn` winners among so many drawn from a population without replacement (hypergeometric). */
export function hypergeometric(population: number, winners: number, drawn: number): Float64Array {
  const logFactorial = new Float64Array(population + 1);
  for (let i = 1; i <= population; i++) logFactorial[i] = logFactorial[i - 1]! + Math.log(i);
  const logChoose = (n: number, k: number): number =>
    k < 0 || k > n ? -Infinity : logFactorial[n]! - logFactorial[k]! - logFactorial[n - k]!;
  return Float64Array.from({ length: drawn + 1 }, (_, hits) =>
    Math.exp(logChoose(winners, hits) + logChoose(population - winners, drawn - hits) - logChoose(population, drawn)),
  );
}

/** The place where the cumulative probability reaches `share`. */
export function discreteQuantile(probabilities: Float64Array, share: number): number {
  let total = 0;
  for (const [value, probability] of probabilities.entries()) {
    total += probability;
    if (total >= share - 1e-12) return value;
  }
  return probabilities.length - 1;
}

/** Candidates by their distance to the nearest of the best designs seen, nearest first. Both are encoded, d each. Equals keep their order. */
export function nearestFirst(candidates: readonly Float64Array[], best: readonly Float64Array[]): readonly number[] {
  const distances = candidates.map((candidate) => Math.min(...best.map((one) => squaredDistance(candidate, one))));
  return Array.from(candidates.keys()).sort((a, b) => distances[a]! - distances[b]! || a - b);
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i]! - b[i]!) ** 2;
  return total;
}
