import type { ColumnScaling } from '../../../src/base/index.ts';
import { applied, gram, symmetricEigen, times, transposedTimes } from './matrix.ts';
import type { SubspaceProblem } from './subspace.ts';

/**
 * E[z | y = a] = beta a / (|beta|^2 + noise^2), d numbers: latents are standard normal and the measured reward y = beta' z + noise e.
 */
export function conditionalMean({ beta, noise }: Pick<SubspaceProblem, 'beta' | 'noise'>, a: number): Float64Array {
  const total = beta.reduce((sum, value) => sum + value * value, 0) + noise ** 2;
  return beta.map((value) => (value * a) / total);
}

/** What is known of a row: its reward, or nothing. */
export interface Known {
  readonly sigma: number;
  readonly reward?: number;
}

/**
 * The exact D(x; sigma, y) = E[design | x = design + sigma n, y] in the denoiser's coordinates, design = (A z - mean) / scale: of z the
 * precision is I + beta beta' / noise^2 + B'B / sigma^2 with B = A / scale, and the precision times the mean is
 * beta y / noise^2 + B'(x + mean / scale) / sigma^2. Without a reward its terms are left out.
 */
export function exactDenoiser(
  { basis, beta, latent, noise }: SubspaceProblem,
  { mean, scale }: ColumnScaling,
  { sigma, reward }: Known,
): (x: Float64Array) => Float64Array {
  const told = reward === undefined ? 0 : 1 / noise ** 2;
  const scaled = basis.map((value, at) => value / scale[Math.floor(at / latent)]!);
  const offset = mean.map((value, i) => -value / scale[i]!);
  const precision = gram(scaled, latent).map((value, at) => {
    const [i, j] = [Math.floor(at / latent), at % latent];
    return value / sigma ** 2 + told * beta[i]! * beta[j]! + (i === j ? 1 : 0);
  });
  const eigen = symmetricEigen(precision, latent);
  return (x) => {
    const seen = transposedTimes(
      scaled,
      x.map((value, i) => (value - offset[i]!) / sigma ** 2),
    );
    const weighed = seen.map((value, j) => value + told * beta[j]! * (reward ?? 0));
    const z = applied(eigen, (value) => 1 / value, weighed);
    return times(scaled, z).map((value, i) => value + offset[i]!);
  };
}
