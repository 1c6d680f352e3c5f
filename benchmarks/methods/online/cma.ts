import type { RandomStream } from '../../../src/base/index.ts';
import { cmaParameters, defaultPopulation } from './cma-parameters.ts';
import { identity, symmetricEigen, type Eigen } from './eigen.ts';

export interface CmaOptions {
  /** n coordinates. */
  readonly mean: Float64Array;
  /** The first step size: about a third of the distance to where the optimum may be. */
  readonly sigma: number;
  /** At least 2; 4 + floor(3 ln n) by default. */
  readonly population?: number;
  readonly stream: RandomStream;
}

/** Why a run has come to its end: the steps are tiny, the costs have been equal for long, or the covariance is degenerate. */
export type CmaEnd = 'small steps' | 'flat' | 'ill-conditioned';

export interface Cma {
  readonly population: number;
  readonly mean: () => Float64Array;
  readonly sigma: () => number;
  /** A new point; any number may be asked for between two generations. */
  readonly ask: () => Float64Array;
  /** A generation: `population` points and their costs. Points that were not asked for since the last one are injected. */
  readonly tell: (points: readonly Float64Array[], costs: ArrayLike<number>) => void;
  readonly ended: () => CmaEnd | undefined;
}

const smallestStep = 1e-14;
const worstCondition = 1e14;

/**
 * CMA-ES (Hansen 2016, arXiv 1604.00772, with negative weights): minimizes a cost over R^n by sampling from a normal distribution whose
 * mean, step size and full covariance are adapted to the ranks of the costs. Points from elsewhere are shortened as in Hansen (2011,
 * "Injecting external solutions into CMA-ES").
 */
export function cma({ mean: start, sigma: firstSigma, population: asked, stream }: CmaOptions): Cma {
  const n = start.length;
  const parameters = cmaParameters(n, Math.max(2, asked ?? defaultPopulation(n)));
  const { population, weights, parents, muEff, cSigma, dSigma, cC, c1, cMu, chi } = parameters;
  const mean = start.slice();
  let sigma = firstSigma;
  const covariance = identity(n);
  let eigen: Eigen = { values: new Float64Array(n).fill(1), vectors: identity(n) };
  const pathSigma = new Float64Array(n);
  const pathC = new Float64Array(n);
  let own = new WeakSet<Float64Array>();
  let [generation, decomposed, flatFor] = [0, 0, 0];

  /** Coordinates of y in the basis of eigenvectors, divided by the axes' lengths: V C^(-1/2) y. */
  const whitened = (y: Float64Array): Float64Array => {
    const result = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += eigen.vectors[k * n + j]! * y[j]!;
      result[k] = sum / Math.sqrt(eigen.values[k]!);
    }
    return result;
  };

  /** V^T z */
  const unrotated = (z: Float64Array): Float64Array => {
    const result = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const factor = z[k]!;
      for (let j = 0; j < n; j++) result[j]! += factor * eigen.vectors[k * n + j]!;
    }
    return result;
  };

  /** (x - m) / σ; no longer than likely for an injected point. */
  const stepTo = (point: Float64Array): Float64Array => {
    const y = point.map((value, j) => (value - mean[j]!) / sigma);
    if (own.has(point)) return y;
    const excess = norm(whitened(y)) / (Math.sqrt(n) + (2 * n) / (n + 2));
    return excess > 1 ? y.map((value) => value / excess) : y;
  };

  const updateCovariance = (steps: readonly Float64Array[], stalled: boolean): void => {
    const ranks = weights.map(
      (weight, i) => cMu * weight * (weight < 0 ? n / (norm(whitened(steps[i]!)) ** 2 + 1e-300) : 1),
    );
    const kept = 1 - c1 - cMu * weights.reduce((sum, weight) => sum + weight, 0) + (stalled ? c1 * cC * (2 - cC) : 0);
    for (let at = 0; at < n * n; at++) covariance[at]! *= kept;
    addOuter(covariance, pathC, c1);
    steps.forEach((y, i) => addOuter(covariance, y, ranks[i]!));
  };

  const decompose = (): void => {
    decomposed = generation;
    eigen = symmetricEigen(covariance, n);
    // Rounding may leave an axis of the flattest ellipsoids with a length below 0.
    const floor = 1e-20 * Math.max(...eigen.values);
    for (let k = 0; k < n; k++) eigen.values[k] = Math.max(eigen.values[k]!, floor);
  };

  /** Decomposed when the covariance has changed by about a tenth in all. */
  const gap = 1 / (10 * n * (c1 + cMu));

  return {
    population,
    mean: () => mean.slice(),
    sigma: () => sigma,
    ask: () => {
      const z = Float64Array.from(eigen.values, (value) => Math.sqrt(value) * stream.normal());
      const point = unrotated(z).map((value, j) => mean[j]! + sigma * value);
      own.add(point);
      return point;
    },
    tell: (points, costs) => {
      const order = Array.from(points.keys()).sort((a, b) => rankable(costs[a]!) - rankable(costs[b]!) || a - b);
      const steps = order.map((at) => stepTo(points[at]!));
      const move = new Float64Array(n);
      for (let i = 0; i < parents; i++) for (let j = 0; j < n; j++) move[j]! += weights[i]! * steps[i]![j]!;
      generation++;

      // Cumulation
      const white = unrotated(whitened(move));
      for (let j = 0; j < n; j++) {
        mean[j]! += sigma * move[j]!;
        pathSigma[j] = (1 - cSigma) * pathSigma[j]! + Math.sqrt(cSigma * (2 - cSigma) * muEff) * white[j]!;
      }
      const length = norm(pathSigma);
      const unbiased = length / Math.sqrt(1 - (1 - cSigma) ** (2 * generation));
      const stalled = unbiased >= (1.4 + 2 / (n + 1)) * chi;
      for (let j = 0; j < n; j++) {
        pathC[j] = (1 - cC) * pathC[j]! + (stalled ? 0 : Math.sqrt(cC * (2 - cC) * muEff) * move[j]!);
      }

      updateCovariance(steps, stalled);
      sigma *= Math.exp(Math.min(1, (cSigma / dSigma) * (length / chi - 1)));
      if (generation - decomposed > gap) decompose();
      const [best, middle] = [costs[order[0]!]!, costs[order[Math.floor(population / 2)]!]!];
      flatFor = rankable(best) === rankable(middle) ? flatFor + 1 : 0;
      own = new WeakSet();
    },
    ended: () => {
      const [least, most] = [Math.min(...eigen.values), Math.max(...eigen.values)];
      if (sigma * Math.sqrt(most) < smallestStep) return 'small steps';
      if (most > worstCondition * least) return 'ill-conditioned';
      return flatFor >= 10 ? 'flat' : undefined;
    },
  };
}

/** Failures rank last. */
function rankable(cost: number): number {
  return Number.isNaN(cost) ? Number.MAX_VALUE : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, cost));
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/** M += factor v v^T */
function addOuter(matrix: Float64Array, v: Float64Array, factor: number): void {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    const scaled = factor * v[i]!;
    for (let j = 0; j < n; j++) matrix[i * n + j]! += scaled * v[j]!;
  }
}
