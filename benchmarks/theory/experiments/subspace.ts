import type { RandomStream } from '../../../src/base/index.ts';
import { dot, length, orthonormalColumns, transposedTimes } from './matrix.ts';

/**
 * The problem that the theory is about (Yuan et al. 2023, arXiv:2307.07055; Li et al. 2024, arXiv:2403.13219): designs x = A z with z
 * standard normal lie on a subspace, and the reward beta' z is linear there. Off the subspace every unit of squared distance costs
 * `penalty`, which no design in the data tells.
 */
export interface SubspaceProblem {
  /** D. */
  readonly ambient: number;
  /** d, less than D. */
  readonly latent: number;
  /** A, D x d with orthonormal columns. */
  readonly basis: Float64Array;
  /** d, of length 1. */
  readonly beta: Float64Array;
  /** D, of length 1 and across the subspace: where a guiding reward may lead off it. */
  readonly across: Float64Array;
  /** Standard deviation of a measured reward around beta' z. */
  readonly noise: number;
  readonly penalty: number;
}

export type ProblemSizes = Pick<SubspaceProblem, 'ambient' | 'latent' | 'noise' | 'penalty'>;

export function subspaceProblem(sizes: ProblemSizes, stream: RandomStream): SubspaceProblem {
  const { ambient, latent } = sizes;
  const k = latent + 1;
  const frame = orthonormalColumns(stream.split('basis').fillNormal(new Float64Array(ambient * k)), ambient, k);
  const basis = frame.filter((_, at) => at % k < latent);
  const across = frame.filter((_, at) => at % k === latent);
  const direction = stream.split('beta').fillNormal(new Float64Array(latent));
  const size = length(direction);
  return { ...sizes, basis, across, beta: direction.map((value) => value / size) };
}

export interface Rows {
  /** n x D. */
  readonly designs: Float32Array;
  /** n measured rewards. */
  readonly rewards: Float64Array;
}

/** n designs with measured rewards. */
export function drawRows(problem: SubspaceProblem, n: number, stream: RandomStream): Rows {
  const { ambient, latent, basis, beta, noise } = problem;
  const [latents, labels] = [stream.split('latents'), stream.split('labels')];
  const designs = new Float32Array(n * ambient);
  const rewards = new Float64Array(n);
  const z = new Float64Array(latent);
  for (let row = 0; row < n; row++) {
    latents.fillNormal(z);
    for (let i = 0; i < ambient; i++) {
      let total = 0;
      for (let j = 0; j < latent; j++) total += basis[i * latent + j]! * z[j]!;
      designs[row * ambient + i] = total;
    }
    rewards[row] = dot(beta, z) + noise * labels.normal();
  }
  return { designs, rewards };
}

/** Designs seen from the subspace. */
export interface Parts {
  /** n x d: A' x. */
  readonly latents: Float64Array;
  /** n: the squared length of what is left, x - A A' x. */
  readonly off: Float64Array;
}

export function partsOf({ ambient, latent, basis }: SubspaceProblem, designs: Float32Array): Parts {
  const n = designs.length / ambient;
  const latents = new Float64Array(n * latent);
  const off = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const x = Float64Array.from(designs.subarray(row * ambient, (row + 1) * ambient));
    const z = transposedTimes(basis, x);
    latents.set(z, row * latent);
    off[row] = x.reduce((sum, value, i) => {
      let on = 0;
      for (let j = 0; j < latent; j++) on += basis[i * latent + j]! * z[j]!;
      return sum + (value - on) ** 2;
    }, 0);
  }
  return { latents, off };
}

/** What the reward is on the subspace, of a latent vector. */
export type LatentReward = (z: Float64Array) => number;

/** The true rewards: on the subspace, less the penalty for being off it. */
export function trueRewards(
  { latent, penalty }: SubspaceProblem,
  { latents, off }: Parts,
  reward: LatentReward,
): Float64Array {
  return off.map((square, row) => reward(latents.subarray(row * latent, (row + 1) * latent)) - penalty * square);
}
