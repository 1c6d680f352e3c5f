import type { RandomStream } from '../base/index.ts';
import type { History } from '../run/index.ts';
import type { Design } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import { bestKnown, type KnownDesign } from './buffer.ts';
import { excursionRule } from './defaults.ts';
import { choicesOf } from './neighbours.ts';
import { trustRegion } from './region.ts';
import type { Excursion, Ground } from './situation.ts';

interface Option {
  /** The choice and the option, as a value to fix. */
  readonly fix: Design;
  /** Designs that were tried with it. */
  readonly trials: number;
  /** The best of their rewards, larger being better; -Infinity without one. */
  readonly best: number;
}

function optionOf(known: readonly KnownDesign[], name: string, value: string | number, sign: number): Option {
  const tried = known.filter(({ design }) => design[name] === value);
  const best = tried.reduce((top, { reward }) => (sign * reward > top ? sign * reward : top), -Infinity);
  return { fix: { [name]: value }, trials: tried.length, best };
}

/**
 * Options, as values to fix, that none of the incumbents has and that were tried in less than half of what each would have, were all tried
 * alike. The first ones are those whose trials times their rank by the best reward are the fewest: going by it, the option of rank r has
 * 1 / r of the trials that the first one has, as by successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943).
 */
export function neglectedOptions(
  known: readonly KnownDesign[],
  { space, incumbents }: Pick<Ground, 'space' | 'incumbents'>,
  direction: Direction,
): readonly Design[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const options = choicesOf(space).flatMap(([name, values]) => {
    const enough = (excursionRule.fairShare * known.length) / values.length;
    if (enough < excursionRule.leastTrials) return [];
    const absent = values.filter((value) => incumbents.every((design) => design[name] !== value));
    return absent.map((value) => optionOf(known, name, value, sign)).filter(({ trials }) => trials < enough);
  });
  const ranked = options.sort((a, b) => b.best - a.best || 0);
  const effort = ranked.map(({ trials }, rank) => (trials + 1) * (rank + 1));
  return [...ranked.keys()].sort((a, b) => effort[a]! - effort[b]! || a - b).map((index) => ranked[index]!.fix);
}

/**
 * The parts of the space that some of the next `count` designs are looked for in, each with an option that the best designs do not have. None as long
 * as few designs are known.
 */
export function excursionsFrom(
  { space, incumbents }: Pick<Ground, 'space' | 'incumbents'>,
  { known, history, direction }: { known: readonly KnownDesign[]; history: History; direction: Direction },
  count: number,
  stream: RandomStream,
): readonly Excursion[] {
  const parameters = space.names.filter((name) => space.fixed[name] === undefined).length;
  if (known.length < excursionRule.knownPerParameter * parameters) return [];
  // Also of small batches this is the share, on average.
  const away = Math.floor(excursionRule.share * count + stream.uniform());
  const fixes = neglectedOptions(known, { space, incumbents }, direction).slice(0, Math.min(excursionRule.parts, away));
  return fixes.map((fix, i) => {
    const part = space.fix(fix);
    const best = bestKnown(known, part, direction);
    return {
      space: part,
      incumbents: best,
      region: best[0] && trustRegion(part, history, best[0], direction),
      count: Math.floor((away * (i + 1)) / fixes.length) - Math.floor((away * i) / fixes.length),
    };
  });
}
