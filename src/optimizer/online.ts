import { randomStream, usageError, type RandomStream } from '../base/index.ts';
import { orderedEvaluations, pendingRequests, type History, type Prediction } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import { bufferTable, knownDesigns, type KnownDesign } from './buffer.ts';
import { defaultCount, defaultRefinement } from './defaults.ts';
import { countNew } from './generate.ts';
import { initialDesigns } from './initial.ts';
import { learnOptions } from './learn-options.ts';
import { learn } from './learn.ts';
import type { AskOptions, OptimizerOptions, SearchOptions } from './optimizer-options.ts';
import { search } from './search.ts';

/** A design to try next. */
export interface NextDesign {
  readonly design: Design;
  /** What models predicted; absent in an initial design. */
  readonly predicted?: Prediction;
}

/** Models are fitted from so many measured designs on, if their rewards differ. */
const leastMeasured = 5;

/** Optimism of an online search. */
const defaultExploration = 1;

/** An online search is smaller than that of `propose`: another one follows. */
const onlinePool = { perDesign: 10, least: 1024 } as const;
const onlineRefinement = { ...defaultRefinement, generations: 3 };

function initialCount(space: Space, { initial, batch = defaultCount }: OptimizerOptions): number {
  return initial ?? Math.max(10, Math.min(2 * space.names.length, batch));
}

/** Whether rewards are many enough, and differ, so that something can be learnt. */
function canLearn(known: readonly KnownDesign[]): boolean {
  const rewards = known.map(({ reward }) => reward).filter((reward) => !Number.isNaN(reward));
  return rewards.length >= leastMeasured && new Set(rewards).size > 1;
}

interface Situation {
  /** With fixed values applied. */
  readonly space: Space;
  /** What models are fitted to. */
  readonly table: Table;
  /** Designs that are not to be asked for. */
  readonly taken: readonly Design[];
  readonly stream: RandomStream;
  readonly count: number;
}

/** What models fitted to the table propose; fewer than `count` where the search finds fewer. */
async function searchNext(
  { space, table, taken, stream, count }: Situation,
  options: SearchOptions & AskOptions,
  exploration: number,
): Promise<readonly NextDesign[]> {
  const learned = await learn(table, { ...learnOptions(options, stream), exploration });
  try {
    const context = { table, space, tried: taken, learned, stream, count };
    const { population, judgement, chosen } = await search(context, options, {
      pool: options.pool ?? Math.max(onlinePool.least, onlinePool.perDesign * count),
      refinement: { ...onlineRefinement, generations: options.generations ?? onlineRefinement.generations },
      least: 0,
    });
    return chosen.map((index) => ({
      design: population.candidates[index]!.design,
      predicted: { mean: judgement.mean[index]!, std: judgement.std[index]! },
    }));
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

/** `count` designs of the initial design that are not taken, or as many as are left. */
function initialNext(
  space: Space,
  taken: readonly Design[],
  count: number,
  options: OptimizerOptions,
): readonly Design[] {
  return initialDesigns(space, taken, options.candidates, count, streamOf(options).split('initial'));
}

/** Whether no design is left that differs from those tried and pending. */
export function isExhausted(space: Space, history: History, options: OptimizerOptions): boolean {
  return initialNext(space, takenDesigns(history), 1, options).length === 0;
}

/**
 * The designs to try next, `count` of them or all that are left. A function of the history and the options alone. `space` has fixed
 * values applied. Throws a usage error when none is left, and the signal's reason.
 */
export async function nextDesigns(
  space: Space,
  history: History,
  count: number,
  { target: _, ...options }: OptimizerOptions & AskOptions,
): Promise<readonly NextDesign[]> {
  const { direction = 'maximize', exploration = defaultExploration, candidates } = options;
  if (isExhausted(space, history, options)) {
    const where = candidates === undefined ? 'of the space' : 'among the candidates';
    throw usageError(`no design ${where} is left to ask for: all were measured, failed or are pending`);
  }
  const taken = takenDesigns(history);
  const left = countNew(space, taken, candidates, count);
  const known = knownDesigns(orderedEvaluations(history), space);
  const measured = known.filter(({ reward }) => !Number.isNaN(reward)).length;
  const initial = measured + pendingRequests(history).length < initialCount(space, options);
  const situation = {
    space,
    table: bufferTable(known, space, direction),
    taken,
    stream: streamOf(options).split('ask', history.asks + 1),
    count: left,
  };
  const found = initial || !canLearn(known) ? [] : await searchNext(situation, options, exploration);
  const others = [...taken, ...found.map(({ design }) => design)];
  const rest = initialNext(space, others, left - found.length, options);
  return [...found, ...rest.map((design) => ({ design }))];
}
