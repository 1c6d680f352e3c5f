import { randomStream, usageError, type Observer, type RandomStream } from '../base/index.ts';
import {
  defaultSampling,
  denoiserTrainingFor,
  type DenoiserTraining,
  type SamplerName,
  type WeightingName,
} from '../diffusion/index.ts';
import { createRuntime, type RuntimeName } from '../graph/index.ts';
import type { FitSurrogate } from '../reward/index.ts';
import type { Design } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';
import { chooseAmong } from './candidates.ts';
import type { Choice, ProposeContext } from './context.ts';
import { defaultCount, defaultPool, defaultWeighting } from './defaults.ts';
import { doubtWeight } from './doubt.ts';
import { checkCount, samplePool } from './generate.ts';
import { defaultThreads, fitOnTable, labelledRows, trainOnTable, type ModelOptions } from './models.ts';
import { defaultCaution, rankByBound } from './select.ts';
import { chooseTargets, defaultTargets, rewardQuantile, type Request } from './targets.ts';
import type { ProposeResult, Proposal } from './types.ts';

export interface ProposeOptions {
  /** Number of proposals, at least 1 (96). */
  readonly count?: number;
  /** The reward to ask for, own units; chosen from the data without it. */
  readonly target?: number;
  /** Asks for a quantile of the measured rewards, in [0, 1], counted towards the better end. */
  readonly quantile?: number;
  /** Values that every proposal keeps. */
  readonly fix?: Design;
  /** A catalogue: proposals are taken from it. */
  readonly candidates?: readonly Design[];
  /** Samples drawn before the best are kept (`poolRule`). */
  readonly pool?: number;
  /** Guidance weights to sample with. */
  readonly guidances?: readonly number[];
  /** How far beyond the best measured reward to ask, in distances from the median to the best
   *  (-1000 to 1000); not with `target` or `quantile`. */
  readonly stretches?: readonly number[];
  readonly sampler?: SamplerName;
  readonly samplerSteps?: number;
  readonly weighting?: WeightingName;
  /** Overrides of what is chosen from the numbers of rows and columns. */
  readonly training?: Partial<DenoiserTraining>;
  readonly surrogate?: FitSurrogate;
  readonly seed?: number;
  readonly runtime?: RuntimeName;
  /** Processor threads; denoiser and surrogate train side by side from 2 on. */
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

function checkOptions(options: ProposeOptions): void {
  const { count = defaultCount, target, quantile, guidances, stretches, pool, samplerSteps, threads } = options;
  const wholeFrom1 = (name: string, value: number | undefined): void => {
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
      throw usageError(`${name} is ${value}, a whole number of at least 1 was expected`);
    }
  };
  wholeFrom1('count', count);
  wholeFrom1('pool', pool);
  wholeFrom1('samplerSteps', samplerSteps);
  wholeFrom1('threads', threads);
  if (target !== undefined && !Number.isFinite(target))
    throw usageError(`target is ${target}, a finite number was expected`);
  if (quantile !== undefined && !(quantile >= 0 && quantile <= 1)) {
    throw usageError(`quantile is ${quantile}, a number from 0 to 1 was expected`);
  }
  if (target !== undefined && quantile !== undefined) {
    throw usageError('target and quantile both say what to ask for; give one of them');
  }
  const someOf = (name: string, values: readonly number[] | undefined, least: number, most: number): void => {
    if (values?.length === 0) throw usageError(`no ${name} is given, at least one was expected`);
    const wrong = values?.find((value) => !(value >= least && value <= most));
    if (wrong !== undefined) {
      throw usageError(`${name} is ${wrong}, a number from ${least} to ${most} was expected`);
    }
  };
  someOf('guidance', guidances, 0, 20);
  someOf('stretch', stretches, -1000, 1000);
}

function requestsFor(table: Table, options: ProposeOptions): readonly Request[] {
  const { rewards } = labelledRows(table);
  const { target, quantile, stretches = defaultTargets.stretches, guidances = defaultTargets.guidances } = options;
  const targets =
    target !== undefined
      ? [target]
      : quantile !== undefined
        ? [rewardQuantile(rewards, table.direction, quantile)]
        : chooseTargets(rewards, table.direction, stretches);
  return targets.flatMap((value) => guidances.map((guidance) => ({ target: value, guidance })));
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
  const measured = labelledRows(table).designs;
  // Throws for a candidate that is no design of the space, before anything is trained.
  if (options.candidates !== undefined) table.space.encodeAll(options.candidates);
  checkCount(space, measured, count, options.candidates);
  const stream: RandomStream = randomStream(seed).split('propose');
  const side = { threads: Math.max(1, Math.floor(threads / 2)) };
  const [first, second] = [await createRuntime(runtimeName, side), await createRuntime(runtimeName, side)];
  const shared: ModelOptions = {
    stream,
    weighting: options.weighting ?? defaultWeighting,
    ...(options.training === undefined ? {} : { training: options.training }),
    ...(options.surrogate === undefined ? {} : { surrogate: options.surrogate }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const [trained, surrogate] = await together(threads > 1, [
      () => trainOnTable(table, first, shared),
      () => fitOnTable(table, second, shared),
    ]);
    const context = { table, space, measured, trained, surrogate, runtime: first, stream, count };
    try {
      return await proposeFrom(context, options, { weighting: shared.weighting, runtime: runtimeName, threads, seed });
    } finally {
      await surrogate.dispose();
    }
  } finally {
    await first.close();
    await second.close();
  }
}

interface Chosen {
  readonly weighting: WeightingName;
  readonly runtime: RuntimeName;
  readonly threads: number;
  readonly seed: number;
}

/** What trained models propose. */
async function proposeFrom(context: ProposeContext, options: ProposeOptions, chosen: Chosen): Promise<ProposeResult> {
  const { table, space, trained, surrogate, count } = context;
  const { observer, signal, pool = defaultPool(count) } = options;
  const { seed, ...settings } = chosen;
  const sampling = {
    sampler: options.sampler ?? defaultSampling.sampler,
    steps: options.samplerSteps ?? defaultSampling.steps,
    slabs: space.constraints,
  };
  const choice: Choice =
    options.candidates === undefined
      ? await samplePool(context, { sampling, pool, requests: requestsFor(table, options), observer, signal })
      : await chooseAmong(context, options.candidates);
  return {
    table,
    space,
    direction: table.direction,
    proposals: bestOf(choice, table.direction, count),
    outcomes: choice.outcomes,
    counts: choice.counts,
    curves: { diffusion: trained.curve, surrogate: surrogate.curve },
    surrogate: surrogate.quality,
    settings: {
      ...prefixed('denoiser', { ...denoiserTrainingFor(table.rewards.length, space.dimension), ...options.training }),
      ...prefixed('surrogate', surrogate.settings),
      sampler: sampling.sampler,
      'sampler steps': sampling.steps,
      caution: defaultCaution,
      'doubt off the data': doubtWeight,
      pool,
      ...settings,
    },
    seed,
    best: bestMeasured(table),
  };
}

function bestOf({ candidates, predictions }: Choice, direction: Direction, count: number): readonly Proposal[] {
  const order = rankByBound(predictions, direction, defaultCaution).slice(0, count);
  return order.map((index): Proposal => {
    const { design, target } = candidates[index]!;
    const predicted = { mean: predictions.mean[index]!, std: predictions.std[index]! };
    return { design, predicted, ...(target === undefined ? {} : { target }) };
  });
}

/** Settings by the name of what they belong to, as the report lists them. */
function prefixed(
  owner: string,
  settings: Readonly<Record<string, number | string>>,
): Readonly<Record<string, number | string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${owner}: ${name}`, value]));
}

/** Both results, computed side by side or one after the other. Waits for both to end also when one fails. */
async function together<A, B>(
  sideBySide: boolean,
  [a, b]: readonly [() => Promise<A>, () => Promise<B>],
): Promise<readonly [A, B]> {
  if (!sideBySide) return [await a(), await b()];
  const [left, right] = await Promise.allSettled([a(), b()]);
  if (left.status === 'rejected') throw left.reason;
  if (right.status === 'rejected') throw right.reason;
  return [left.value, right.value];
}
