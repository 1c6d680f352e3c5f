import { quantile } from '../base/index.ts';
import { add, divide, log, maximum, minimum, multiply, subtract, type Tensor } from '../graph/index.ts';
import type { Prediction } from '../run/index.ts';
import type { Direction, Table } from '../table/index.ts';

/** How rewards are bent: a shortfall s of the best one is by * log(1 + s / by). */
export interface Bend {
  /** The best reward, own units. */
  readonly best: number;
  /** Negative where less reward is better. */
  readonly by: number;
}

/** A change of a reward's scale that keeps its order. */
export interface Warp {
  /** None where rewards are left as they are. */
  readonly bend?: Bend;
  readonly forward: (reward: number) => number;
  /** Of warped rewards, also of those better than all that were measured. */
  readonly inverse: (warped: number) => number;
}

const identity: Warp = { forward: (reward) => reward, inverse: (warped) => warped };

/** Bends that are tried, as powers of 2 of the median shortfall: less would bend what is good, too. */
const powers = { least: 0, most: 6 } as const;

/** The log likelihood of normal rewards after the change, up to a constant: that of the shortfalls, less what the change adds to densities. */
function logLikelihood(shortfalls: Float64Array, bend: number): number {
  const n = shortfalls.length;
  let [total, square, slope] = [0, 0, 0];
  for (const shortfall of shortfalls) {
    const log = Math.log1p(shortfall / bend);
    total += bend * log;
    square += (bend * log) ** 2;
    slope += log;
  }
  return -0.5 * n * Math.log(square / n - (total / n) ** 2) - slope;
}

/** A median shortfall below these shares of the largest one and of the best reward's size is none: what bends there could not be bent back. */
const leastShares = { largest: 1e-100, best: 1e-10 } as const;

/** Below so many rewards none is bent. */
const leastRewards = 10;

/**
 * The change of scale after which the rewards are most like a sample of a normal distribution, as Box and Cox (1964) choose theirs: what a
 * reward falls short of the best one, s, becomes b log(1 + s / b), which near the best leaves it as it is; or no change. Rewards over
 * several powers of ten, as costs often are, would else be two groups to a model: the worst one, and all others.
 */
export function warpFor(rewards: Float64Array, direction: Direction): Warp {
  const sign = direction === 'maximize' ? 1 : -1;
  const measured = rewards.filter((reward) => !Number.isNaN(reward));
  const best = measured.reduce((top, reward) => Math.max(top, sign * reward), -Infinity);
  const shortfalls = measured.map((reward) => best - sign * reward);
  const median = measured.length === 0 ? 0 : quantile(shortfalls, 0.5);
  const largest = shortfalls.reduce((most, shortfall) => Math.max(most, shortfall), 0);
  const least = Math.max(leastShares.largest * largest, leastShares.best * Math.abs(best));
  if (measured.length < leastRewards || !(median > least)) return identity;
  const bends = Array.from({ length: powers.most - powers.least + 1 }, (_, i) => median * 2 ** (powers.least + i));
  const bend = bends.reduce((a, b) => (logLikelihood(shortfalls, b) > logLikelihood(shortfalls, a) ? b : a));
  if (bend === bends.at(-1)) return identity;
  return {
    bend: { best: sign * best, by: sign * bend },
    forward: (reward) => sign * (best - bend * Math.log1p((best - sign * reward) / bend)),
    inverse: (warped) => sign * (best - bend * Math.expm1((best - sign * warped) / bend)),
  };
}

/** A table with its rewards on another scale. */
export function warped(table: Table, { forward }: Warp): Table {
  return { ...table, rewards: table.rewards.map(forward) };
}

/** What is too large for a number is the largest one: a journal holds no other. */
function finite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/** A prediction of warped rewards on their own scale: the median of what may be measured, and half the width of its central 68 %. */
export function unwarped({ mean, std }: Prediction, { inverse }: Warp): Prediction {
  const [low, high] = [finite(inverse(mean - std)), finite(inverse(mean + std))];
  return { mean: finite(inverse(mean)), std: Math.abs(high / 2 - low / 2) };
}

/** Bends targets, [n, 1] in own units; one better than the best reward keeps its distance from it. */
export const bentTargets =
  ({ best, by }: Bend) =>
  (target: Tensor): Tensor => {
    const bends = divide(subtract(best, target), by);
    const beyond = minimum(bends, 0);
    return subtract(best, multiply(by, add(log(add(1, maximum(bends, 0))), beyond)));
  };
