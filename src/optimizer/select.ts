import type { Population } from './population.ts';

/** The order of n candidates by their bound, best first. */
export function rankByBound(bound: Float64Array): Uint32Array {
  return Uint32Array.from(bound.keys()).sort((a, b) => bound[b]! - bound[a]! || a - b);
}

/** Candidates looked at for every one that is chosen. */
const shortlist = 20;

/**
 * Chooses `count` candidates for value and distinctness, by maximal marginal relevance (Carbonell and Goldstein 1998): one after the
 * other, the one with the largest (1 - diversity) value - diversity similarity. Value is the bound, scaled to [0, 1] over the
 * shortlist; similarity exp(-distance^2 / scale^2) to the nearest one chosen, scale being the mean distance of the shortlist's
 * designs to its best. With diversity 0 the best are chosen. The result is ordered by bound.
 */
export function chooseDiverse(
  bound: Float64Array,
  encoded: Population['encoded'],
  count: number,
  diversity: number,
  among: (index: number) => boolean = () => true,
): readonly number[] {
  const order = rankByBound(bound).filter(among);
  if (diversity === 0 || order.length <= count) return Array.from(order.subarray(0, count));
  const places = Array.from(order.subarray(0, shortlist * count));
  const [top, bottom] = [bound[places[0]!]!, bound[places.at(-1)!]!];
  const value = places.map((index) => (top > bottom ? (bound[index]! - bottom) / (top - bottom) : 1));
  const best = encoded(places[0]!);
  const scale = places.reduce((sum, index) => sum + squaredDistance(best, encoded(index)), 0) / places.length || 1;
  const similarity = new Float64Array(places.length);
  const taken = new Set<number>();
  while (taken.size < count) {
    let next = -1;
    let most = -Infinity;
    for (let i = 0; i < places.length; i++) {
      if (taken.has(i)) continue;
      const merit = (1 - diversity) * value[i]! - diversity * similarity[i]!;
      if (merit > most) [next, most] = [i, merit];
    }
    taken.add(next);
    const chosen = encoded(places[next]!);
    for (let i = 0; i < places.length; i++) {
      const near = Math.exp(-squaredDistance(chosen, encoded(places[i]!)) / scale);
      if (near > similarity[i]!) similarity[i] = near;
    }
  }
  return [...taken].sort((a, b) => a - b).map((i) => places[i]!);
}

/** A group of candidates that a part of the choice is taken from. */
export interface Part {
  /** The share of the choice, 0 to 1, rounded down. */
  readonly share: number;
  readonly among: (index: number) => boolean;
  /** The best by bound, or the first ones: how they come. */
  readonly by: 'bound' | 'order';
}

/**
 * Chooses some candidates from each part, in turn, and the rest among all by bound. The bound is one opinion: what a search finds by it
 * has the mistakes of the surrogate in it, and off the data it knows nothing. Some of each is a safer choice than any one kind. The result
 * is ordered by bound.
 */
export function chooseInParts(
  bound: Float64Array,
  encoded: Population['encoded'],
  count: number,
  diversity: number,
  parts: readonly Part[],
): readonly number[] {
  const taken = new Set<number>();
  for (const { share, among, by } of parts) {
    const free = (index: number): boolean => !taken.has(index) && among(index);
    const wanted = Math.min(Math.floor(share * count), count - taken.size);
    const chosen =
      by === 'bound'
        ? chooseDiverse(bound, encoded, wanted, diversity, free)
        : Array.from(bound.keys()).filter(free).slice(0, wanted);
    for (const index of chosen) taken.add(index);
  }
  const rest = chooseDiverse(bound, encoded, count - taken.size, diversity, (index) => !taken.has(index));
  return [...taken, ...rest].sort((a, b) => bound[b]! - bound[a]! || a - b);
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) total += (a[j]! - b[j]!) ** 2;
  return total;
}
