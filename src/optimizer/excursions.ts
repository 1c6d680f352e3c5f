import { UserError, type RandomStream } from '../base/index.ts';
import { pendingRequests, type History } from '../run/index.ts';
import { createSpace, enumerate, type Design, type Space, type Value } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import { isAllowed } from './allowed.ts';
import { bestKnown, type KnownDesign } from './buffer.ts';
import { excursionRule } from './defaults.ts';
import { countNew } from './generate.ts';
import { trustRegion } from './region.ts';
import type { Excursion, Ground } from './situation.ts';

interface Option {
  /** The parameter and the option, as a value to fix. */
  readonly fix: Design;
  /** Designs that were tried with it. */
  readonly trials: number;
  /** The best of their rewards, larger being better; -Infinity without one. */
  readonly best: number;
}

/** A parameter of few values. */
interface Levels {
  readonly name: string;
  readonly values: readonly Value[];
  /** The place of a design's value among them. */
  readonly placeIn: (design: Design) => number;
}

/** The parameters that are not fixed and have few values, in an order or none. */
function levelsOf({ definition, fixed }: Space): readonly Levels[] {
  return Object.entries(definition.parameters).flatMap(([name, parameter]): readonly Levels[] => {
    const alone = createSpace({ parameters: { [name]: parameter } });
    if (fixed[name] !== undefined || alone.size > excursionRule.mostValues) return [];
    const values = Array.from(enumerate(alone), (design) => design[name]!);
    const places = new Map(values.map((value, place) => [value, place]));
    const placeOf = (value: Value): number => {
      // Told designs may write a value in another way, such as '1' or 0.1 + 0.2.
      const place = places.get(value) ?? places.get(alone.decode(alone.encode({ [name]: value }))![name]!)!;
      places.set(value, place);
      return place;
    };
    return [{ name, values, placeIn: (design) => placeOf(design[name]!) }];
  });
}

/**
 * Options, as values to fix, that none of the incumbents has and that were tried in less than half of what each would have, were all tried
 * alike. The first ones are those whose trials, and one, times their rank by the best reward are the fewest: going by it, the option of rank r has
 * 1 / r of the trials that the first one has, as by successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943).
 */
export function neglectedOptions(
  known: readonly KnownDesign[],
  { space, incumbents }: Pick<Ground, 'space' | 'incumbents'>,
  direction: Direction,
): readonly Design[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const options = levelsOf(space).flatMap(({ name, values, placeIn }): readonly Option[] => {
    const enough = (excursionRule.fairShare * known.length) / values.length;
    if (enough < excursionRule.leastTrials) return [];
    const present = new Set(incumbents.map(placeIn));
    const trials = new Uint32Array(values.length);
    const best = new Float64Array(values.length).fill(-Infinity);
    for (const { design, reward } of known) {
      const place = placeIn(design);
      trials[place]!++;
      if (sign * reward > best[place]!) best[place] = sign * reward;
    }
    return values.flatMap((value, place) =>
      present.has(place) || trials[place]! >= enough
        ? []
        : [{ fix: { [name]: value }, trials: trials[place]!, best: best[place]! }],
    );
  });
  const ranked = options.sort((a, b) => b.best - a.best || 0);
  const effort = ranked.map(({ trials }, rank) => (trials + 1) * (rank + 1));
  return [...ranked.keys()].sort((a, b) => effort[a]! - effort[b]! || a - b).map((index) => ranked[index]!.fix);
}

/** The space with an option held; undefined where constraints do not allow it. */
function partWith(space: Space, option: Design): Space | undefined {
  try {
    return space.fix(option);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A design that was asked for and has no result. */
const pending = ({ design }: { readonly design: Design }): KnownDesign => ({
  design,
  reward: NaN,
  rewards: [],
  failed: false,
});

/**
 * The parts of the space that some of the next `count` designs are looked for in, each with an option that the best designs do not have and with designs
 * that are not taken. None as long as few designs that are allowed were tried.
 */
export function excursionsFrom(
  { space, incumbents }: Pick<Ground, 'space' | 'incumbents'>,
  {
    known,
    history,
    direction,
    taken,
  }: {
    readonly known: readonly KnownDesign[];
    readonly history: History;
    readonly direction: Direction;
    readonly taken: readonly Design[];
  },
  count: number,
  stream: RandomStream,
): readonly Excursion[] {
  const parameters = space.names.filter((name) => space.fixed[name] === undefined).length;
  const tried = known.filter(
    ({ design, rewards, failed }) => (rewards.length > 0 || failed) && isAllowed(space, design),
  );
  // Also of small batches this is the share, on average.
  const away = Math.floor(excursionRule.share * count + stream.uniform());
  if (away === 0 || tried.length < excursionRule.knownPerParameter * parameters) return [];
  const trials = [...tried, ...pendingRequests(history).map(pending)];
  const parts: Space[] = [];
  for (const option of neglectedOptions(trials, { space, incumbents }, direction)) {
    if (parts.length === Math.min(excursionRule.parts, away)) break;
    const part = partWith(space, option);
    if (part !== undefined && countNew(part, taken, undefined, 1) > 0) parts.push(part);
  }
  return parts.map((part, i) => {
    const best = bestKnown(tried, part, direction);
    return {
      space: part,
      incumbents: best,
      region: best[0] && trustRegion(part, history, best[0], direction),
      count: Math.floor((away * (i + 1)) / parts.length) - Math.floor((away * i) / parts.length),
    };
  });
}
