import type { RandomStream } from '../../../src/base/index.ts';
import type { DiffusionModel } from '../../../src/diffusion/index.ts';
import type { Runtime } from '../../../src/graph/index.ts';
import { conditionalMean } from './gaussian.ts';
import { length } from './matrix.ts';
import { sampleMeasures, type SampleMeasures } from './measures.ts';
import { openSampler } from './model.ts';
import type { TheorySettings } from './settings.ts';
import type { SubspaceProblem } from './subspace.ts';

export interface AtTarget extends SampleMeasures {
  readonly target: number;
  /** What exact conditional samples would have: reward and shift are the same number for a `beta` of length 1. */
  readonly exactShift: number;
  readonly exactSpread: number;
}

/** Samples of the conditional (weight 1) at rising targets. */
export async function measureTargets(
  runtime: Runtime,
  model: DiffusionModel,
  problem: SubspaceProblem,
  { targets, samples }: TheorySettings,
  stream: RandomStream,
): Promise<readonly AtTarget[]> {
  const sampler = await openSampler(runtime, model);
  const measured: AtTarget[] = [];
  for (const target of targets) {
    const { designs } = await sampler.draw({ target, guidance: 1, count: samples, stream });
    const exactShift = length(conditionalMean(problem, target));
    const { latent, noise } = problem;
    measured.push({
      target,
      ...sampleMeasures(problem, designs),
      exactShift,
      exactSpread: (latent - 1 / (1 + noise ** 2) + exactShift ** 2) / latent,
    });
  }
  await sampler.close();
  return measured;
}
