import { median } from '../statistics.ts';
import { randomStream, usageError } from '../../src/base/index.ts';
import { defaultSampling, sampleDesigns, samplingGraph } from '../../src/diffusion/index.ts';
import { defaultTargets, defaultWeighting, trainOnTable } from '../../src/optimizer/index.ts';
import { best } from '../tasks/task.ts';
import { collect, type Method } from './method.ts';
import { withRuntime } from './surrogate.ts';

/** Rounds of sampling until enough samples were new. */
const mostRounds = 64;

/**
 * The diffusion model alone: the denoiser that `propose` trains, sampled for the default targets in turn, and the first new designs
 * taken as they come. No reward is predicted.
 */
export const diffusionOnly: Method = ({ table, count, seed }) =>
  withRuntime(async (runtime) => {
    const { space, rewards, direction } = table;
    const stream = randomStream(seed).split('propose');
    const { model } = await trainOnTable(table, runtime, { stream, weighting: defaultWeighting });
    const sampling = { ...defaultSampling, slabs: space.constraints };
    const program = await runtime.compile(samplingGraph(model, sampling, (designs) => ({ designs })));
    const top = best(rewards, direction);
    const targets = defaultTargets.stretches.map((stretch) => top + stretch * (top - median(rewards)));
    const requests = targets.flatMap((target) => defaultTargets.guidances.map((guidance) => ({ target, guidance })));
    const chosen = collect(table, count);
    const each = Math.ceil(count / requests.length);
    for (let round = 0; round < mostRounds && !chosen.full(); round++) {
      for (const [at, { target, guidance }] of requests.entries()) {
        const samples = await sampleDesigns(program, {
          dimension: space.dimension,
          sampling,
          targets: new Float64Array(each).fill(target),
          guidance,
          stream: stream.split('samples', round, at),
        });
        for (let offset = 0; offset < samples.length; offset += space.dimension) {
          chosen.take(space.decode(samples, offset));
        }
      }
    }
    await program.dispose();
    if (!chosen.full()) throw usageError(`Only ${chosen.designs.length} samples were new, not ${count}.`);
    return chosen.designs;
  });
