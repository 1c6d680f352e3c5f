import type { RandomStream } from '../../../src/base/index.ts';
import type { DiffusionModel, GradientGuidanceName } from '../../../src/diffusion/index.ts';
import type { Runtime } from '../../../src/graph/index.ts';
import { gradientNames } from './guidance.ts';
import { dot, length, times } from './matrix.ts';
import { latentMean, sampleMeasures } from './measures.ts';
import { linearModel, openSampler, type OpenSampler } from './model.ts';
import type { TheorySettings } from './settings.ts';
import { partsOf, type SubspaceProblem } from './subspace.ts';

/**
 * 10 - 1/2 sum h_i (z_i - b_i)^2 on the subspace: h from 1/4 to 1, b the optimum, as far from the data's centre as designs are on
 * average. Its slope in the whole space, which guides, has `steepness` times as much across the subspace.
 */
export interface Hill {
  readonly curvature: Float64Array;
  readonly optimum: Float64Array;
}

const height = 10;

export function hillOf({ latent }: Pick<SubspaceProblem, 'latent'>, stream: RandomStream): Hill {
  const direction = stream.fillNormal(new Float64Array(latent));
  const size = length(direction);
  return {
    curvature: Float64Array.from({ length: latent }, (_, i) => 0.25 + (0.75 * i) / Math.max(1, latent - 1)),
    optimum: direction.map((value) => (value * Math.sqrt(latent)) / size),
  };
}

export function hillReward({ curvature, optimum }: Hill, z: Float64Array): number {
  return height - z.reduce((sum, value, i) => sum + 0.5 * curvature[i]! * (value - optimum[i]!) ** 2, 0);
}

function hillSlope({ curvature, optimum }: Hill, z: Float64Array): Float64Array {
  return z.map((value, i) => curvature[i]! * (optimum[i]! - value));
}

/** The z that makes reward - pull / 2 |z|^2 largest, where rounds with a fixed score must end (Guo et al. 2024, theorem for algorithm 1). */
export function regularized({ curvature, optimum }: Hill, pull: number): Float64Array {
  return optimum.map((value, i) => (curvature[i]! * value) / (curvature[i]! + pull));
}

export interface Round {
  /** The reward at the point, the running mean of samples projected on the subspace. */
  readonly reward: number;
  readonly offSupport: number;
}

export interface RoundsResult {
  readonly gradient: GradientGuidanceName;
  /** Weight of |z|^2 / 2 that the targets come to. */
  readonly pull: number;
  readonly rounds: readonly Round[];
  /** The reward at the data's centre, where exact samples would end, and at the optimum on the subspace. */
  readonly start: number;
  readonly end: number;
  readonly best: number;
}

/** Weights of |z|^2 / 2: the convergence of Guo et al. (2024) asks for at least the largest curvature, 1; less pull goes further. */
const pulls = [1, 0.25] as const;

interface Climb {
  readonly problem: SubspaceProblem;
  readonly hill: Hill;
  readonly pull: number;
  readonly settings: TheorySettings;
  readonly stream: RandomStream;
}

/**
 * Guo et al. (2024), algorithm 1, with a fixed score: each round takes the reward's slope g at a point, asks for the value that makes the
 * samples' mean A A'g / pull (exact conditional samples have the mean A A'g y / (|A'g|^2 + noise^2)), and moves the point a share of the
 * way to the mean of the samples, so that the point converges for any pull.
 */
async function climb(
  sampler: OpenSampler,
  { problem, hill, pull, settings, stream }: Climb,
): Promise<readonly Round[]> {
  const { latent, basis, across, noise } = problem;
  const share = 2 / (2 + 1.25 / pull);
  let point: Float64Array = new Float64Array(latent);
  const rounds: Round[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    const on = hillSlope(hill, point);
    const steep = settings.steepness * length(on);
    const slope = times(basis, on).map((value, i) => value + steep * across[i]!);
    const { designs } = await sampler.draw({
      target: (dot(on, on) + noise ** 2) / pull,
      guidance: 0,
      count: settings.roundSamples,
      stream: stream.split(round),
      plane: { slope, at0: 0 },
    });
    const centre = latentMean(partsOf(problem, designs).latents, latent);
    point = point.map((value, i) => value + share * (centre[i]! - value));
    rounds.push({ reward: hillReward(hill, point), offSupport: sampleMeasures(problem, designs).offSupport });
  }
  return rounds;
}

export async function measureRounds(
  runtime: Runtime,
  model: DiffusionModel,
  problem: SubspaceProblem,
  settings: TheorySettings,
  stream: RandomStream,
): Promise<readonly RoundsResult[]> {
  const hill = hillOf(problem, stream.split('hill'));
  const results: RoundsResult[] = [];
  for (const gradient of gradientNames) {
    const pullBy = { model: linearModel(problem.ambient), std: problem.noise, gradient };
    const sampler = await openSampler(runtime, model, { pull: pullBy });
    for (const pull of pulls) {
      results.push({
        gradient,
        pull,
        rounds: await climb(sampler, { problem, hill, pull, settings, stream: stream.split('rounds') }),
        start: hillReward(hill, new Float64Array(problem.latent)),
        end: hillReward(hill, regularized(hill, pull)),
        best: height,
      });
    }
    await sampler.close();
  }
  return results;
}
