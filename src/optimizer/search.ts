import { defaultSampling, type SamplingOptions } from '../diffusion/index.ts';
import type { Space } from '../space/index.ts';
import { catalogue } from './candidates.ts';
import type { ProposeContext } from './context.ts';
import { defaultDiversity, defaultVariations } from './defaults.ts';
import { addListed, checkFound, samplePool } from './generate.ts';
import type { Judgement } from './judge.ts';
import { choiceNeighbours } from './neighbours.ts';
import type { ProposeOptions } from './options.ts';
import { partsOf, type BoldSamples } from './parts.ts';
import { createPopulation, type Population } from './population.ts';
import { bestEncoded, refine, type Refinement } from './refine.ts';
import { requestsFor } from './requests.ts';
import { chooseInParts } from './select.ts';
import type { ProposeCounts, TargetOutcome } from './types.ts';
import { openVariations } from './variations.ts';

export interface SearchSize {
  /** Samples to draw. */
  readonly pool: number;
  readonly refinement: Refinement;
  /** Fewer designs found than this are a usage error. */
  readonly least: number;
  /** Which samples of the farthest target are among the chosen, where targets are not given. */
  readonly bold: BoldSamples;
}

interface Found {
  readonly population: Population;
  readonly outcomes: readonly TargetOutcome[];
  /** Of the samples alone: what a listing or a search adds was not sampled. */
  readonly counts: ProposeCounts;
  /** The first so many of the population are samples. */
  readonly sampled: number;
}

/** What was found, and the places in the population of what was chosen, best first. */
export type Searched = Found & { readonly judgement: Judgement; readonly chosen: readonly number[] };

export function samplingOf({ sampler, samplerSteps }: ProposeOptions, space: Space): SamplingOptions {
  return {
    sampler: sampler ?? defaultSampling.sampler,
    steps: samplerSteps ?? defaultSampling.steps,
    slabs: space.constraints,
  };
}

/** Samples for requests, what a small space holds beside them, and what a search around the best of these adds. */
async function find(context: ProposeContext, options: ProposeOptions, size: SearchSize): Promise<Found> {
  const { table, space, tried, learned, stream, count, incumbent, incumbents = [] } = context;
  const { observer, signal, variations: names = defaultVariations } = options;
  const { pool, refinement, least } = size;
  const sampling = samplingOf(options, space);
  const population = createPopulation(space, tried, table.decimals, learned.judge, context.region);
  const requests = requestsFor(table, space, options, learned.surrogate.graph !== undefined);
  const outcomes = await samplePool(context, population, { sampling, pool, requests, observer, signal });
  const counts = { ...population.pool.counts };
  addListed(population, Math.max(pool, count), count);
  checkFound(population, least);
  const sampled = population.candidates.length;
  if (sampled === 0) return { population, outcomes, counts, sampled };
  const request = outcomes.reduce((a, b) => (b.bound > a.bound ? b : a));
  const samples = [...incumbents, ...(await bestEncoded(population, refinement.parents))];
  const open = await openVariations(names, { context, request, sampling, samples });
  const variations = open.map(({ variation }) => variation);
  try {
    const parents = { ...refinement, incumbents };
    await refine(population, variations, parents, stream.split('refine'), { observer, signal });
  } finally {
    for (const one of open) await one.dispose();
  }
  for (const design of incumbent === undefined ? [] : choiceNeighbours(space, incumbent))
    population.pool.addVariation(design);
  return { population, outcomes, counts, sampled };
}

/**
 * Finds designs that were not tried by sampling and search, or takes them from a catalogue, and chooses `context.count` of them, or all
 * where there are fewer. Throws a usage error when fewer than `size.least` are found, and the signal's reason.
 */
export async function search(context: ProposeContext, options: ProposeOptions, size: SearchSize): Promise<Searched> {
  const { count } = context;
  const { candidates, diversity = defaultDiversity(context.space) } = options;
  const found = candidates === undefined ? await find(context, options, size) : listed(context, candidates);
  const { population } = found;
  const judgement = await population.judged();
  const chosen = chooseInParts(
    // A catalogue is not searched: all of it is chosen among by what both models know.
    candidates === undefined ? judgement.bound : judgement.informed,
    population.encoded,
    count,
    diversity * context.learned.neighbourDistance,
    candidates === undefined
      ? partsOf(context, judgement, { ...found, bold: targetsAreOurs(options) ? size.bold : undefined })
      : [],
  );
  return { ...found, judgement, chosen };
}

function listed(context: ProposeContext, candidates: NonNullable<ProposeOptions['candidates']>): Found {
  const population = catalogue(context, candidates);
  return { population, outcomes: [], counts: { ...population.pool.counts }, sampled: 0 };
}

function targetsAreOurs({ target, quantile }: ProposeOptions): boolean {
  return target === undefined && quantile === undefined;
}
