import { randomStream, type RandomStream } from '../base/index.ts';
import { denoiserTrainingFor, type WeightingName } from '../diffusion/index.ts';
import type { RuntimeName } from '../graph/index.ts';
import { explain } from '../reward/index.ts';
import type { Table } from '../table/index.ts';
import { triedSet, type ProposeContext } from './context.ts';
import { defaultCount, defaultDiversity, defaultPool, defaultRefinement } from './defaults.ts';
import { checkCount } from './generate.ts';
import { leastTrust } from './judge.ts';
import { learnOptions } from './learn-options.ts';
import { learn } from './learn.ts';
import { triedDesigns } from './models.ts';
import { nearestRow } from './nearest.ts';
import { checkOptions, type ProposeOptions } from './options.ts';
import { bestMeasured } from './parts.ts';
import { samplingOf, search, type Searched } from './search.ts';
import type { Proposal, ProposeResult } from './types.ts';

/**
 * Better designs from a table alone: trains a conditional denoiser and a surrogate on it, samples designs for rewards at and beyond
 * the best measured one, drops repeats and what was measured, and keeps those with the best predicted reward. The same table,
 * options and seed give the same result on one type of machine. Throws usage errors for bad options, and the signal's reason.
 */
export async function propose(table: Table, options: ProposeOptions = {}): Promise<ProposeResult> {
  checkOptions(options);
  const { count = defaultCount, seed = 0 } = options;
  const space = options.fix === undefined ? table.space : table.space.fix(options.fix);
  const tried = triedDesigns(table);
  // Throws for a candidate that is no design of the space, before anything is trained.
  if (options.candidates !== undefined) table.space.encodeAll(options.candidates);
  checkCount(space, tried, count, options.candidates);
  const stream: RandomStream = randomStream(seed).split('propose');
  const learning = learnOptions(options, stream);
  const learned = await learn(table, learning);
  try {
    const context = { table, space, tried: triedSet(space, tried), learned, stream, count };
    const { weighting, caution, runtime, threads } = learning;
    return await proposeFrom(context, options, { weighting, caution, runtime, threads, seed });
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
  const { table, space, learned, stream, count } = context;
  const { judge, trained, surrogate, feasibility } = learned;
  const { pool = defaultPool(count), diversity = defaultDiversity(space) } = options;
  const { seed, ...settings } = chosen;
  const generations = options.generations ?? defaultRefinement.generations;
  const refinement = { ...defaultRefinement, generations };
  const found = await search(context, options, { pool, refinement, least: count, bold: 'all' });
  const { sampler, steps } = samplingOf(options, space);
  return {
    table,
    space,
    direction: table.direction,
    proposals: proposalsOf(table, found),
    outcomes: found.outcomes,
    counts: found.counts,
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
      sampler,
      'sampler steps': steps,
      'doubt off the data': judge.doubtOffData,
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

function proposalsOf(
  table: Table,
  { population: { candidates, encoded }, judgement: { mean, std, trust, feasible }, chosen }: Searched,
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
