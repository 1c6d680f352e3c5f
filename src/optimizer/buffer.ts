import { mean } from '../base/index.ts';
import type { Evaluation, History } from '../run/index.ts';
import type { Design, Parameter, Space } from '../space/index.ts';
import { isAllowed } from './allowed.ts';
import { leastMeasured } from './defaults.ts';
import { decimalsIn, plainDialect, type Direction, type Table } from '../table/index.ts';

/** What is known of one design. */
export interface KnownDesign {
  readonly design: Design;
  /** The mean of its measured rewards, own units; NaN without one. */
  readonly reward: number;
  /** In the order told. */
  readonly rewards: readonly number[];
  /** Tried, and never measured. */
  readonly failed: boolean;
}

/** How many designs models are fitted to: all, or of more the best, the latest, and beside these the latest that failed. */
export const bufferSize = { best: 700, latest: 300, failed: 300 } as const;

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

/** 32 bits that are the same for the same values. */
function hashOf(design: Design, names: readonly string[]): number {
  let hash = 0;
  const mix = (part: number): void => {
    hash = Math.imul((hash ^ part) >>> 0, 0x9e3779b1);
    hash ^= hash >>> 15;
  };
  for (const name of names) {
    const value = design[name]!;
    if (typeof value === 'string') for (let i = 0; i < value.length; i++) mix(value.charCodeAt(i));
    else {
      // -0 is 0.
      bits[0] = value + 0;
      mix(halves[0]!);
      mix(halves[1]!);
    }
  }
  return hash;
}

/** Hashes of designs, which do not change, by the list of names that they are of. */
const hashes = new WeakMap<readonly string[], WeakMap<Design, number>>();

function keptHash(design: Design, names: readonly string[]): number {
  const known = hashes.get(names) ?? new WeakMap<Design, number>();
  hashes.set(names, known);
  const hash = known.get(design) ?? hashOf(design, names);
  known.set(design, hash);
  return hash;
}

/** Evaluations of one design each, in the order of the first of them. Writing thousands of numbers as keys would take a second. */
function byDesign(evaluations: readonly Evaluation[], names: readonly string[]): readonly (readonly Evaluation[])[] {
  const groups: Evaluation[][] = [];
  const hashed = new Map<number, Evaluation[][]>();
  for (const evaluation of evaluations) {
    const hash = keptHash(evaluation.design, names);
    const alike = hashed.get(hash);
    const group = alike?.find(([first]) => names.every((name) => first!.design[name] === evaluation.design[name]));
    if (group !== undefined) {
      group.push(evaluation);
      continue;
    }
    const fresh = [evaluation];
    groups.push(fresh);
    if (alike === undefined) hashed.set(hash, [fresh]);
    else alike.push(fresh);
  }
  return groups;
}

/** One of each design, in the order of their first evaluations; repeated measurements are averaged. */
export function knownDesigns(evaluations: readonly Evaluation[], space: Space): readonly KnownDesign[] {
  return byDesign(evaluations, space.names).map((group): KnownDesign => {
    const rewards = group.flatMap((one) => (one.status === 'measured' ? [one.reward] : []));
    return {
      design: (group.find(({ status }) => status === 'measured') ?? group[0]!).design,
      reward: rewards.length === 0 ? NaN : mean(rewards),
      rewards,
      failed: rewards.length === 0 && group.some(({ status }) => status === 'failed'),
    };
  });
}

/** Whether rewards are many enough, and differ, so that something can be learnt. */
export function canLearn(known: readonly KnownDesign[]): boolean {
  const rewards = known.map(({ reward }) => reward).filter((reward) => !Number.isNaN(reward));
  return rewards.length >= leastMeasured && new Set(rewards).size > 1;
}

/** Measured designs that a search starts from. */
const incumbentCount = 32;

/** The best measured designs that constraints and fixed values allow, best first. */
export function bestKnown(known: readonly KnownDesign[], space: Space, direction: Direction): readonly Design[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const ranked = known.filter(({ reward }) => !Number.isNaN(reward)).sort((a, b) => sign * (b.reward - a.reward));
  const best: Design[] = [];
  for (const { design } of ranked) {
    if (best.length === incumbentCount) break;
    if (isAllowed(space, design)) best.push(design);
  }
  return best;
}

/** Of more designs than the buffer holds the latest, and of the others the best and the latest that failed, in their order. */
function buffered(known: readonly KnownDesign[], direction: Direction): readonly KnownDesign[] {
  if (known.length <= bufferSize.best + bufferSize.latest) return known;
  const sign = direction === 'maximize' ? 1 : -1;
  const earlier = known.slice(0, -bufferSize.latest);
  const ranked = earlier.filter(({ reward }) => !Number.isNaN(reward)).sort((a, b) => sign * (b.reward - a.reward));
  const failures = earlier.filter(({ failed }) => failed);
  const kept = new Set([...ranked.slice(0, bufferSize.best), ...failures.slice(-bufferSize.failed)]);
  return [...earlier.filter((one) => kept.has(one)), ...known.slice(-bufferSize.latest)];
}

/** More decimals than anyone sets: numbers that were computed. */
const mostDecimals = 10;

/** A grid of fewer steps than this says nothing of what can be set: corners, levels of a plan. */
const leastSteps = 50;

/**
 * The decimals of each real without steps in the designs that were told and not asked for: to these a number can be set; as many at least
 * as make fifty steps. Where there are no such designs as many as make `steps`, if that is given. None for a real that has more than ten.
 */
export function decimalsTold(
  { evaluations, requests }: History,
  space: Space,
  steps: number | undefined,
): Table['decimals'] {
  const given = evaluations.filter(({ id }) => id === undefined || !requests.has(id));
  const least = given.length > 0 ? leastSteps : steps;
  if (least === undefined) return {};
  const reals = space.columns.filter(({ parameter: one }) => one.type === 'real' && one.step === undefined);
  return Object.fromEntries(
    reals.flatMap(({ name, parameter }): [string, number][] => {
      const { min, max, scale } = parameter as Extract<Parameter, { type: 'real' }>;
      const span = scale === 'log' ? min : max - min;
      let most = span > 0 ? Math.max(0, Math.ceil(Math.log10(least / span))) : 0;
      for (const { design } of given) {
        if (most > mostDecimals) break;
        most = Math.max(most, decimalsIn(String(design[name])));
      }
      return most > mostDecimals ? [] : [[name, most]];
    }),
  );
}

/** What models are fitted to, as a table. */
export function bufferTable(
  known: readonly KnownDesign[],
  space: Space,
  direction: Direction,
  decimals: Table['decimals'],
): Table {
  const rows = buffered(known, direction);
  return {
    file: 'what was told',
    space,
    inferred: false,
    reward: 'reward',
    direction,
    columns: space.names,
    designs: rows.map(({ design }) => design),
    rewards: Float64Array.from(rows, ({ reward }) => reward),
    failed: rows.map(({ failed }) => failed),
    ignored: [],
    repeats: 0,
    decimals,
    dialect: plainDialect,
  };
}
