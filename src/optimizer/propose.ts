import { randomStream, type RandomStream } from '../base/index.ts';
import { defaultSampling, denoiserTrainingFor, type WeightingName } from '../diffusion/index.ts';
import type { RuntimeName } from '../graph/index.ts';
import { explain, fitSurrogate } from '../reward/index.ts';
import type { Table } from '../table/index.ts';
import { catalogue } from './candidates.ts';
import type { ProposeContext } from './context.ts';
import {
  defaultCount,
  defaultDiversity,
  defaultPool,
  defaultRefinement,
  defaultVariations,
  defaultWeighting,
  shares,
} from './defaults.ts';
import { addListed, checkCount, checkFound, samplePool } from './generate.ts';
import { defaultCaution, doubtWeight, leastTrust, type Judgement } from './judge.ts';
import { learn } from './learn.ts';
import { defaultThreads, labelledRows, triedDesigns } from './models.ts';
import { nearestRow, neighbourDistance } from './nearest.ts';
import { checkOptions, type ProposeOptions } from './options.ts';
import { createPopulation, type Population } from './population.ts';
import { bestEncoded, refine } from './refine.ts';
import { chooseInParts, rankByBound, type Part } from './select.ts';
import { candidateTargets, defaultTargets, requestsOf, rewardQuantile, type Request } from './targets.ts';
import type { Proposal, ProposeResult, TargetOutcome } from './types.ts';
import { openVariations } from './variations.ts';

function requestsFor(table: Table, options: ProposeOptions, sloped: boolean): readonly Request[] {
  const { rewards } = labelledRows(table);
  const { target, quantile, stretches = defaultTargets.stretches, guidances = defaultTargets.guidances } = options;
  const targets =
    target !== undefined
      ? [target]
      : quantile !== undefined
        ? [rewardQuantile(rewards, table.direction, quantile)]
        : candidateTargets(rewards, table.direction, stretches);
  return requestsOf(targets, guidances, sloped);
}

function bestMeasured({ designs, rewards, direction }: Table): ProposeResult['best'] {
  const sign = direction === 'maximize' ? 1 : -1;
  let best = -1;
  rewards.forEach((reward, row) => {
    if (!Number.isNaN(reward) && (best < 0 || sign * reward > sign * rewards[best]!)) best = row;
  });
  return { design: designs[best]!, reward: rewards[best]! };
}

/**
 * Better designs from a table alone: trains a conditional denoiser and a surrogate on it, samples designs for rewards at and beyond
 * the best measured one, drops repeats and what was measured, and keeps those with the best predicted reward. The same table,
 * options and seed give the same result on one type of machine. Throws usage errors for bad options, and the signal's reason.
 */
export async function propose(table: Table, options: ProposeOptions = {}): Promise<ProposeResult> {
  checkOptions(options);
  const {
    count = defaultCount,
    seed = 0,
    threads = defaultThreads(),
    runtime: runtimeName = 'onnx',
    observer,
    signal,
  } = options;
  const space = options.fix === undefined ? table.space : table.space.fix(options.fix);
  const tried = triedDesigns(table);
  // Throws for a candidate that is no design of the space, before anything is trained.
  if (options.candidates !== undefined) table.space.encodeAll(options.candidates);
  checkCount(space, tried, count, options.candidates);
  const stream: RandomStream = randomStream(seed).split('propose');
  const weighting = options.weighting ?? defaultWeighting;
  const caution = options.caution ?? defaultCaution;
  const learned = await learn(table, {
    stream,
    weighting,
    caution,
    threads,
    runtime: runtimeName,
    ...(options.training === undefined ? {} : { training: options.training }),
    surrogate: options.surrogate ?? fitSurrogate('auto', options.candidates === undefined ? 'beyond' : 'among'),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const context = { table, space, tried, learned, stream, count };
    return await proposeFrom(context, options, { weighting, caution, runtime: runtimeName, threads, seed });
  } finally {
    await learned.dispose();
  }
}

interface Chosen {
  readonly weighting: WeightingName;
  readonly caution: number;
  readonly runtime: RuntimeName;
  readonly threads: number;
  readonly seed: number;
}

/** What trained models propose. */
async function proposeFrom(context: ProposeContext, options: ProposeOptions, chosen: Chosen): Promise<ProposeResult> {
  const { table, space, tried, learned, stream, count } = context;
  const { judge, trained, surrogate, feasibility } = learned;
  const { observer, signal, pool = defaultPool(count), diversity = defaultDiversity } = options;
  const { seed, ...settings } = chosen;
  const generations = options.generations ?? defaultRefinement.generations;
  const sampling = {
    sampler: options.sampler ?? defaultSampling.sampler,
    steps: options.samplerSteps ?? defaultSampling.steps,
    slabs: space.constraints,
  };
  let population: Population;
  let outcomes: readonly TargetOutcome[] = [];
  if (options.candidates === undefined) {
    population = createPopulation(space, tried, table.decimals, judge);
    const requests = requestsFor(table, options, surrogate.graph !== undefined);
    outcomes = await samplePool(context, population, { sampling, pool, requests, observer, signal });
  } else {
    population = catalogue(context, options.candidates);
  }
  let sampled = 0;
  // Of the samples alone: what a listing or a search adds was not sampled.
  const counts = { ...population.pool.counts };
  if (options.candidates === undefined) {
    addListed(population, Math.max(pool, count), count);
    checkFound(population, count);
    sampled = population.candidates.length;
    const refinement = { ...defaultRefinement, generations };
    const request = outcomes.reduce((a, b) => (b.bound > a.bound ? b : a));
    const open = await openVariations(options.variations ?? defaultVariations, {
      context,
      request,
      sampling,
      samples: await bestEncoded(population, refinement.parents),
    });
    const variations = open.map(({ variation }) => variation);
    try {
      await refine(population, variations, refinement, stream.split('refine'), { observer, signal });
    } finally {
      for (const one of open) await one.dispose();
    }
  }
  const judgement = await population.judged();
  // A catalogue is not searched: all of it is chosen among by what both models know.
  const value = options.candidates === undefined ? judgement.bound : judgement.informed;
  const parts = outcomes.length === 0 ? [] : partsOf(context, population, judgement, { sampled, options, outcomes });
  const best = chooseInParts(
    value,
    population.encoded,
    count,
    diversity * neighbourDistance(table, stream.split('neighbours')),
    parts,
  );
  return {
    table,
    space,
    direction: table.direction,
    proposals: proposalsOf(table, population, judgement, best),
    outcomes,
    counts,
    curves: { diffusion: trained.curve, surrogate: surrogate.curve },
    surrogate: surrogate.quality,
    compared: surrogate.compared ?? [{ name: surrogate.name, quality: surrogate.quality }],
    ...(feasibility === undefined ? {} : { feasibility: feasibility.quality }),
    explanation: await explain(space, (designs) => surrogate.predict(designs), table.designs, table.rewards, {
      direction: table.direction,
      stream: stream.split('explanation'),
    }),
    settings: {
      ...prefixed('denoiser', { ...denoiserTrainingFor(table.rewards.length, space.dimension), ...options.training }),
      surrogate: surrogate.name,
      ...prefixed('surrogate', surrogate.settings),
      sampler: sampling.sampler,
      'sampler steps': sampling.steps,
      'doubt off the data': doubtWeight,
      'weight of evidence': Number(judge.evidenceWeight.toFixed(3)),
      pool,
      generations,
      diversity,
      ...settings,
    },
    seed,
    best: bestMeasured(table),
  };
}

/** One of the best samples whose bound is more than so many standard deviations below what would be chosen in its place is not. */
const confidence = 1;

/**
 * What the proposals are made up of beside the best of all: the best samples that nothing pulled, and as they come samples of the most
 * promising request that was pulled and of the farthest that was not, if the best measured reward at least is predicted for them.
 */
function partsOf(
  { table, count }: ProposeContext,
  { candidates }: Population,
  { mean, std, bound, informed }: Judgement,
  { sampled, options, outcomes }: Sampled,
): readonly Part[] {
  const sign = table.direction === 'maximize' ? 1 : -1;
  const best = sign * bestMeasured(table).reward;
  const level = bound[rankByBound(bound)[Math.min(count, bound.length) - 1]!]!;
  const sound = (index: number): boolean => informed[index]! + confidence * std[index]! >= level;
  const requestOf = (index: number): TargetOutcome | undefined => outcomes[candidates[index]!.request ?? -1];
  const asTheyCome = (share: number, request: TargetOutcome | undefined): readonly Part[] => {
    if (request === undefined) return [];
    return [{ share, among: (index) => requestOf(index) === request && sign * mean[index]! >= best }];
  };
  const pulled = outcomes.filter((outcome) => outcome.pulled).sort((a, b) => b.bound - a.bound);
  const told = outcomes.filter((outcome) => !outcome.pulled);
  const chosen = options.target === undefined && options.quantile === undefined;
  return [
    {
      share: shares.samples,
      among: (index) => index < sampled && requestOf(index)?.pulled !== true && sound(index),
      by: informed,
    },
    ...asTheyCome(shares.pulled, pulled[0]),
    ...(chosen ? asTheyCome(shares.bold, told.at(-1)) : []),
  ];
}

interface Sampled {
  /** The first so many candidates are samples. */
  readonly sampled: number;
  readonly options: ProposeOptions;
  readonly outcomes: readonly TargetOutcome[];
}

function proposalsOf(
  table: Table,
  { candidates, encoded }: Population,
  { mean, std, trust, feasible }: Judgement,
  chosen: readonly number[],
): readonly Proposal[] {
  const nearest = nearestRow(table);
  return chosen.map((index): Proposal => {
    const { design, target } = candidates[index]!;
    return {
      design,
      predicted: { mean: mean[index]!, std: std[index]! },
      trust: trust[index]!,
      beyondSupport: trust[index]! < leastTrust,
      feasible: feasible[index]!,
      nearest: nearest(encoded(index)),
      ...(target === undefined ? {} : { target }),
    };
  });
}

/** Settings by the name of what they belong to, as the report lists them. */
function prefixed(
  owner: string,
  settings: Readonly<Record<string, number | string>>,
): Readonly<Record<string, number | string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${owner}: ${name}`, value]));
}
