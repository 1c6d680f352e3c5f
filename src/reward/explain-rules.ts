import type { RandomStream } from '../base/index.ts';
import type { Design, EncodedColumn, Space, Value } from '../space/index.ts';
import {
  choicesOf,
  conditionsText,
  magnitude,
  matches,
  merged,
  roundBetween,
  type Condition,
} from './explain-conditions.ts';
import { couldBeChance, growTree, type Branch } from './explain-tree.ts';

/** Conditions, and the measured rows that obey all of them. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly rows: number;
  /** The part of these rows that is good, 0 to 1. */
  readonly goodShare: number;
  readonly meanReward: number;
}

export interface Separation {
  /** How many of the labelled rows are good, and the least good reward among them, own units (NaN when none is). */
  readonly good: { readonly rows: number; readonly of: number; readonly reward: number };
  /** The largest share of good rows first; what says nothing is left out. */
  readonly rules: readonly Rule[];
}

export interface SeparationOptions {
  readonly direction: 'maximize' | 'minimize';
  readonly stream: RandomStream;
  /** Splits from the root of the tree to a leaf, 3. */
  readonly depth?: number;
  /** The tree sees at most so many rows: 400, fewer (200 at least) for more than 40 ordered parameters. */
  readonly maxRows?: number;
}

/** Labelled rows. */
interface Rows {
  readonly designs: readonly Design[];
  readonly rewards: Float64Array;
  readonly good: readonly boolean[];
}

/** "temperature above 61.5 and catalyst is B: 41 rows, 78 % good, mean yield 81.2". */
export function ruleText({ conditions, rows, goodShare, meanReward }: Rule, reward: string): string {
  const count = `${rows} row${rows === 1 ? '' : 's'}`;
  const average = Number(meanReward.toPrecision(3));
  return `${conditionsText(conditions)}: ${count}, ${Math.round(100 * goodShare)} % good, mean ${reward} ${average}`;
}

/**
 * What separates the best quarter of the labelled rows from the rest: the leaves of a shallow classification tree on the encoded
 * designs, as rules in own units. The tree sees at most `maxRows` rows, as many good ones in proportion; the figures of a rule are
 * those of all labelled rows. Leaves have at least 5 rows (a fortieth of what the tree sees, if that is more), and those whose
 * share of good rows could be chance among so many possible splits are left out. Rewards of NaN are unlabelled.
 */
export function separatingRules(
  space: Space,
  designs: readonly Design[],
  rewards: Float64Array,
  { direction, stream, depth = 3, maxRows = rowsFor(space) }: SeparationOptions,
): Separation {
  const labelled = Array.from(rewards.keys()).filter((row) => Number.isFinite(rewards[row]));
  const own = Float64Array.from(labelled, (row) => rewards[row]!);
  const { good, reward } = goodRows(own, direction === 'maximize' ? 1 : -1);
  const rows: Rows = { designs: labelled.map((row) => designs[row]!), rewards: own, good };
  const count = good.filter(Boolean).length;
  const summary = { rows: count, of: own.length, reward };
  if (count === 0 || count === own.length) return { good: summary, rules: [] };

  const sample = sampleRows(rows, maxRows, stream.split('rows'));
  const seen = sample.map((row) => rows.designs[row]!);
  const { root, splits } = growTree(
    seen.map((design) => space.encode(design)),
    sample.map((row) => good[row]!),
    { depth, leastRows: Math.max(5, Math.round(seen.length / 40)) },
  );
  const share = count / own.length;
  const deviation = (rule: Rule): number => ((rule.goodShare - share) ** 2 * rule.rows) / (share * (1 - share));
  const rules = leaves(space, seen, root, [])
    .map((conditions) => ruleOf(space, merged(space, conditions), rows))
    .filter((rule) => rule.conditions.length > 0 && !couldBeChance(deviation(rule), splits));
  return { good: summary, rules: rules.sort((a, b) => b.goodShare - a.goodShare || b.rows - a.rows) };
}

/** `ml-cart`'s search for a split takes time proportional to the columns and to the square of the rows. */
function rowsFor({ columns }: Space): number {
  const ordered = columns.filter(({ kind }) => kind === 'scalar').length;
  return Math.min(400, Math.max(200, Math.round(400 * Math.sqrt(40 / ordered))));
}

/** The best quarter, rows equal to its last one included, unless these would be more than half of all: then what is better. */
function goodRows(rewards: Float64Array, sign: 1 | -1): { good: readonly boolean[]; reward: number } {
  const better = rewards.map((reward) => sign * reward);
  const sorted = better.slice().sort().reverse();
  const last = sorted[Math.ceil(sorted.length / 4) - 1] ?? NaN;
  const tied = better.filter((value) => value >= last).length;
  const good = Array.from(better, (value) => (2 * tied > better.length ? value > last : value >= last));
  const least = better.reduce((low, value, row) => (good[row] ? Math.min(low, value) : low), Infinity);
  return { good, reward: least === Infinity ? NaN : sign * least };
}

/** At most about `maxRows` row numbers, as many good ones in proportion, the good ones first. */
function sampleRows({ good }: Rows, maxRows: number, stream: RandomStream): readonly number[] {
  const part = Math.min(1, maxRows / good.length);
  return [true, false].flatMap((kind) => {
    const group = Array.from(good.keys()).filter((row) => good[row] === kind);
    const order = stream.split(String(kind)).permutation(group.length);
    return Array.from(order.subarray(0, Math.ceil(part * group.length)), (i) => group[i]!);
  });
}

/** The conditions of every leaf of a tree on the designs. */
function leaves(
  space: Space,
  designs: readonly Design[],
  { split }: Branch,
  conditions: readonly Condition[],
): readonly (readonly Condition[])[] {
  if (split === undefined) return [conditions];
  const { coordinate, low, high } = split;
  const pick = ({ rows }: Branch): readonly Design[] => rows.map((row) => designs[row]!);
  const [below, above] = conditionsOf(space, coordinate, pick(low), pick(high));
  return [
    ...leaves(space, designs, low, [...conditions, below]),
    ...leaves(space, designs, high, [...conditions, above]),
  ];
}

/** What designs with a low and those with a high value of a coordinate have in common, in own units. */
function conditionsOf(
  space: Space,
  coordinate: number,
  low: readonly Design[],
  high: readonly Design[],
): readonly [Condition, Condition] {
  const column = space.columns.findLast(({ offset }) => offset <= coordinate)!;
  const { name: parameter } = column;
  if (column.kind === 'onehot') {
    const place = coordinate - column.offset;
    const value = choicesOf(column)[place % column.choices]!;
    const position = Math.floor(place / column.choices) + 1;
    const factor = column.parameter.type === 'sequence' ? { parameter, position } : { parameter };
    return [
      { ...factor, relation: 'is not', value },
      { ...factor, relation: 'is', value },
    ];
  }
  const own = (design: Design): number => magnitude(column.parameter, design[parameter]!);
  const value = threshold(column, Math.max(...low.map(own)), Math.min(...high.map(own)));
  return [
    { parameter, relation: 'at most', value },
    { parameter, relation: 'above', value },
  ];
}

/** A value of the parameter from `low` to below `high`, in the fewest digits. */
function threshold({ parameter }: EncodedColumn, low: number, high: number): Value {
  if (parameter.type === 'ordinal') return parameter.values[low]!;
  if (parameter.type !== 'real' && parameter.type !== 'integer') return low;
  const { min, scale, step = parameter.type === 'integer' ? 1 : undefined } = parameter;
  const steps = (value: number): number => (value - min) / (step ?? 1);
  const allowed = (value: number): boolean =>
    step === undefined || Math.abs(steps(value) - Math.round(steps(value))) < 1e-6;
  return roundBetween(low, high, scale === 'log', allowed);
}

function ruleOf(space: Space, conditions: readonly Condition[], { designs, rewards, good }: Rows): Rule {
  let [rows, goodCount, total] = [0, 0, 0];
  designs.forEach((design, row) => {
    if (!matches(space, conditions, design)) return;
    rows++;
    goodCount += Number(good[row]);
    total += rewards[row]!;
  });
  return { conditions, rows, goodShare: goodCount / rows, meanReward: total / rows };
}
