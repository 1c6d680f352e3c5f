import type { Population } from './population.ts';

/** The order of n candidates by their bound, best first. */
export function rankByBound(bound: Float64Array): Uint32Array {
  return Uint32Array.from(bound.keys()).sort((a, b) => bound[b]! - bound[a]! || a - b);
}

/**
 * Chooses `count` candidates for value and distinctness: down the order of their bounds, one that lies within `radius` of one that is taken
 * (or `taken` before) is passed over. Where that leaves too few the radius is halved, for those that were passed over, as often as it
 * takes. Ordered as they were chosen.
 */
export function chooseDistinct(
  bound: Float64Array,
  encoded: Population['encoded'],
  count: number,
  radius: number,
  among: (index: number) => boolean = () => true,
  taken: Iterable<number> = [],
): readonly number[] {
  const chosen: number[] = [];
  const near = Array.from(taken, encoded);
  let waiting = Array.from(rankByBound(bound)).filter(among);
  for (let limit = radius ** 2; chosen.length < count && waiting.length > 0; limit /= 4) {
    const passed: number[] = [];
    const none = limit < smallestLimit;
    for (const index of waiting) {
      if (chosen.length === count) break;
      const own = encoded(index);
      if (!none && near.some((other) => squaredDistance(own, other) < limit)) passed.push(index);
      else {
        chosen.push(index);
        near.push(own);
      }
    }
    waiting = passed;
  }
  return chosen;
}

/** Squared radii below this are none: designs are distinct already. */
const smallestLimit = 1e-6;

/** A group of candidates that a part of the choice is taken from. */
export interface Part {
  /** The share of the choice, 0 to 1, rounded down. */
  readonly share: number;
  readonly among: (index: number) => boolean;
  /** Numbers to choose the best by, larger being better; without them the first ones are taken, as they come. */
  readonly by?: Float64Array;
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
  radius: number,
  parts: readonly Part[],
): readonly number[] {
  const taken = new Set<number>();
  for (const { share, among, by } of parts) {
    const free = (index: number): boolean => !taken.has(index) && among(index);
    const wanted = Math.min(Math.floor(share * count), count - taken.size);
    const chosen =
      by !== undefined
        ? chooseDistinct(by, encoded, wanted, radius, free, taken)
        : Array.from(bound.keys()).filter(free).slice(0, wanted);
    for (const index of chosen) taken.add(index);
  }
  const rest = chooseDistinct(bound, encoded, count - taken.size, radius, (index) => !taken.has(index), taken);
  return [...taken, ...rest].sort((a, b) => bound[b]! - bound[a]! || a - b);
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) total += (a[j]! - b[j]!) ** 2;
  return total;
}
