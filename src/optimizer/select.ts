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

export interface Parts {
  readonly count: number;
  readonly diversity: number;
  /** The first so many candidates are samples. */
  readonly sampled: number;
  /** The share of the choice that samples are sure of. */
  readonly share: number;
}

/**
 * Chooses a share among samples alone and the rest among all. A search finds what the bound likes, mistakes of the surrogate included;
 * samples are also what the denoiser holds likely, so some of each is a safer choice than either. Ordered by bound.
 */
export function chooseInParts(
  bound: Float64Array,
  encoded: Population['encoded'],
  { count, diversity, sampled, share }: Parts,
): readonly number[] {
  const kept = sampled < bound.length ? Math.min(sampled, Math.ceil(share * count)) : 0;
  const first = kept === 0 ? [] : chooseDiverse(bound, encoded, kept, diversity, (index) => index < sampled);
  const taken = new Set(first);
  const rest = chooseDiverse(bound, encoded, count - first.length, diversity, (index) => !taken.has(index));
  return [...first, ...rest].sort((a, b) => bound[b]! - bound[a]! || a - b);
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) total += (a[j]! - b[j]!) ** 2;
  return total;
}
