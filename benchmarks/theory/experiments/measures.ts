import { mean } from '../../../src/base/index.ts';
import { dot, gram, length, symmetricEigen } from './matrix.ts';
import { partsOf, trueRewards, type LatentReward, type SubspaceProblem } from './subspace.ts';

/** What samples are worth and how far they are from the data. */
export interface SampleMeasures {
  /** Mean true reward, penalty for leaving the subspace included. */
  readonly reward: number;
  /** Mean reward of the samples' projections on the subspace. */
  readonly onSupport: number;
  /** Root mean square length off the subspace over that on it. */
  readonly offSupport: number;
  /** Mahalanobis distance of the latents' mean from that of the data, N(0, I). */
  readonly shift: number;
  /** tr E[zz'] / d, 1 for the data: the distribution shift in the bound of Yuan et al. (2023) for ridge regression, over d. */
  readonly spread: number;
}

/** d numbers: the mean of n x d latents. */
export function latentMean(latents: Float64Array, d: number): Float64Array {
  const total = new Float64Array(d);
  latents.forEach((value, at) => (total[at % d]! += value));
  return total.map((value) => (value * d) / latents.length);
}

export function linearReward({ beta }: SubspaceProblem): LatentReward {
  return (z) => dot(beta, z);
}

export function sampleMeasures(
  problem: SubspaceProblem,
  designs: Float32Array,
  reward: LatentReward = linearReward(problem),
): SampleMeasures {
  const parts = partsOf(problem, designs);
  const n = parts.off.length;
  const on = dot(parts.latents, parts.latents) / n;
  const off = mean(parts.off);
  const worth = mean(trueRewards(problem, parts, reward));
  return {
    reward: worth,
    onSupport: worth + problem.penalty * off,
    offSupport: Math.sqrt(off / on),
    shift: length(latentMean(parts.latents, problem.latent)),
    spread: on / problem.latent,
  };
}

/**
 * The distance of the latents' mean from what it should be, less what chance adds on average: the root of
 * |mean - truth|^2 - tr(S) / n with S the latents' covariance, 0 where chance explains all.
 */
export function meanError(latents: Float64Array, truth: Float64Array): number {
  const d = truth.length;
  const n = latents.length / d;
  const centre = latentMean(latents, d);
  const variance = (dot(latents, latents) - n * dot(centre, centre)) / (n - 1);
  const away = centre.map((value, i) => value - truth[i]!);
  return Math.sqrt(Math.max(0, dot(away, away) - variance / n));
}

/** The `k` principal directions of n x D rows about 0: D x k, orthonormal columns. */
export function principalBasis(rows: Float32Array | Float64Array, dimension: number, k: number): Float64Array {
  const { vectors } = symmetricEigen(gram(rows, dimension), dimension);
  return vectors.filter((_, at) => at % dimension < k);
}

/**
 * |V V' - A A'|_F / sqrt(2 k) of two D x k bases with orthonormal columns: the root mean square sine of their principal angles, 0 for the
 * same subspace and 1 for ones at right angles.
 */
export function subspaceDistance(v: Float64Array, a: Float64Array, k: number): number {
  const dimension = a.length / k;
  let together = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      let total = 0;
      for (let row = 0; row < dimension; row++) total += v[row * k + i]! * a[row * k + j]!;
      together += total ** 2;
    }
  }
  return Math.sqrt(Math.max(0, 1 - together / k));
}

/** b of the least-squares line ln y = a + b ln x through two points or more, all numbers above 0. */
export function logLogSlope(x: readonly number[], y: readonly number[]): number {
  const [lnX, lnY] = [x.map(Math.log), y.map(Math.log)];
  const [centreX, centreY] = [mean(lnX), mean(lnY)];
  let [above, below] = [0, 0];
  lnX.forEach((value, i) => {
    above += (value - centreX) * (lnY[i]! - centreY);
    below += (value - centreX) ** 2;
  });
  return above / below;
}
