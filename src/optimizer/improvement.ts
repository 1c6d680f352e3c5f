/** Predicted rewards of m designs. */
export interface Joint {
  /** Larger being better, m. */
  readonly mean: Float64Array;
  /** Covariances of what would be measured, m x m: noise is in the variances. */
  readonly covariance: Float64Array;
}

const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** Below it a series gives the tail of the normal distribution, above it a continued fraction; so many terms of either. */
const border = 1.5;
const terms = 120;

/** The probability of more than x >= 0 under the standard normal distribution, over its density at x (Mills' ratio). */
function millsRatio(x: number): number {
  if (x < border) {
    let [term, total] = [x, x];
    for (let k = 3; k < terms; k += 2) total += term *= (x * x) / k;
    return 0.5 / density(x) - total;
  }
  let fraction = x;
  for (let k = terms; k >= 1; k--) fraction = x + k / fraction;
  return 1 / fraction;
}

/** The expected improvement of a standard normal number beyond -z. */
function standardImprovement(z: number): number {
  return z > 0 ? z + standardImprovement(-z) : density(z) * Math.max(0, 1 + z * millsRatio(-z));
}

/** The expected improvement of a normal reward beyond `best` (Jones, Schonlau and Welch 1998, equation 15). */
export function expectedImprovement(mean: number, std: number, best: number): number {
  return std > 0 ? std * standardImprovement((mean - best) / std) : Math.max(0, mean - best);
}

/** The place of the largest value, the first of equals, among places that are free. */
function largest(values: (place: number) => number, size: number, free: (place: number) => boolean): number {
  let [at, most] = [-1, -Infinity];
  for (let place = 0; place < size; place++) {
    if (!free(place)) continue;
    const value = values(place);
    if (value > most || at < 0) [at, most] = [place, value];
  }
  return at;
}

/** Covariances given what design i will measure, in place. */
function conditionOn(covariance: Float64Array, size: number, i: number): void {
  const own = Float64Array.from({ length: size }, (_, j) => covariance[i * size + j]!);
  const variance = own[i]!;
  if (!(variance > 0)) return;
  for (let j = 0; j < size; j++) {
    const share = own[j]! / variance;
    for (let k = 0; k < size; k++) covariance[j * size + k]! -= share * own[k]!;
  }
}

/**
 * Chooses `count` of m designs (m at least) one after the other by expected improvement times `chance` (m, the probability that the
 * experiment works), as if those before had come out as predicted (the Kriging believer of Ginsbourger, Le Riche and Carraro 2010): that
 * leaves the means, makes what is alike certain, and raises what is to be improved on. Equal ones go by the mean.
 */
export function chooseByImprovement(
  { mean, covariance }: Joint,
  chance: Float64Array,
  best: number,
  count: number,
): readonly number[] {
  const size = mean.length;
  const left = covariance.slice();
  const chosen = new Set<number>();
  const worst = mean.reduce((least, value) => Math.min(least, value), Infinity);
  let top = best;
  while (chosen.size < Math.min(count, size)) {
    const gain = (place: number): number =>
      chance[place]! * expectedImprovement(mean[place]!, Math.sqrt(Math.max(0, left[place * size + place]!)), top);
    const free = (place: number): boolean => !chosen.has(place);
    let next = largest(gain, size, free);
    if (gain(next) === 0) next = largest((place) => chance[place]! * (mean[place]! - worst), size, free);
    chosen.add(next);
    top = Math.max(top, mean[next]!);
    conditionOn(left, size, next);
  }
  return [...chosen];
}
