import type { RandomStream } from '../../../src/base/index.ts';
import type { DiffusionModel, SamplingOptions } from '../../../src/diffusion/index.ts';
import type { Runtime } from '../../../src/graph/index.ts';
import { sampleMeasures, type SampleMeasures } from './measures.ts';
import { openSampler } from './model.ts';
import type { TheorySettings } from './settings.ts';
import type { SubspaceProblem } from './subspace.ts';

export interface Choice extends SampleMeasures {
  readonly what: string;
  readonly choice: string;
  readonly seconds: number;
}

interface Way {
  readonly what: string;
  readonly choice: string;
  readonly sampling?: Partial<SamplingOptions>;
  readonly guidance?: number;
}

const ways: readonly Way[] = [
  ...(['dpm-solver-2m', 'euler', 'heun', 'euler-ancestral'] as const).map((sampler) => ({
    what: 'sampler',
    choice: sampler,
    sampling: { sampler },
  })),
  ...[6, 12, 48, 96].map((steps) => ({ what: 'steps', choice: `${steps}`, sampling: { steps } })),
  ...[0.5, 1.5, 2, 3, 5].map((guidance) => ({ what: 'guidance weight', choice: `${guidance}`, guidance })),
];

/** Samples at one target by one way of sampling after another, each different from the first in one thing. */
export async function measureChoices(
  runtime: Runtime,
  model: DiffusionModel,
  problem: SubspaceProblem,
  { target, samples }: TheorySettings,
  stream: RandomStream,
): Promise<readonly Choice[]> {
  const measured: Choice[] = [];
  for (const { what, choice, sampling = {}, guidance = 1 } of ways) {
    const sampler = await openSampler(runtime, model, sampling);
    const { designs, seconds } = await sampler.draw({ target, guidance, count: samples, stream });
    await sampler.close();
    measured.push({ what, choice, ...sampleMeasures(problem, designs), seconds });
  }
  return measured;
}
