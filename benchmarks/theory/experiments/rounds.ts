import type { RandomStream } from '../../../src/base/index.ts';
import type { DiffusionModel, GradientGuidanceName } from '../../../src/diffusion/index.ts';
import type { Runtime } from '../../../src/graph/index.ts';
import { gradientNames } from './guidance.ts';
import { dot, length, times } from './matrix.ts';
import { latentMean, sampleMeasures } from './measures.ts';
import { linearModel, openSampler, trainFurther } from './model.ts';
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
  /** The reward at the point, a mean of samples projected on the subspace. */
  readonly reward: number;
  readonly offSupport: number;
}

/** Whether the denoiser stays as it is (Guo et al. 2024, algorithm 1) or is trained on the samples of each round (algorithm 2). */
export type Score = 'fixed' | 'follows';

/** A way of going on in rounds. */
export interface Ascent {
  readonly gradient: GradientGuidanceName;
  readonly score: Score;
  /** A round is asked for the mean that lies the reward's slope divided by this from where the score is. With a fixed one it is the weight of
   *  |z|^2 / 2 that rounds come to: their convergence asks for at least the largest curvature, 1; less goes further. */
  readonly pull: number;
}

export interface RoundsResult extends Ascent {
  readonly rounds: readonly Round[];
  /** The reward at the data's centre, where exact samples would end, and at the optimum on the subspace. */
  readonly start: number;
  readonly end: number;
  readonly best: number;
}

const ascents: readonly Ascent[] = gradientNames.flatMap((gradient) => [
  { gradient, score: 'fixed', pull: 1 },
  { gradient, score: 'fixed', pull: 0.25 },
  { gradient, score: 'follows', pull: 1 },
]);

interface Climb {
  readonly runtime: Runtime;
  readonly model: DiffusionModel;
  readonly problem: SubspaceProblem;
  readonly hill: Hill;
  readonly settings: TheorySettings;
  readonly stream: RandomStream;
}

function columnMeans(designs: Float32Array, dimension: number): Float64Array {
  const means = new Float64Array(dimension);
  designs.forEach((value, i) => (means[i % dimension]! += (value * dimension) / designs.length));
  return means;
}

/**
 * Each round takes the reward's slope g at a point and asks for the value that makes the mean of samples lie A A'g / pull from the mean m of
 * what the score knows (exact conditional samples lie A A'g (y - g'm) / (|A'g|^2 + noise^2) from it). With a fixed score m is 0, and the
 * point moves a share of the way to the mean of the samples, so that it converges for any pull. With one that follows the samples their
 * mean is the point, and m.
 */
async function climb(
  { gradient, score, pull }: Ascent,
  { runtime, problem, hill, settings, stream, ...known }: Climb,
): Promise<readonly Round[]> {
  const { latent, ambient, basis, across, noise } = problem;
  const { samples, steps } = settings.following;
  const follows = score === 'follows';
  const share = follows ? 1 : 2 / (2 + 1.25 / pull);
  const open = (model: DiffusionModel) =>
    openSampler(runtime, model, { pull: { model: linearModel(ambient), std: noise, gradient } });
  let model = known.model;
  let sampler = await open(model);
  let point: Float64Array = new Float64Array(latent);
  let centre: Float64Array = new Float64Array(ambient);
  const rounds: Round[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    const on = hillSlope(hill, point);
    const steep = settings.steepness * length(on);
    const slope = times(basis, on).map((value, i) => value + steep * across[i]!);
    const { designs } = await sampler.draw({
      target: dot(slope, centre) + (dot(on, on) + noise ** 2) / pull,
      guidance: 0,
      count: follows ? samples : settings.roundSamples,
      stream: stream.split(round),
      plane: { slope, at0: 0 },
    });
    const mean = latentMean(partsOf(problem, designs).latents, latent);
    point = point.map((value, i) => value + share * (mean[i]! - value));
    rounds.push({ reward: hillReward(hill, point), offSupport: sampleMeasures(problem, designs).offSupport });
    if (!follows) continue;
    centre = columnMeans(designs, ambient);
    await sampler.close();
    model = await trainFurther(runtime, model, designs, steps, stream.split('training', round));
    sampler = await open(model);
  }
  await sampler.close();
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
  const known = { runtime, model, problem, hill, settings, stream: stream.split('rounds') };
  const results: RoundsResult[] = [];
  for (const ascent of ascents) {
    results.push({
      ...ascent,
      rounds: await climb(ascent, known),
      start: hillReward(hill, new Float64Array(problem.latent)),
      end: ascent.score === 'follows' ? height : hillReward(hill, regularized(hill, ascent.pull)),
      best: height,
    });
  }
  return results;
}
