import type { RandomStream } from '../../../src/base/index.ts';
import type { DiffusionModel, GradientGuidanceName, RewardModel } from '../../../src/diffusion/index.ts';
import { constant, matMul, square, subtract, type Runtime } from '../../../src/graph/index.ts';
import { dot, times } from './matrix.ts';
import { sampleMeasures, type SampleMeasures } from './measures.ts';
import { openSampler } from './model.ts';
import type { TheorySettings } from './settings.ts';
import type { LatentReward, SubspaceProblem } from './subspace.ts';

export const gradientNames: readonly GradientGuidanceName[] = ['naive', 'look-ahead'];

export type GuidingReward = 'linear' | 'concave';

export interface Guided extends SampleMeasures {
  readonly gradient: GradientGuidanceName;
  readonly guide: GuidingReward;
  readonly target: number;
  readonly seconds: number;
}

/** theta = A beta + steepness u with u across the subspace: what a reward model says that knows nothing of the subspace. */
export function guidingSlope({ basis, beta, across }: SubspaceProblem, steepness: number): Float64Array {
  return times(basis, beta).map((value, i) => value + steepness * across[i]!);
}

interface Asked {
  readonly model: RewardModel;
  /** On the subspace. */
  readonly truth: LatentReward;
  readonly targets: readonly number[];
}

/** theta' x, and 10 - (theta' x - 3)^2, the rewards of Guo et al. (2024). */
function rewardsOf(problem: SubspaceProblem, steepness: number): Readonly<Record<GuidingReward, Asked>> {
  const theta = constant(Float32Array.from(guidingSlope(problem, steepness)), [problem.ambient, 1]);
  const along: LatentReward = (z) => dot(problem.beta, z);
  return {
    linear: { model: (x) => matMul(x, theta), truth: along, targets: [1, 2, 4] },
    concave: {
      model: (x) => subtract(10, square(subtract(matMul(x, theta), 3))),
      truth: (z) => 10 - (along(z) - 3) ** 2,
      targets: [6, 8, 10],
    },
  };
}

/** The gradient of a reward added to the denoiser of the data (weight 0), naive and looking ahead (Guo et al. 2024, G and G_loss). */
export async function measureGuidance(
  runtime: Runtime,
  model: DiffusionModel,
  problem: SubspaceProblem,
  { steepness, samples }: TheorySettings,
  stream: RandomStream,
): Promise<readonly Guided[]> {
  const measured: Guided[] = [];
  const asked = rewardsOf(problem, steepness);
  for (const reward of ['linear', 'concave'] as const) {
    for (const gradient of gradientNames) {
      const pull = { model: asked[reward].model, std: problem.noise, gradient };
      const sampler = await openSampler(runtime, model, { pull });
      for (const target of asked[reward].targets) {
        const { designs, seconds } = await sampler.draw({ target, guidance: 0, count: samples, stream });
        measured.push({
          gradient,
          guide: reward,
          target,
          ...sampleMeasures(problem, designs, asked[reward].truth),
          seconds,
        });
      }
      await sampler.close();
    }
  }
  return measured;
}
