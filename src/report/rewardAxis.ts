import { quantile } from './binning.ts';
import { extent, padded, scale, ticksOf, type ScaleKind, type Tick } from './frame.ts';

/** An axis on which the progress of a search can be seen. */
export interface RewardAxis {
  readonly kind: ScaleKind;
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
  /** Rewards beyond this one are drawn at the edge; undefined when all are within. */
  readonly cut: number | undefined;
}

const decades = 100;
/** Where the median of rewards lies within their range, when most of them are squeezed at one end. */
const squeezed = 0.15;
/** Rewards so many interquartile ranges worse than the worse quartile are far out (Tukey 1977). */
const farOut = 3;

/**
 * Logarithmic where rewards of one sign span decades and either come closer to zero the better they are, or lie squeezed at the end
 * near zero.
 */
function kindFor(rewards: readonly number[], sign: 1 | -1): ScaleKind {
  const [low, high] = extent(rewards);
  if (low <= 0 && high >= 0) return 'linear';
  const [near, far] = low > 0 ? [low, high] : [-high, -low];
  if (far / near < decades) return 'linear';
  const towardsZero = sign * Math.sign(low) < 0;
  const place = (Math.abs(quantile(rewards, 0.5)) - near) / (far - near);
  return towardsZero || place < squeezed ? 'log' : 'linear';
}

/** The worst reward that is not far out, where leaving out the others doubles the room for the rest. */
function cutFor(rewards: readonly number[], sign: 1 | -1): number | undefined {
  const [better, worse] = [quantile(rewards, sign > 0 ? 0.75 : 0.25), quantile(rewards, sign > 0 ? 0.25 : 0.75)];
  const fence = sign * worse - farOut * Math.abs(better - worse);
  const within = rewards.filter((reward) => sign * reward >= fence);
  const [all, kept] = [extent(rewards), extent(within)];
  if (within.length === rewards.length || all[1] - all[0] < 2 * (kept[1] - kept[0])) return undefined;
  return better === worse ? undefined : sign > 0 ? kept[0] : kept[1];
}

/** The axis for rewards; what `within` holds is never beyond its edge. */
export function rewardAxis(rewards: readonly number[], sign: 1 | -1, within: readonly number[] = []): RewardAxis {
  const kind = kindFor([...rewards, ...within], sign);
  const cut = kind === 'log' ? undefined : cutFor(rewards, sign);
  const shown = cut === undefined ? rewards : rewards.filter((reward) => sign * reward >= sign * cut);
  const [low, high] = extent([...shown, ...within]);
  // Below one for negative numbers, so that both ends move outwards.
  const room = (high / low) ** 0.04;
  const domain = kind === 'log' ? ([low / room, high * room] as const) : padded([low, high], 0.05);
  return { kind, domain, cut, ticks: ticksOf(scale(kind, domain, [1, 0]), 6) };
}
