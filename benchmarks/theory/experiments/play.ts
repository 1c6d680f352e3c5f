import { randomStream, type RandomStream } from '../../../src/base/index.ts';
import type { DiffusionModel } from '../../../src/diffusion/index.ts';
import { createRuntime, type Runtime } from '../../../src/graph/index.ts';
import { peakBytes } from '../../peak-memory.ts';
import type { Errors, Findings, TheoryOrder } from './cell.ts';
import { measureChoices } from './choices.ts';
import { denoiserError } from './denoiser-error.ts';
import { conditionalMean } from './gaussian.ts';
import { measureGuidance } from './guidance.ts';
import { meanError, principalBasis, sampleMeasures, subspaceDistance } from './measures.ts';
import { openSampler, trainOn } from './model.ts';
import { processorSeconds } from './processor.ts';
import { measureRounds } from './rounds.ts';
import type { TheorySettings } from './settings.ts';
import { partsOf, subspaceProblem, type SubspaceProblem } from './subspace.ts';
import { measureTargets } from './targets.ts';

interface Trained {
  readonly runtime: Runtime;
  readonly model: DiffusionModel;
  readonly problem: SubspaceProblem;
  readonly settings: TheorySettings;
  readonly stream: RandomStream;
}

async function errorsOf(
  { runtime, model, problem, settings, stream }: Trained,
  designs: Float32Array,
): Promise<Errors> {
  const { ambient, latent, basis } = problem;
  return {
    mean: meanError(partsOf(problem, designs).latents, conditionalMean(problem, settings.within)),
    subspace: subspaceDistance(principalBasis(designs, ambient, latent), basis, latent),
    denoiser: await denoiserError(runtime, model, problem, stream.split('denoiser error')),
  };
}

async function experiments({ runtime, model, problem, settings, stream }: Trained): Promise<Partial<Findings>> {
  const own = (name: string): RandomStream => stream.split(name);
  return {
    targets: await measureTargets(runtime, model, problem, settings, own('targets')),
    guidance: await measureGuidance(runtime, model, problem, settings, own('guidance')),
    rounds: await measureRounds(runtime, model, problem, settings, own('rounds')),
    choices: await measureChoices(runtime, model, problem, settings, own('choices')),
  };
}

/** Trains and measures. */
export async function playTheory({ plan, settings, threads }: TheoryOrder): Promise<Findings> {
  const stream = randomStream(plan.seed).split('theory');
  const problem = subspaceProblem(settings, stream.split('problem'));
  const runtime = await createRuntime('onnx', { threads });
  try {
    const from = processorSeconds();
    const model = await trainOn(runtime, problem, plan.counts, plan.variation, stream.split('training'));
    const trainingSeconds = processorSeconds() - from;
    const sampler = await openSampler(runtime, model);
    const { target, within, samples: count } = settings;
    const asked = { guidance: 1, count, stream: stream.split('quality') };
    const { designs, seconds } = await sampler.draw({ ...asked, target });
    const megabytes = peakBytes() / 1e6;
    const inner = await sampler.draw({ ...asked, target: within });
    await sampler.close();
    const trained: Trained = { runtime, model, problem, settings, stream };
    return {
      trainingSeconds,
      quality: sampleMeasures(problem, designs),
      samplingSeconds: seconds,
      megabytes,
      errors: await errorsOf(trained, inner.designs),
      ...(plan.asks === 'everything' ? await experiments(trained) : {}),
    };
  } finally {
    await runtime.close();
  }
}
