import { quantile, type RandomStream } from '../base/index.ts';

/** A mean with the ends of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One repeat: designs by index, and for each method the candidates that it chose. There are as many decoys as winners. */
export interface Trial<M extends string> {
  readonly winners: readonly number[];
  readonly decoys: readonly number[];
  readonly chosen: Readonly<Record<M, ReadonlySet<number>>>;
}

export interface RecoveryIntervals<M extends string> {
  readonly hits: Readonly<Record<M, Estimate>>;
  /** Winners found by one method beyond those of the other. */
  readonly difference: (one: M, other: M) => Estimate;
}

const resamples = 2000;

/** How often each of n things is in a sample of n drawn with replacement. */
function resample(n: number, stream: RandomStream): Float64Array {
  const times = new Float64Array(n);
  for (let i = 0; i < n; i++) times[stream.integer(n)]!++;
  return times;
}

interface Weights {
  readonly repeats: Float64Array;
  /** By index of the design. */
  readonly designs: Float64Array;
}

/** The winners, or the decoys, of a repeat, and which of them a method chose (1) or not (0). */
interface Side {
  readonly designs: readonly number[];
  readonly chosen: Uint8Array;
}

/** The share of a side that was chosen, over all repeats. */
function chosenShare(sides: readonly Side[], { repeats, designs: weights }: Weights): number {
  let [picked, all] = [0, 0];
  sides.forEach(({ designs, chosen }, repeat) => {
    const times = repeats[repeat]!;
    for (let i = 0; i < designs.length; i++) {
      const weight = times * weights[designs[i]!]!;
      all += weight;
      picked += weight * chosen[i]!;
    }
  });
  return all > 0 ? picked / all : 0;
}

/**
 * Winners found by each method among `count` chosen, and their differences, over repeats that share their winners: the bootstrap
 * draws designs (winners and decoys apart) and repeats, both with replacement (the pigeonhole bootstrap, Owen 2007), since one
 * repeat more does not make the table's winners more numerous. The interval holds the middle 95 % of 2,000 draws.
 */
export function recoveryIntervals<M extends string>(
  trials: readonly Trial<M>[],
  methods: readonly M[],
  count: number,
  stream: RandomStream,
): RecoveryIntervals<M> {
  const winners = trials[0]!.winners;
  const decoys = [...new Set(trials.flatMap((trial) => trial.decoys))];
  const size = [...winners, ...decoys].reduce((most, index) => Math.max(most, index), 0) + 1;
  const side = (designs: readonly number[], chosen: ReadonlySet<number>): Side => ({
    designs,
    chosen: Uint8Array.from(designs, (index) => (chosen.has(index) ? 1 : 0)),
  });

  /** Winners found by the method, when designs and repeats count as often as the weights say. */
  const finder = (method: M): ((weights: Weights) => number) => {
    const good = trials.map((trial) => side(trial.winners, trial.chosen[method]));
    const bad = trials.map((trial) => side(trial.decoys, trial.chosen[method]));
    return (weights) => {
      const [right, wrong] = [chosenShare(good, weights), chosenShare(bad, weights)];
      return right + wrong > 0 ? (count * right) / (right + wrong) : count / 2;
    };
  };

  const finders = methods.map(finder);
  const draws = methods.map(() => new Float64Array(resamples));
  for (let draw = 0; draw < resamples; draw++) {
    const designs = new Float64Array(size);
    for (const rows of [winners, decoys]) {
      resample(rows.length, stream).forEach((times, at) => (designs[rows[at]!] = times));
    }
    const weights = { repeats: resample(trials.length, stream), designs };
    finders.forEach((found, at) => (draws[at]![draw] = found(weights)));
  }

  const once = { repeats: new Float64Array(trials.length).fill(1), designs: new Float64Array(size).fill(1) };
  const values = finders.map((found) => found(once));
  const estimate = (value: number, drawn: Float64Array): Estimate => ({
    value,
    low: quantile(drawn, 0.025),
    high: quantile(drawn, 0.975),
  });
  return {
    hits: Object.fromEntries(methods.map((method, at) => [method, estimate(values[at]!, draws[at]!)])) as Record<
      M,
      Estimate
    >,
    difference: (one, other) => {
      const [a, b] = [methods.indexOf(one), methods.indexOf(other)];
      return estimate(
        values[a]! - values[b]!,
        draws[a]!.map((value, draw) => value - draws[b]![draw]!),
      );
    },
  };
}
