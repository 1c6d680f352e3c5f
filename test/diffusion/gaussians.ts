import {
  add,
  concat,
  constant,
  divide,
  matMul,
  multiply,
  reshape,
  slice,
  softmax,
  square,
  subtract,
  sum,
  type Tensor,
} from '../../src/graph/index.ts';

/** A normal distribution in the plane, its covariance as principal axes (rows of length 1) and variances along them. */
export interface Gaussian {
  readonly mean: readonly [number, number];
  readonly axes: readonly [readonly [number, number], readonly [number, number]];
  readonly variances: readonly [number, number];
}

/** `angle` is that of the first axis. */
export function gaussian(mean: Gaussian['mean'], variances: Gaussian['variances'], angle: number): Gaussian {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    mean,
    axes: [
      [cos, sin],
      [-sin, cos],
    ],
    variances,
  };
}

/** Entries (0, 0), (0, 1) and (1, 1) of the covariance. */
export function covarianceOf({ axes: [a, b], variances: [p, q] }: Gaussian): readonly [number, number, number] {
  return [p * a[0] ** 2 + q * b[0] ** 2, p * a[0] * a[1] + q * b[0] * b[1], p * a[1] ** 2 + q * b[1] ** 2];
}

/** The Gaussian of a covariance, by its eigenvectors. */
export function fromCovariance(mean: Gaussian['mean'], [a, b, c]: readonly [number, number, number]): Gaussian {
  const angle = 0.5 * Math.atan2(2 * b, a - c);
  const spread = Math.hypot((a - c) / 2, b);
  return gaussian(mean, [(a + c) / 2 + spread, (a + c) / 2 - spread], angle);
}

const transposed = ([[a, b], [c, d]]: Gaussian['axes']): Gaussian['axes'] => [
  [a, c],
  [b, d],
];

/** mean + axes' diag(factors) axes (x - mean). */
function scaledAlong({ mean, axes }: Gaussian, factors: readonly number[], x: readonly number[]): [number, number] {
  const away = [x[0]! - mean[0], x[1]! - mean[1]] as const;
  const along = axes.map((axis, k) => factors[k]! * (axis[0] * away[0] + axis[1] * away[1]));
  return [
    mean[0] + along[0]! * axes[0][0] + along[1]! * axes[1][0],
    mean[1] + along[0]! * axes[0][1] + along[1]! * axes[1][1],
  ];
}

/** E[z | z + sigma n = x] for z from the Gaussian, in plain numbers. */
export function posteriorMean(g: Gaussian, x: readonly number[], sigma: number): [number, number] {
  return scaledAlong(
    g,
    g.variances.map((v) => v / (v + sigma ** 2)),
    x,
  );
}

/** Where the probability flow dx/dsigma = (x - D) / sigma takes x from one noise level to another: along each axis distances from
 *  the mean scale as the standard deviation of the noisy data. */
export function flow(g: Gaussian, x: readonly number[], from: number, to: number): [number, number] {
  return scaledAlong(
    g,
    g.variances.map((v) => Math.sqrt((v + to ** 2) / (v + from ** 2))),
    x,
  );
}

/** The same as `posteriorMean`, as a graph: x [..., 2], sigma [1]. */
export function exactDenoiser({ mean, axes, variances }: Gaussian): (x: Tensor, sigma: Tensor) => Tensor {
  return (x, sigma) => {
    const spread = constant(variances);
    const shrink = divide(spread, add(spread, square(sigma)));
    const along = matMul(subtract(x, constant(mean)), constant(transposed(axes).flat(), [2, 2]));
    return add(matMul(multiply(along, shrink), constant(axes.flat(), [2, 2])), constant(mean));
  };
}

/** Two round components of the same variance at `centers`, with weights. */
export interface Mixture {
  readonly centers: readonly [readonly [number, number], readonly [number, number]];
  readonly weights: readonly [number, number];
  readonly variance: number;
}

/** E[z | z + sigma n = x]: the components' estimates, weighted by how likely each is given x. x [n, 2], sigma [1]. */
export function mixtureDenoiser({ centers, weights, variance }: Mixture): (x: Tensor, sigma: Tensor) => Tensor {
  return (x, sigma) => {
    const total = add(square(sigma), variance);
    const shrink = divide(variance, total);
    const logits = centers.map((center, k) => {
      const distance = sum(square(subtract(x, constant(center))), [1], true);
      return add(divide(multiply(distance, -0.5), total), Math.log(weights[k]!));
    });
    const shares = softmax(concat(logits, 1));
    const estimates = centers.map((center, k) => {
      const share = reshape(slice(shares, 1, k, k + 1), ['n', 1]);
      const own = add(multiply(subtract(x, constant(center)), shrink), constant(center));
      return multiply(own, share);
    });
    return estimates.reduce(add);
  };
}

export interface Moments {
  readonly n: number;
  readonly mean: readonly [number, number];
  readonly covariance: readonly [number, number, number];
}

/** Sample moments of n x 2 values. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const n = values.length / 2;
  const mean: [number, number] = [0, 0];
  for (let i = 0; i < n; i++) for (const k of [0, 1] as const) mean[k] += values[2 * i + k]! / n;
  const covariance: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [a, b] = [values[2 * i]! - mean[0], values[2 * i + 1]! - mean[1]];
    covariance[0] += (a * a) / n;
    covariance[1] += (a * b) / n;
    covariance[2] += (b * b) / n;
  }
  return { n, mean, covariance };
}

/** The largest distance between sample moments and a Gaussian's, each in standard errors of the sample moment. */
export function standardErrorsFrom({ n, mean, covariance }: Moments, g: Gaussian): number {
  const [p, q, r] = covarianceOf(g);
  const errors = [
    (mean[0] - g.mean[0]) / Math.sqrt(p / n),
    (mean[1] - g.mean[1]) / Math.sqrt(r / n),
    (covariance[0] - p) / Math.sqrt((2 * p * p) / n),
    (covariance[1] - q) / Math.sqrt((p * r + q * q) / n),
    (covariance[2] - r) / Math.sqrt((2 * r * r) / n),
  ];
  return Math.max(...errors.map(Math.abs));
}
