import { mean, standardDeviation, type RandomStream } from '../base/index.ts';

/** How often a row is drawn in training, by its reward (larger is better). Weights have mean 1. */
export type RowWeighting = (rewards: Float64Array) => Float64Array;

export const uniformWeights: RowWeighting = (rewards) => new Float64Array(rewards.length).fill(1);

export interface BinnedOptions {
  readonly bins: number;
  /** Smoothing K: a bin with as large a share of the rows counts half. */
  readonly smoothing: number;
  /** Largest weight of a row before rescaling. */
  readonly limit: number;
}

/**
 * DDOM's weighting (Krishnamoorthy et al. 2023, section 3.2): equal-width bins of the reward, a bin's probability proportional to
 * exp(edge / tau) h / (h + K) with h the share of its rows and tau the distance from the 90 % quantile to the best, spread over its rows.
 */
export const binnedWeights =
  ({ bins, smoothing, limit }: BinnedOptions = { bins: 20, smoothing: 1e-3, limit: 5 }): RowWeighting =>
  (rewards) => {
    const sorted = Float64Array.from(rewards).sort();
    const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
    if (high === low) return uniformWeights(rewards);
    // Rewards from 0 to 1, so that a bin is 1 / bins wide.
    const place = (reward: number): number => (reward - low) / (high - low);
    const binOf = (reward: number): number => Math.min(bins - 1, Math.floor(place(reward) * bins));
    const shares = new Float64Array(bins);
    for (const reward of rewards) shares[binOf(reward)]! += 1 / rewards.length;
    const tau = Math.max(1 - place(sorted[Math.floor(0.9 * (sorted.length - 1))]!), 1e-3);
    const probabilities = shares.map(
      (share, bin) => Math.exp(((bin + 1) / bins - 1) / tau) * (share / (share + smoothing)),
    );
    const total = probabilities.reduce((sum, value) => sum + value, 0);
    return normalised(
      Float64Array.from(rewards, (reward) =>
        Math.min(limit, probabilities[binOf(reward)]! / total / shares[binOf(reward)]!),
      ),
    );
  };

/** exp(strength z(reward)), as in DiBO (Yun et al. 2025); no row counts more than `limit` times the average. */
export const exponentialWeights =
  (strength = 1, limit = 20): RowWeighting =>
  (rewards) => {
    const [center, std] = [mean(rewards), standardDeviation(rewards)];
    if (std === 0) return uniformWeights(rewards);
    return limited(
      rewards.map((reward) => Math.exp((strength * (reward - center)) / std)),
      limit,
    );
  };

/**
 * Weights of mean 1, those above `limit` cut to it. Cutting lowers the average, and with it the cut: when the k largest of n are cut to
 * c, the average is (rest + k c) / n, and c = limit (rest + k c) / n.
 */
function limited(weights: Float64Array, limit: number): Float64Array {
  const n = weights.length;
  const rising = Float64Array.from(weights).sort();
  let rest = 0;
  // The sum of all but the k largest, for every k: added up from the smallest, which a large one would swallow.
  const rests = Float64Array.of(0, ...rising.map((weight) => (rest += weight))).reverse();
  let cut = Infinity;
  for (let k = 0; limit * k < n; k++) {
    cut = (limit * rests[k]!) / (n - limit * k);
    if (rising[n - 1 - k]! <= cut) break;
  }
  return normalised(weights.map((weight) => Math.min(weight, cut)));
}

function normalised(weights: Float64Array): Float64Array {
  const average = mean(weights);
  return weights.map((weight) => weight / average);
}

export type WeightingName = 'uniform' | 'binned' | 'exponential';

export const rowWeightings: { readonly [Name in WeightingName]: RowWeighting } = {
  uniform: uniformWeights,
  binned: binnedWeights(),
  exponential: exponentialWeights(),
};

/** Draws indices with probability proportional to their weights: Walker's alias method, O(1) a draw. */
export function weightedIndices(weights: Float64Array): (stream: RandomStream) => number {
  const n = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * n) / total);
  const alias = new Uint32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  share.forEach((value, index) => (value < 1 ? small : large).push(index));
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!;
    const more = large[large.length - 1]!;
    alias[less] = more;
    share[more]! -= 1 - share[less]!;
    if (share[more]! < 1) small.push(large.pop()!);
  }
  for (const index of [...small, ...large]) share[index] = 1;
  return (stream) => {
    const index = stream.integer(n);
    return stream.uniform() < share[index]! ? index : alias[index]!;
  };
}
