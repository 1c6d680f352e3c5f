import type { History } from '../run/index.ts';
import { orderedEvaluations } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import { isAllowed } from './allowed.ts';
import { freeNumbers } from './fixed.ts';
import { encodedStep } from './vary.ts';

/** A box in encoded coordinates, d numbers each. */
export interface Region {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Sides as shares of the range, and what makes them change (as in Eriksson et al. 2019, arXiv:1910.01739). */
const side = { first: 0.8, least: 2 ** -7, most: 1.6, successes: 3, failures: 4 } as const;

/** What a success must gain, as a share of the size of the best reward. */
const leastGain = 1e-3;

/** Spaces of fewer free numbers have no region: there a model knows all of the space. */
export const leastNumbers = 10;

/**
 * Rewards of each round, larger being better, in the order of the rounds; without failed designs and those that are not allowed. All that
 * no model asked for is one round, the first: it says nothing of where models are to be believed.
 */
function rewardsByRound(history: History, space: Space, sign: number): readonly (readonly number[])[] {
  const rounds = new Map<number, number[]>();
  const modelled = new Set<number>();
  for (const { round, id } of history.evaluations)
    if (id !== undefined && history.requests.get(id)?.predicted !== undefined) modelled.add(round);
  for (const evaluation of orderedEvaluations(history)) {
    if (evaluation.status !== 'measured' || !isAllowed(space, evaluation.design)) continue;
    const round = modelled.has(evaluation.round) ? evaluation.round : 0;
    const rewards = rounds.get(round) ?? [];
    rewards.push(sign * evaluation.reward);
    rounds.set(round, rewards);
  }
  return [...rounds].sort(([a], [b]) => a - b).map(([, rewards]) => rewards);
}

/**
 * The side of the region after some rounds, a share of the range: doubled when rounds in a row gained, halved when rounds in a row did
 * not, and begun anew when it has become too small, less than `least`. `numbers` is how many free numbers a design has.
 */
export function sideAfter(rounds: readonly (readonly number[])[], numbers: number, least: number = side.least): number {
  let length: number = side.first;
  let [gained, failed] = [0, 0];
  let best = -Infinity;
  for (const rewards of rounds) {
    const top = rewards.reduce((a, b) => Math.max(a, b));
    const first = best === -Infinity;
    const success = top > best + leastGain * Math.abs(best);
    best = Math.max(best, top);
    if (first) continue;
    [gained, failed] = success ? [gained + 1, 0] : [0, failed + 1];
    if (gained === side.successes) {
      length = Math.min(side.most, 2 * length);
      gained = 0;
    } else if (failed >= Math.ceil(Math.max(side.failures, numbers) / rewards.length)) {
      length /= 2;
      failed = 0;
    }
    if (length < least) length = side.first;
  }
  return length;
}

/**
 * Where a model is to be believed: a box around the best design, of a side that what came of the rounds so far decides. It holds a step of
 * each number in either direction, and begins anew when its side is less than a step of all of them. Choices are free. Undefined in a space of few
 * free numbers.
 */
export function trustRegion(space: Space, history: History, best: Design, direction: Direction): Region | undefined {
  const numbers = freeNumbers(space);
  if (numbers.length < leastNumbers) return undefined;
  const center = space.encode(best);
  const steps = numbers.map((column) => encodedStep(column)(center[column.offset]!));
  const least = Math.max(side.least, Math.min(...steps));
  const length = sideAfter(rewardsByRound(history, space, direction === 'maximize' ? 1 : -1), numbers.length, least);
  const [low, high] = [new Float32Array(space.dimension).fill(-1), new Float32Array(space.dimension).fill(1)];
  for (const [i, { offset }] of numbers.entries()) {
    const reach = Math.max(length, steps[i]!);
    low[offset] = Math.max(-1, center[offset]! - reach);
    high[offset] = Math.min(1, center[offset]! + reach);
  }
  return { low, high };
}

/** Moves n x d designs into the region, in place. */
export function clipTo({ low, high }: Region, designs: Float32Array): void {
  const d = low.length;
  for (let i = 0; i < designs.length; i++) {
    const j = i % d;
    designs[i] = Math.min(high[j]!, Math.max(low[j]!, designs[i]!));
  }
}
