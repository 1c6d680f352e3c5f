import { mean } from '../base/index.ts';
import { orderedEvaluations, type Evaluation, type Prediction, type RunRecord } from '../run/index.ts';
import { createSpace, type Design, type Space } from '../space/index.ts';
import { rewardFacts, type RewardFacts } from './facts.ts';
import { formatNumber } from './format.ts';

/** All that was measured of one design. */
export interface Tried {
  readonly design: Design;
  readonly rewards: readonly number[];
  /** Mean of the rewards, own units. */
  readonly reward: number;
  /** The evaluation that measured it first, and its number. */
  readonly first: Trial;
}

/** An evaluation with a result, and how things stood after it. */
export interface Trial {
  /** From 1, in the order asked; 0 for data that were told before. */
  readonly number: number;
  readonly id: string | undefined;
  readonly round: number;
  readonly design: Design;
  /** Whether the run asked for it. */
  readonly asked: boolean;
  /** NaN for one that failed. */
  readonly reward: number;
  /** Why it failed. */
  readonly error: string | undefined;
  readonly predicted: Prediction | undefined;
  /** Best mean reward of a design so far; NaN without one. */
  readonly bestSoFar: number;
}

/** What a report says of a run. */
export interface RunFacts extends RewardFacts {
  readonly record: RunRecord;
  readonly space: Space;
  /** Past experiments with a result. */
  readonly data: readonly Trial[];
  /** Numbered from 1. */
  readonly trials: readonly Trial[];
  /** Every measured design that the space allows, the best first, the earliest of equals first. */
  readonly ranked: readonly Tried[];
  /** NaN without data that were measured. */
  readonly bestOfData: number;
}

/** The space of a run, with the values that its options fix. */
export function spaceOf({ settings }: RunRecord): Space {
  const space = createSpace(settings.space);
  const fixed = settings.options?.['fix'];
  if (typeof fixed !== 'object' || fixed === null || Array.isArray(fixed)) return space;
  return space.fix(fixed as Design);
}

interface Group {
  readonly rewards: number[];
  readonly allowed: boolean;
  reward: number;
  first: Trial | undefined;
}

/** The same text for the same values; made of bytes, which takes a tenth of the time of printing the numbers. */
function keyOf({ names }: Space, design: Design): string {
  const values = names.map((name) => design[name]);
  // Minus zero is zero.
  const numbers = Float64Array.from(values, (value) => (typeof value === 'number' ? value + 0 : NaN));
  const texts = values.filter((value) => typeof value === 'string');
  return `${Buffer.from(numbers.buffer).toString('latin1')}${JSON.stringify(texts)}`;
}

/** Designs by what was measured of them, and the best of them. */
class Standings {
  private readonly groups = new Map<string, Group>();
  private leader: Group | undefined;
  private readonly space: Space;
  private readonly sign: 1 | -1;

  constructor(space: Space, sign: 1 | -1) {
    this.space = space;
    this.sign = sign;
  }

  /** Takes in a measured reward. */
  add(design: Design, reward: number): Group {
    const key = keyOf(this.space, design);
    const before = this.groups.get(key);
    const allowed = before?.allowed ?? this.space.problemWith(design) === undefined;
    const group = before ?? { rewards: [], reward: NaN, allowed, first: undefined };
    this.groups.set(key, group);
    group.rewards.push(reward);
    group.reward = mean(group.rewards);
    // The leader's mean may have fallen behind any other.
    if (group === this.leader) this.leader = this.all().reduce((best, one) => (this.beats(one, best) ? one : best));
    else if (allowed && (this.leader === undefined || this.beats(group, this.leader))) this.leader = group;
    return group;
  }

  private beats(one: Group, other: Group): boolean {
    return this.sign * one.reward > this.sign * other.reward;
  }

  private all(): readonly Group[] {
    return [...this.groups.values()].filter(({ allowed }) => allowed);
  }

  get best(): number {
    return this.leader?.reward ?? NaN;
  }

  ranked(): readonly Tried[] {
    const tried = this.all().flatMap(({ rewards, reward, first }) =>
      first === undefined ? [] : [{ design: first.design, rewards, reward, first }],
    );
    return tried.sort((a, b) => this.sign * (b.reward - a.reward));
  }
}

function isData({ id, asks, source }: Evaluation, { requests }: RunRecord): boolean {
  return (id === undefined || !requests.has(id)) && (asks === 0 || source === 'table');
}

/** The evaluations with a result, the data first. */
function orderedResults(record: RunRecord): readonly Evaluation[] {
  const results = orderedEvaluations(record).filter(({ status }) => status !== 'unlabelled');
  return [...results.filter((one) => isData(one, record)), ...results.filter((one) => !isData(one, record))];
}

/** What a report says of a run, from its record alone. */
export function runFactsOf(record: RunRecord): RunFacts {
  const space = spaceOf(record);
  const { reward: name, direction } = record.settings;
  const standings = new Standings(space, direction === 'maximize' ? 1 : -1);
  let number = 0;
  const all = orderedResults(record).map((evaluation): Trial => {
    const { id, round, design } = evaluation;
    const request = id === undefined ? undefined : record.requests.get(id);
    const reward = evaluation.status === 'measured' ? evaluation.reward : NaN;
    const group = Number.isNaN(reward) ? undefined : standings.add(design, reward);
    const trial: Trial = {
      number: isData(evaluation, record) ? 0 : ++number,
      id,
      round,
      design,
      asked: request !== undefined,
      reward,
      error: evaluation.status === 'failed' ? evaluation.error : undefined,
      predicted: request?.predicted,
      bestSoFar: standings.best,
    };
    if (group !== undefined) group.first ??= trial;
    return trial;
  });
  const data = all.filter((trial) => trial.number === 0);
  return {
    ...rewardFacts(name, direction, {
      measured: all.map(({ reward }) => reward).filter((reward) => !Number.isNaN(reward)),
      print: (reward) => formatNumber(reward, 6),
    }),
    record,
    space,
    data,
    trials: all.slice(data.length),
    ranked: standings.ranked(),
    bestOfData: data.at(-1)?.bestSoFar ?? NaN,
  };
}

/** What a round did. */
export interface RoundFacts {
  readonly round: number;
  readonly requested: number;
  /** Of these, with a result. */
  readonly trials: readonly Trial[];
  /** Rewards of those that were measured. */
  readonly rewards: readonly number[];
  readonly failed: number;
  readonly bestSoFar: number;
}

/** Every round that was asked, in order. */
export function roundsOf({ record, trials }: RunFacts): readonly RoundFacts[] {
  const requested = new Map<number, number>();
  for (const { round } of record.requests.values()) requested.set(round, (requested.get(round) ?? 0) + 1);
  const byRound = new Map<number, Trial[]>();
  for (const trial of trials) {
    const round = byRound.get(trial.round);
    if (round === undefined) byRound.set(trial.round, [trial]);
    else round.push(trial);
  }
  return [...requested].map(([round, count]): RoundFacts => {
    const all = byRound.get(round) ?? [];
    return {
      round,
      requested: count,
      trials: all,
      rewards: all.map(({ reward }) => reward).filter((reward) => !Number.isNaN(reward)),
      failed: all.filter(({ error }) => error !== undefined).length,
      bestSoFar: all.at(-1)?.bestSoFar ?? NaN,
    };
  });
}
