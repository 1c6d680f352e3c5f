import { quantile, startedAhead, usageError, type Observer } from '../base/index.ts';
import { sampleDesigns, samplingGraph, type SamplingOptions } from '../diffusion/index.ts';
import type { Program } from '../graph/index.ts';
import type { Surrogate } from '../reward/index.ts';
import { createDesignSet, enumerate, type Design, type Space } from '../space/index.ts';
import { isAllowed } from './allowed.ts';
import type { ProposeContext } from './context.ts';
import { fixedCoordinates } from './fixed.ts';
import type { Judge } from './judge.ts';
import type { Population } from './population.ts';
import { promise, pullSharpness, type Request } from './targets.ts';
import type { TargetOutcome } from './types.ts';

export interface GenerateOptions {
  readonly sampling: SamplingOptions;
  /** Samples to draw. */
  readonly pool: number;
  readonly requests: readonly Request[];
  readonly observer: Observer | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Rounds of sampling before the rest is taken from a listing of the space, or given up. */
const sampleRounds = 6;

/** The share of the pool that is drawn to find out which requests are worth most. */
const pilotShare = 0.25;

/** How many requests the rest of the pool is drawn for. */
const chosenRequests = 3;

/** Distinct designs that were not tried and are allowed: of the candidates or, without them, of a finite space. */
export function* newDesigns(
  space: Space,
  tried: readonly Design[],
  candidates: readonly Design[] | undefined,
): Generator<Design, void, undefined> {
  const known = createDesignSet(space, tried);
  for (const design of candidates ?? enumerate(space)) {
    if (isAllowed(space, design) && known.addNew(design)) yield design;
  }
}

/** How many new designs there are, counted up to `limit`; `limit` for an infinite space. */
export function countNew(
  space: Space,
  tried: readonly Design[],
  candidates: readonly Design[] | undefined,
  limit: number,
): number {
  if (candidates === undefined && !Number.isFinite(space.size)) return limit;
  let left = 0;
  for (const _ of newDesigns(space, tried, candidates)) if (++left >= limit) break;
  return left;
}

/** Throws a usage error when fewer new designs exist than are asked for. */
export function checkCount(
  space: Space,
  measured: readonly Design[],
  count: number,
  candidates: readonly Design[] | undefined,
): void {
  const left = countNew(space, measured, candidates, count);
  if (left >= count) return;
  const [where, remedy] =
    candidates === undefined
      ? ['the space holds', 'ask for fewer, fix fewer values, or give a wider space']
      : ['the candidates hold', 'ask for fewer, or give more candidates'];
  const designs = left === 1 ? 'design that was' : 'designs that were';
  throw usageError(`count is ${count}, but ${where} only ${left} ${designs} not measured; ${remedy}`);
}

/**
 * Fills the population with samples. A first part of the pool is drawn for every request alike; the rest for those whose best samples
 * have the highest bound, which weighs what is predicted against doubt and against leaving the data. Gives what came of each request.
 */
export async function samplePool(
  context: ProposeContext,
  population: Population,
  options: GenerateOptions,
): Promise<readonly TargetOutcome[]> {
  const { space, learned, count } = context;
  const { requests } = options;
  const { pool } = population;
  const total = Math.max(options.pool, count);
  const pilot = requests.length <= chosenRequests ? total : Math.ceil(total * pilotShare);
  const sampler = await openSampler(context, options, total);
  try {
    const outcomes: Omit<TargetOutcome, 'chosen'>[] = [];
    const drawPilot = (index: number): Promise<Float32Array> =>
      sampler.draw(index, Math.ceil(pilot / requests.length), 'pilot');
    for await (const [index, samples] of startedAhead(requests.keys(), drawPilot)) {
      const request = requests[index]!;
      outcomes.push(await outcomeOf(pool.addSamples(samples, request.target, index), request, space, learned.judge));
    }
    const chosen = chooseRequests(outcomes);
    for (let round = 0; round < sampleRounds && (round === 0 || pool.candidates.length < count); round++) {
      const left = round === 0 ? total - pilot : total;
      const drawRest = (index: number): Promise<Float32Array> =>
        sampler.draw(index, Math.ceil(left / chosen.length), round);
      for await (const [index, samples] of startedAhead(left > 0 ? chosen : [], drawRest)) {
        pool.addSamples(samples, requests[index]!.target, index);
      }
    }
    return outcomes.map((outcome, index) => ({ ...outcome, chosen: chosen.includes(index) }));
  } finally {
    await sampler.dispose();
  }
}

/** The most promising requests; one at least that nothing pulls, as the surrogate is not to have the only word. */
function chooseRequests(outcomes: readonly Omit<TargetOutcome, 'chosen'>[]): readonly number[] {
  const order = [...outcomes.keys()].sort((a, b) => outcomes[b]!.bound - outcomes[a]!.bound || a - b);
  const best = order.slice(0, chosenRequests);
  const told = order.find((index) => !outcomes[index]!.pulled);
  return told === undefined || best.includes(told) ? best : [...best.slice(0, -1), told];
}

interface Sampler {
  /** n x d encoded samples for a request; the name tells draws of one request apart. */
  readonly draw: (request: number, n: number, name: string | number) => Promise<Float32Array>;
  readonly dispose: () => Promise<void>;
}

/** Draws for requests, those that are pulled by a program of their own; progress counts up to `total` samples. */
async function openSampler(
  { space, learned, stream }: ProposeContext,
  { sampling, requests, observer, signal }: GenerateOptions,
  total: number,
): Promise<Sampler> {
  const { trained, surrogate, runtime } = learned;
  const fixed = fixedCoordinates(space);
  const model = surrogate.graph;
  const pull = model && { model, std: pullSharpness * typicalDeviation(surrogate) };
  const samplings = { told: sampling, pulled: { ...sampling, ...(pull === undefined ? {} : { pull }) } };
  const compiled = (options: SamplingOptions): Promise<Program> =>
    runtime.compile(samplingGraph(trained.model, options, (designs) => ({ designs })));
  const told = await compiled(samplings.told);
  const pulled = requests.some((request) => request.pulled) ? await compiled(samplings.pulled) : undefined;
  let drawn = 0;
  return {
    draw: async (index, n, name) => {
      const request = requests[index]!;
      const samples = await sampleDesigns(request.pulled ? pulled! : told, {
        dimension: space.dimension,
        sampling: request.pulled ? samplings.pulled : samplings.told,
        targets: new Float64Array(n).fill(request.target),
        guidance: request.guidance,
        stream: stream.split('samples', name, index),
        ...(fixed === undefined ? {} : { fixed }),
        observer: ({ done }) => observer?.({ stage: 'sampling', done: Math.min(total, drawn + done), total }),
        ...(signal === undefined ? {} : { signal }),
      });
      drawn += n;
      return samples;
    },
    dispose: async () => {
      await told.dispose();
      await pulled?.dispose();
    },
  };
}

/** The median standard deviation of rows that the surrogate did not see. */
function typicalDeviation({ heldOut }: Surrogate): number {
  return quantile(
    heldOut.std.filter((value) => Number.isFinite(value)),
    0.5,
  );
}

/** Designs that a small space holds beside the samples: sampling would find its last designs slowly, and miss good ones. */
export function addListed({ pool, space }: Population, limit: number, count: number): void {
  const small = space.size <= limit || pool.candidates.length < count;
  if (!small || !Number.isFinite(space.size)) return;
  for (const design of enumerate(space)) {
    if (pool.candidates.length >= limit) return;
    pool.addDesign(design);
  }
}

/** Throws a usage error when the population is smaller than what is asked for; `counts` are those of the samples. */
export function checkFound({ pool: { candidates, counts } }: Population, count: number): void {
  if (candidates.length >= count) return;
  throw usageError(
    `count is ${count}, but only ${candidates.length} new designs were found in ${counts.sampled} samples ` +
      `(${counts.repeated} repeated, ${counts.measured} measured already, ${counts.infeasible} infeasible); ` +
      `ask for fewer, or free more parameters`,
  );
}

async function outcomeOf(
  designs: readonly Design[],
  { target, guidance, pulled }: Request,
  space: Space,
  judge: Judge,
): Promise<Omit<TargetOutcome, 'chosen'>> {
  const distinct = createDesignSet(space, designs);
  const { mean, trust, informed } = await judge.judge(space.encodeAll(designs));
  const quantiles = (values: Float64Array): readonly [number, number, number] =>
    values.length === 0 ? [NaN, NaN, NaN] : [quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)];
  return {
    target,
    guidance,
    pulled,
    samples: designs.length,
    distinct: distinct.size,
    predicted: quantiles(mean),
    trust: quantiles(trust)[1],
    bound: promise(informed),
  };
}
