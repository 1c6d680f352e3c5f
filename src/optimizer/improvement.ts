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

/** So many deviations away nothing is left to chance. */
const certain = 38;

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
  const z = (mean - best) / std;
  return std > 0 && Math.abs(z) < certain ? std * standardImprovement(z) : Math.max(0, mean - best);
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

/**
 * Chooses `count` of m designs (m at least) one after the other by expected improvement times `chance` (m, the probability that the
 * experiment works), as if those before had come out as predicted (the Kriging believer of Ginsbourger, Le Riche and Carraro 2010): that
 * leaves the means, makes what is alike certain, and raises what is to be improved on. Where nothing improves the mean decides.
 */
export function chooseByImprovement(
  { mean, covariance }: Joint,
  chance: Float64Array,
  best: number,
  count: number,
): readonly number[] {
  const size = mean.length;
  const variance = mean.map((_, place) => covariance[place * size + place]!);
  // Columns of a pivoted Cholesky factor: what the chosen ones say of each.
  const told: Float64Array[] = [];
  const chosen = new Set<number>();
  const worst = mean.reduce((least, value) => Math.min(least, value), Infinity);
  let top = best;
  while (chosen.size < Math.min(count, size)) {
    const gain = (place: number): number =>
      chance[place]! * expectedImprovement(mean[place]!, Math.sqrt(Math.max(0, variance[place]!)), top);
    const free = (place: number): boolean => !chosen.has(place);
    let next = largest(gain, size, free);
    if (gain(next) === 0) next = largest((place) => chance[place]! * (mean[place]! - worst), size, free);
    chosen.add(next);
    top = Math.max(top, mean[next]!);
    if (!(variance[next]! > 0)) continue;
    const scale = Math.sqrt(variance[next]!);
    const column = mean.map((_, place) => {
      const known = told.reduce((sum, other) => sum + other[place]! * other[next]!, 0);
      return (covariance[next * size + place]! - known) / scale;
    });
    told.push(column);
    for (let place = 0; place < size; place++) variance[place]! -= column[place]! ** 2;
  }
  return [...chosen];
}
