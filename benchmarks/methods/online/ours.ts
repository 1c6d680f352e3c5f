import { randomStream } from '../../../src/base/index.ts';
import { DiffusionOptimizer, type OptimizerOptions } from '../../../src/optimizer/index.ts';
import type { Design, Space } from '../../../src/space/index.ts';
import { uniformDesign } from '../random.ts';
import { keyOf } from './designs.ts';
import type { Evaluation, OnlineMethod, OnlineSettings } from './method.ts';

type OptimizerEvaluation = Parameters<DiffusionOptimizer['tell']>[0][number];

/** Of designs that were asked for, the ids under which they have not been told. */
function createIds(space: Space): {
  readonly add: (id: string, design: Design) => void;
  readonly take: (design: Design) => string | undefined;
} {
  const ids = new Map<string, string>();
  return {
    add: (id, design) => ids.set(keyOf(space, design), id),
    take: (design) => {
      const key = keyOf(space, design);
      const id = ids.get(key);
      ids.delete(key);
      return id;
    },
  };
}

/** A cost that is no finite number is a failure. */
function outcomeOf({ cost }: Evaluation): Pick<OptimizerEvaluation, 'reward' | 'error'> {
  if (cost === undefined || !Number.isFinite(cost)) return { error: cost === undefined ? 'failed' : `cost ${cost}` };
  return { reward: cost };
}

/** The options of this package for settings of the benchmark. */
function optionsFor({ seed, batch, candidates, threads }: OnlineSettings): OptimizerOptions {
  return {
    seed,
    batch,
    direction: 'minimize',
    ...(candidates === undefined ? {} : { candidates }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/**
 * This package, with the defaults of all options that are not given. Where a space has no design left that was not asked for, random
 * designs are repeated.
 */
export function diffusionOptimizer(options: OptimizerOptions = {}): OnlineMethod {
  return (space, settings) => {
    const optimizer = DiffusionOptimizer.create(space, { ...optionsFor(settings), ...options });
    const ids = createIds(space);
    const stream = randomStream(settings.seed).split('repeats');
    return {
      ask: async (count) => {
        const asked = optimizer.stop().includes('exhausted') ? [] : await optimizer.ask(count);
        asked.forEach(({ id, design }) => ids.add(id, design));
        const repeats = Array.from({ length: count - asked.length }, () => uniformDesign(space, stream));
        return [...asked.map(({ design }) => design), ...repeats];
      },
      tell: (told) => {
        optimizer.tell(
          told.map((evaluation) => {
            const id = ids.take(evaluation.design);
            const { design } = evaluation;
            return { design, ...outcomeOf(evaluation), ...(id === undefined ? {} : { id }) };
          }),
        );
      },
      recommend: async () => (await optimizer.recommend())?.design,
    };
  };
}

export const ours: OnlineMethod = diffusionOptimizer();

/** The same surrogate and search without the diffusion: a denoiser of a single step knows no more than each coordinate's mean and spread, and
 *  nothing is denoised again. */
export const untrained: OptimizerOptions = { training: { steps: 1 }, variations: ['columns', 'slope'] };
