import { median } from '../statistics.ts';
import { randomStream, usageError } from '../../src/base/index.ts';
import { defaultSampling, sampleDesigns, samplingGraph } from '../../src/diffusion/index.ts';
import {
  defaultTargets,
  defaultWeighting,
  fitOnTable,
  hasUnlabelled,
  trainOnTable,
  type TrainedDenoiser,
} from '../../src/optimizer/index.ts';
import type { RandomStream } from '../../src/base/index.ts';
import type { Runtime } from '../../src/graph/index.ts';
import type { Table } from '../../src/table/index.ts';
import { best } from '../tasks/task.ts';
import { collect, type Method } from './method.ts';
import { withRuntime } from './surrogate.ts';

/** Rounds of sampling until enough samples were new. */
const mostRounds = 64;

/** The denoiser that `propose` trains: rows without a reward take one from its surrogate. */
async function denoiserOf(table: Table, runtime: Runtime, stream: RandomStream): Promise<TrainedDenoiser['model']> {
  const options = { stream, weighting: defaultWeighting };
  const surrogate = hasUnlabelled(table) ? await fitOnTable(table, runtime, options) : undefined;
  const { model } = await trainOnTable(table, runtime, options, surrogate);
  await surrogate?.dispose();
  return model;
}

/**
 * The diffusion model alone: the denoiser that `propose` trains, sampled for the default targets in turn, and the first new designs
 * taken as they come. Nothing is predicted for them.
 */
export const diffusionOnly: Method = ({ table, count, seed }) =>
  withRuntime(async (runtime) => {
    const { space, direction } = table;
    const rewards = table.rewards.filter((reward) => !Number.isNaN(reward));
    const stream = randomStream(seed).split('propose');
    const model = await denoiserOf(table, runtime, stream);
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
