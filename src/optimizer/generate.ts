import { quantile, usageError, type Observer } from '../base/index.ts';
import { sampleDesigns, samplingGraph, type SamplingOptions } from '../diffusion/index.ts';
import { createDesignSet, enumerate, type Design, type Space } from '../space/index.ts';
import { keepsFixed, type Choice, type ProposeContext } from './context.ts';
import { predictWithDoubt } from './doubt.ts';
import { fixedCoordinates } from './fixed.ts';
import { createPool, type Pool } from './pool.ts';
import type { Request } from './targets.ts';
import type { TargetOutcome } from './types.ts';

export interface GenerateOptions {
  readonly sampling: SamplingOptions;
  readonly pool: number;
  readonly requests: readonly Request[];
  readonly observer: Observer | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Rounds of sampling before the rest is taken from a listing of the space, or given up. */
const sampleRounds = 6;

/** Throws a usage error when fewer new designs exist than are asked for. */
export function checkCount(
  space: Space,
  measured: readonly Design[],
  count: number,
  candidates: readonly Design[] | undefined,
): void {
  if (candidates === undefined && !Number.isFinite(space.size)) return;
  const known = createDesignSet(space);
  for (const design of measured) known.add(design);
  let left = 0;
  for (const design of candidates ?? enumerate(space)) {
    if (known.has(design) || !keepsFixed(design, space)) continue;
    known.add(design);
    if (++left >= count) return;
  }
  const [where, remedy] =
    candidates === undefined
      ? ['the space holds', 'ask for fewer, fix fewer values, or give a wider space']
      : ['the candidates hold', 'ask for fewer, or give more candidates'];
  const designs = left === 1 ? 'design that was' : 'designs that were';
  throw usageError(`count is ${count}, but ${where} only ${left} ${designs} not measured; ${remedy}`);
}

/** Samples designs for every request until enough new ones were found, and predicts their rewards. */
export async function samplePool(context: ProposeContext, options: GenerateOptions): Promise<Choice> {
  const { table, space, measured, trained, runtime, stream, count } = context;
  const { sampling, requests, observer, signal } = options;
  const pool: Pool = createPool(space, measured, table.decimals);
  const fixed = fixedCoordinates(space);
  const program = await runtime.compile(samplingGraph(trained.model, sampling, (designs) => ({ designs })));
  const outcomes: TargetOutcome[] = [];
  const perRequest = Math.ceil(Math.max(options.pool, count) / requests.length);
  try {
    for (let round = 0; round < sampleRounds && (round === 0 || pool.candidates.length < count); round++) {
      for (const [index, { target, guidance }] of requests.entries()) {
        const samples = await sampleDesigns(program, {
          dimension: space.dimension,
          sampling,
          targets: new Float64Array(perRequest).fill(target),
          guidance,
          stream: stream.split('samples', round, index),
          ...(fixed === undefined ? {} : { fixed }),
          ...(observer === undefined
            ? {}
            : {
                observer: ({ done }) =>
                  observer({ stage: 'sampling', done: index * perRequest + done, total: requests.length * perRequest }),
              }),
          ...(signal === undefined ? {} : { signal }),
        });
        const designs = pool.addSamples(samples, target);
        if (round === 0) outcomes.push(await outcomeOf(designs, { target, guidance }, context));
      }
    }
  } finally {
    await program.dispose();
  }
  // Of the samples alone: what a listing adds was not sampled.
  const counts = { ...pool.counts };
  const limit = Math.max(options.pool, count);
  if (space.size <= limit || pool.candidates.length < count) addListed(pool, space, limit);
  if (pool.candidates.length < count) {
    throw usageError(
      `count is ${count}, but only ${pool.candidates.length} new designs were found in ${counts.sampled} samples ` +
        `(${counts.repeated} repeated, ${counts.measured} measured already, ${counts.infeasible} infeasible); ` +
        `ask for fewer, or free more parameters`,
    );
  }
  const { candidates } = pool;
  const predictions = await predictWithDoubt(context, space.encodeAll(candidates.map(({ design }) => design)));
  return { candidates, predictions, counts, outcomes };
}

/** A space that is small enough is listed as well: sampling would find its last designs slowly, and miss good ones. */
function addListed(pool: Pool, space: Space, limit: number): void {
  if (!Number.isFinite(space.size)) return;
  for (const design of enumerate(space)) {
    if (pool.candidates.length >= limit) return;
    pool.addDesign(design);
  }
}

async function outcomeOf(
  designs: readonly Design[],
  { target, guidance }: Request,
  { space, surrogate }: ProposeContext,
): Promise<TargetOutcome> {
  const distinct = createDesignSet(space);
  for (const design of designs) distinct.add(design);
  const { mean } =
    designs.length === 0 ? { mean: Float64Array.of(NaN) } : await surrogate.predict(space.encodeAll(designs));
  return {
    target,
    guidance,
    samples: designs.length,
    distinct: distinct.size,
    predicted: [quantile(mean, 0.1), quantile(mean, 0.5), quantile(mean, 0.9)],
  };
}
