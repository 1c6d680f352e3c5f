import { randomStream, usageError, type RandomStream } from '../base/index.ts';
import { defaultSampling } from '../diffusion/index.ts';
import { fitGaussianProcess } from '../reward/index.ts';
import { orderedEvaluations, pendingRequests, type History } from '../run/index.ts';
import { createDesignSet, type Design, type DesignSet, type Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import { bestKnown, bufferTable, canLearn, decimalsTold, knownDesigns } from './buffer.ts';
import { candidatesNext } from './candidate-round.ts';
import { whenAsked, type ProposeContext, type Tried } from './context.ts';
import {
  defaultCount,
  defaultOnline,
  defaultRefinement,
  manyMeasured,
  quickProcess,
  roundProcess,
} from './defaults.ts';
import { excursionsFrom } from './excursions.ts';
import { countNew } from './generate.ts';
import { initialDesigns, leavesRoom } from './initial.ts';
import { learnOptions } from './learn-options.ts';
import { learn } from './learn.ts';
import { modelFile } from './model-file.ts';
import type { TrainedDenoiser } from './models.ts';
import type { AskOptions, OptimizerOptions, SearchOptions } from './optimizer-options.ts';
import { trustRegion } from './region.ts';
import { search } from './search.ts';
import type { Ground, NextDesign, Situation } from './situation.ts';
import { unwarped, warped, warpFor } from './warp.ts';

/** An online search is smaller than that of `propose`: another one follows. */
const onlinePool = { perDesign: 10, least: 1024 } as const;
const onlineRefinement = { ...defaultRefinement, generations: 3 };

/** The pool and the children of an excursion's search, as shares of those of a round's. */
const excursionSize = { pool: 0.25, children: 0.5 } as const;

/** How long the denoiser is trained in a quick round. */
const quickTraining = { steps: 400, batch: 64 } as const;
/** In a round of any size: fewer requests than `propose` makes, and designs that are farther apart. */
const onlineSearch = { stretches: [0, 1], guidances: [1.5], diversity: defaultOnline.diversity } as const;

/** Options of a search with those that suit a round where they are not given: docs/decisions.md. */
function forRound(options: SearchOptions & AskOptions, { space, table }: Situation): SearchOptions & AskOptions {
  const many = table.rewards.filter((reward) => !Number.isNaN(reward)).length >= manyMeasured;
  // Letters are for `auto` to judge.
  const words = space.columns.some((column) => column.kind === 'onehot' && column.positions > 1);
  return {
    ...onlineSearch,
    ...(words ? {} : { surrogate: fitGaussianProcess({ ...roundProcess, ...(many ? quickProcess : {}) }) }),
    ...options,
    ...(many ? { training: { ...quickTraining, ...options.training } } : {}),
  };
}

function initialCount(space: Space, { initial, batch = defaultCount }: OptimizerOptions): number {
  return initial ?? Math.max(10, Math.min(2 * space.names.length, batch));
}

/** What models fitted to the table propose, on excursions and then anywhere; fewer than `count` where the search finds fewer. */
async function searchNext(
  situation: Situation,
  given: SearchOptions & AskOptions,
  exploration: number,
): Promise<readonly NextDesign[]> {
  const options = forRound(given, situation);
  const { space, table, tried, stream, count, excursions, onTrained } = situation;
  const learned = await learn(table, { ...learnOptions(options, stream), exploration });
  onTrained(learned.trained);
  const chosen = createDesignSet(space);
  const on = async (
    ground: Ground,
    task: Pick<ProposeContext, 'count' | 'stream' | 'incumbent'>,
    size: { readonly pool: number; readonly children: number },
  ): Promise<readonly NextDesign[]> => {
    const context = {
      ...task,
      table,
      learned,
      space: ground.space,
      region: ground.region,
      tried: { has: (design: Design) => tried.has(design) || chosen.has(design) },
      incumbents: ground.incumbents.map((design) => Float32Array.from(space.encode(design))),
    };
    const pool = options.pool ?? Math.max(onlinePool.least, onlinePool.perDesign * count);
    const { generations, children } = onlineRefinement;
    const found = await search(context, options, {
      pool: Math.ceil(size.pool * pool),
      refinement: {
        ...onlineRefinement,
        children: Math.ceil(size.children * children),
        generations: options.generations ?? generations,
      },
      least: 0,
      bold: 'promising',
    });
    return found.chosen.map((index) => {
      const { design } = found.population.candidates[index]!;
      chosen.add(design);
      return { design, predicted: { mean: found.judgement.mean[index]!, std: found.judgement.std[index]! } };
    });
  };
  try {
    const away: NextDesign[] = [];
    for (const [i, ground] of excursions.entries()) {
      const task = { count: ground.count, stream: stream.split('excursion', i) };
      away.push(...(await on(ground, task, excursionSize)));
    }
    const task = { count: count - away.length, stream, incumbent: situation.incumbents[0] };
    const anywhere = task.count > 0 ? await on(situation, task, { pool: 1, children: 1 }) : [];
    return [...anywhere, ...away];
  } finally {
    await learned.dispose();
  }
}

function streamOf({ seed = 0 }: OptimizerOptions): RandomStream {
  return randomStream(seed).split('optimizer');
}

/** Designs that are not to be asked for: those that were measured or failed, and those that were asked for and have no result. */
function takenDesigns(history: History): readonly Design[] {
  const tried = orderedEvaluations(history).filter(({ status }) => status !== 'unlabelled');
  return [...tried, ...pendingRequests(history)].map(({ design }) => design);
}

interface TakenSet {
  readonly space: Space;
  readonly set: DesignSet;
  readonly added: Set<Design>;
}

const takenSets = new WeakMap<History, TakenSet>();

/** The set of the designs that are taken. It is kept with the history, as making it anew takes long, until one is taken no longer: a pending
 *  one in whose place another was measured. */
function takenSet(space: Space, history: History, taken: readonly Design[]): Tried {
  const kept = takenSets.get(history);
  const now = new Set(taken);
  const holds = kept?.space === space && [...kept.added].every((design) => now.has(design));
  const known = holds ? kept : { space, set: createDesignSet(space), added: new Set<Design>() };
  takenSets.set(history, known);
  for (const design of taken) {
    if (known.added.has(design)) continue;
    known.set.add(design);
    known.added.add(design);
  }
  return known.set;
}

/** `count` designs of the initial design that are not taken, or as many as are left. */
function initialNext(
  space: Space,
  taken: readonly Design[],
  count: number,
  options: OptimizerOptions,
  decimals: Table['decimals'],
): readonly Design[] {
  return initialDesigns(space, taken, options.candidates, count, streamOf(options).split('initial'), decimals);
}

/** Whether no design is left that differs from those tried and pending. */
export function isExhausted(space: Space, history: History, options: OptimizerOptions): boolean {
  const taken = takenDesigns(history);
  if (options.candidates === undefined && leavesRoom(space, taken.length)) return false;
  return initialNext(space, taken, 1, options, {}).length === 0;
}

/**
 * The designs to try next, `count` of them or all that are left. A function of the history and the options alone. `space` has fixed
 * values applied. Throws a usage error when none is left, and the signal's reason.
 */
export async function nextDesigns(
  space: Space,
  history: History,
  count: number,
  { target: _, onModel, ...options }: OptimizerOptions & AskOptions,
): Promise<readonly NextDesign[]> {
  const { direction = 'maximize', exploration = defaultOnline.exploration, candidates, realSteps } = options;
  if (isExhausted(space, history, options)) {
    const where = candidates === undefined ? 'of the space' : 'among the candidates';
    throw usageError(`no design ${where} is left to ask for: all were measured, failed or are pending`);
  }
  const taken = takenDesigns(history);
  const left = countNew(space, taken, candidates, count);
  const known = knownDesigns(orderedEvaluations(history), space);
  const measured = known.filter(({ reward }) => !Number.isNaN(reward)).length;
  const initial = measured + pendingRequests(history).length < initialCount(space, options);
  const incumbents = bestKnown(known, space, direction);
  const decimals = decimalsTold(history, space, realSteps);
  const table = bufferTable(known, space, direction, decimals);
  const warp = warpFor(table.rewards, direction);
  const stream = streamOf(options).split('ask', history.asks + 1);
  const learns = !initial && canLearn(known);
  const situation = {
    region: incumbents[0] && trustRegion(space, history, incumbents[0], direction),
    incumbents,
    space,
    excursions:
      learns && candidates === undefined
        ? excursionsFrom({ space, incumbents }, { known, history, direction, taken }, left, stream.split('excursions'))
        : [],
    table: warped(table, warp),
    taken,
    tried: whenAsked(() => takenSet(space, history, taken)),
    stream,
    count: left,
    onTrained: (trained: TrainedDenoiser) =>
      onModel?.((reward) => modelFile(trained, { ...table, reward }, defaultSampling, warp.bend)),
  };
  const next = candidates === undefined ? searchNext : candidatesNext;
  const found = !learns ? [] : await next(situation, options, exploration);
  let designs = found.map(({ design }) => design);
  // Where few numbers of the data's decimals are left, others do.
  for (const printed of [decimals, {}]) {
    const missing = left - designs.length;
    designs = [...designs, ...initialNext(space, [...taken, ...designs], missing, options, printed)];
  }
  const predicted = found.map((one) =>
    one.predicted === undefined ? one : { ...one, predicted: unwarped(one.predicted, warp) },
  );
  return [...predicted, ...designs.slice(found.length).map((design) => ({ design }))];
}
