import { dataError, ignoreProgress, randomStream, usageError, type RandomStream } from '../base/index.ts';
import type { Design } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';
import { recoveryIntervals, type Estimate, type Trial } from './backtest-interval.ts';
import {
  discreteQuantile,
  expectedByChance,
  hypergeometric,
  measure,
  nearestFirst,
  perfectChoice,
  type Judged,
  type Measures,
} from './backtest-measure.ts';
import { chooseField, measuredDesigns, splitField, type MeasuredDesign, type Split } from './backtest-split.ts';
import type { ProposeOptions } from './options.ts';
import { propose } from './propose.ts';
import { designKey, subTable } from './sub-table.ts';

/** Ways of choosing among the candidates, what `propose` chooses first. */
export const backtestMethods = ['diffopt', 'nearest', 'chance', 'perfect'] as const;
export type BacktestMethod = (typeof backtestMethods)[number];

/** Repeats, unless told otherwise. */
export const defaultRepeats = 5;

/** More distinct designs, or rows without a reward, than this are not used: a random part of them is. */
export const mostDesigns = 5000;

/** Best visible designs that the nearest choice keeps to. */
export const nearestTo = 5;

/** What steers the sampling of new designs has no say: candidates are given. Everything else of `propose` is tested as it is set. */
type Steering =
  'candidates' | 'fix' | 'target' | 'quantile' | 'pool' | 'guidances' | 'stretches' | 'sampler' | 'samplerSteps';

export interface BacktestOptions extends Omit<ProposeOptions, Steering> {
  /** Designs that are chosen in each repeat, at most all candidates (as many as there are winners). */
  readonly count?: number;
  /** At least 1 (5). */
  readonly repeats?: number;
  /** Told after each repeat, numbered from 1. */
  readonly onRepeat?: (repeat: BacktestRepeat, number: number) => void;
}

/** One repeat: what each method chose. */
export interface BacktestRepeat {
  /** Of `propose`. */
  readonly seed: number;
  /** For chance, the expectation. */
  readonly methods: Readonly<Record<BacktestMethod, Measures>>;
}

export interface MethodSummary {
  /** Winners found, mean over repeats. For chance the interval is that of a single repeat. */
  readonly hits: Estimate;
  /** `hits` as a share of the chosen and of the winners, in [0, 1]. */
  readonly precision: number;
  readonly recall: number;
  /** Mean and best true reward of the chosen, mean over repeats, own units. */
  readonly mean: number;
  readonly best: number;
}

/** How much of the interval of a difference lies on one side of zero: all, or not. */
export type Comparison = 'better' | 'undecided' | 'worse';

export interface Advantage {
  /** Winners found more than by the other method. */
  readonly difference: Estimate;
  readonly comparison: Comparison;
}

export interface BacktestResult {
  readonly file: string;
  readonly reward: string;
  readonly direction: Direction;
  /** Decimals of the reward in the table. */
  readonly decimals: number | undefined;
  /** Distinct designs with a reward in the table, and how many of them were used. */
  readonly designs: number;
  readonly used: number;
  /** Rows left out because their design is nearly another's. */
  readonly alike: number;
  /** Numbers of designs: hidden, and beside them in the list of candidates (each) and left visible. */
  readonly winners: number;
  readonly decoys: number;
  readonly visible: number;
  /** Visible designs as good as the worst winner. */
  readonly tied: number;
  /** Rewards of the worst and the best winner, own units. */
  readonly hidden: { readonly worst: number; readonly best: number };
  /** Chosen in each repeat. */
  readonly count: number;
  readonly seed: number;
  readonly repeats: readonly BacktestRepeat[];
  readonly methods: Readonly<Record<BacktestMethod, MethodSummary>>;
  /** Of diffopt over the others. */
  readonly advantage: Readonly<Record<'chance' | 'nearest', Advantage>>;
}

interface Plan {
  readonly table: Table;
  readonly measured: readonly MeasuredDesign[];
  readonly unlabelled: readonly number[];
  readonly count: number;
}

function wholeFrom1(name: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
    throw usageError(`${name} is ${value}, a whole number of at least 1 was expected`);
  }
}

/** At most `most` of them, drawn at random, in their order. */
function someOf<T>(values: readonly T[], most: number, stream: RandomStream): readonly T[] {
  if (values.length <= most) return values;
  const kept = stream.permutation(values.length).subarray(0, most).sort();
  return Array.from(kept, (at) => values[at]!);
}

/** What is left of the table when the candidates are hidden. Throws a data error when nothing can be learnt from it. */
function visibleTable({ table, measured, unlabelled }: Plan, { visible }: Split): Table {
  const rows = [...visible.flatMap((index) => measured[index]!.rows), ...unlabelled].sort((a, b) => a - b);
  const left = subTable(table, rows);
  const rewards = new Set(left.rewards.filter((reward) => !Number.isNaN(reward)));
  if (rewards.size < 2) {
    throw dataError(
      `${table.file}: without the hidden rows every reward is ${[...rewards].join()}, so nothing can be learnt from the rest; ` +
        `a backtest needs rewards that differ below the best fifth`,
    );
  }
  return left;
}

/** Candidates by index of the measured design, the nearest to the best visible ones first. */
function nearestChoice({ table, measured, count }: Plan, { visible, candidates }: Split): readonly number[] {
  const sign = table.direction === 'maximize' ? 1 : -1;
  const best = visible.toSorted((a, b) => sign * (measured[b]!.reward - measured[a]!.reward)).slice(0, nearestTo);
  const encoded = (index: number): Float64Array => table.space.encode(measured[index]!.design);
  return nearestFirst(candidates.map(encoded), best.map(encoded)).slice(0, count);
}

interface Outcome {
  readonly repeat: BacktestRepeat;
  readonly trial: Trial<'diffopt' | 'nearest'>;
}

async function runRepeat(plan: Plan, split: Split, options: ProposeOptions): Promise<Outcome> {
  const { table, measured, count } = plan;
  const { candidates } = split;
  const catalogue = candidates.map((index) => measured[index]!.design);
  const { proposals } = await propose(visibleTable(plan, split), { ...options, candidates: catalogue, count });
  const place = new Map(catalogue.map((design, at) => [designKey(table.space, design), at]));
  const winners = new Set(split.winners);
  const judged: Judged = {
    rewards: candidates.map((index) => measured[index]!.reward),
    isWinner: candidates.map((index) => winners.has(index)),
    direction: table.direction,
  };
  const proposed = proposals.map(({ design }: { design: Design }) => place.get(designKey(table.space, design))!);
  const nearest = nearestChoice(plan, split);
  const indices = (places: readonly number[]): ReadonlySet<number> => new Set(places.map((at) => candidates[at]!));
  return {
    repeat: {
      seed: options.seed ?? 0,
      methods: {
        diffopt: measure(judged, proposed),
        nearest: measure(judged, nearest),
        chance: expectedByChance(judged, count),
        perfect: measure(judged, perfectChoice(judged, count)),
      },
    },
    trial: {
      winners: split.winners,
      decoys: split.decoys,
      chosen: { diffopt: indices(proposed), nearest: indices(nearest) },
    },
  };
}

function compared(difference: Estimate): Advantage {
  const comparison = difference.low > 0 ? 'better' : difference.high < 0 ? 'worse' : 'undecided';
  return { difference, comparison };
}

function shifted({ value, low, high }: Estimate, by: number): Estimate {
  return { value: value - by, low: low - by, high: high - by };
}

function summarise(outcomes: readonly Outcome[], winners: number, count: number, stream: RandomStream) {
  const trials = outcomes.map(({ trial }) => trial);
  const intervals = recoveryIntervals(trials, ['diffopt', 'nearest'], count, stream);
  const chances = hypergeometric(2 * winners, winners, count);
  const certain = Math.min(winners, count);
  const hits: Readonly<Record<BacktestMethod, Estimate>> = {
    ...intervals.hits,
    chance: { value: count / 2, low: discreteQuantile(chances, 0.025), high: discreteQuantile(chances, 0.975) },
    perfect: { value: certain, low: certain, high: certain },
  };
  const summary = (method: BacktestMethod): MethodSummary => {
    const average = (of: (measures: Measures) => number): number =>
      outcomes.reduce((sum, { repeat }) => sum + of(repeat.methods[method]), 0) / outcomes.length;
    return {
      hits: hits[method],
      precision: hits[method].value / count,
      recall: hits[method].value / winners,
      mean: average(({ mean }) => mean),
      best: average(({ best }) => best),
    };
  };
  return {
    methods: Object.fromEntries(backtestMethods.map((method) => [method, summary(method)])) as Readonly<
      Record<BacktestMethod, MethodSummary>
    >,
    advantage: {
      chance: compared(shifted(hits.diffopt, count / 2)),
      nearest: compared(intervals.difference('diffopt', 'nearest')),
    },
  };
}

/**
 * Whether `propose` would have found the best designs of a table without having seen them: hides the best fifth of the distinct
 * designs, takes as many others beside them, and lets `propose` choose among these from what is left of the table. The same winners
 * are hidden in each repeat, the others are drawn anew. Throws usage errors for bad options, data errors for a table that is too
 * small or has too few rewards that differ, and the signal's reason.
 */
export async function backtest(table: Table, options: BacktestOptions = {}): Promise<BacktestResult> {
  const {
    count: asked,
    repeats = defaultRepeats,
    seed = 0,
    onRepeat,
    observer = ignoreProgress,
    ...settings
  } = options;
  wholeFrom1('count', asked);
  wholeFrom1('repeats', repeats);
  const stream = randomStream(seed).split('backtest');
  const { measured: all, unlabelled, alike } = measuredDesigns(table);
  const measured = someOf(all, mostDesigns, stream.split('designs'));
  const field = chooseField(
    measured.map(({ reward }) => reward),
    table.direction,
    stream.split('winners'),
    table.file,
  );
  const winners = field.winners.length;
  const count = asked ?? winners;
  if (count > 2 * winners) {
    throw usageError(
      `count is ${count}, but there are only ${2 * winners} candidates (${winners} of them hidden winners)`,
    );
  }
  const plan: Plan = {
    table,
    measured,
    unlabelled: someOf(unlabelled, mostDesigns, stream.split('unlabelled')),
    count,
  };
  const outcomes: Outcome[] = [];
  for (let number = 1; number <= repeats; number++) {
    const own = stream.split('repeat', number);
    const outcome = await runRepeat(plan, splitField(field, own), {
      ...settings,
      seed: own.split('seed').integer(2 ** 31),
      observer: (progress) => observer({ ...progress, stage: `repeat ${number} of ${repeats}, ${progress.stage}` }),
    });
    outcomes.push(outcome);
    onRepeat?.(outcome.repeat, number);
  }
  return {
    file: table.file,
    reward: table.reward,
    direction: table.direction,
    decimals: table.decimals[table.reward],
    designs: all.length,
    used: measured.length,
    alike,
    winners,
    decoys: winners,
    visible: measured.length - 2 * winners,
    tied: field.tied.length,
    hidden: { worst: measured[field.winners.at(-1)!]!.reward, best: measured[field.winners[0]!]!.reward },
    count,
    seed,
    repeats: outcomes.map(({ repeat }) => repeat),
    ...summarise(outcomes, winners, count, stream.split('intervals')),
  };
}
