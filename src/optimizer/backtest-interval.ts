import { quantile, type RandomStream } from '../base/index.ts';

/** A mean with the ends of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One repeat: rows by index of the table's distinct designs, and for each method the candidates that it chose. */
export interface Trial {
  readonly winners: readonly number[];
  readonly decoys: readonly number[];
  readonly chosen: Readonly<Record<string, ReadonlySet<number>>>;
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

/** Winners expected among `count` chosen, when designs and repeats count as often as the weights say. */
function weightedHits(trials: readonly Trial[], method: string, count: number, { repeats, designs }: Weights): number {
  const share = (rowsOf: (trial: Trial) => readonly number[]): number => {
    let [chosen, all] = [0, 0];
    trials.forEach((trial, at) => {
      for (const row of rowsOf(trial)) {
        const weight = repeats[at]! * designs[row]!;
        all += weight;
        if (trial.chosen[method]!.has(row)) chosen += weight;
      }
    });
    return all > 0 ? chosen / all : 0;
  };
  // There are as many decoys as winners, so the shares themselves compare.
  const [winners, decoys] = [share((trial) => trial.winners), share((trial) => trial.decoys)];
  return winners + decoys > 0 ? (count * winners) / (winners + decoys) : count / 2;
}

/**
 * Winners found by each method among `count` chosen, and their differences, over repeats that share their winners: the bootstrap
 * draws designs (winners and decoys apart) and repeats, both with replacement (the pigeonhole bootstrap, Owen 2007), since a repeat
 * more does not make the table's winners more numerous. 95 % of 2,000 draws lie within the interval.
 */
export function recoveryIntervals<M extends string>(
  trials: readonly Trial[],
  methods: readonly M[],
  count: number,
  stream: RandomStream,
): { readonly hits: Readonly<Record<M, Estimate>>; difference(one: M, other: M): Estimate } {
  const winners = trials[0]!.winners;
  const decoys = [...new Set(trials.flatMap((trial) => trial.decoys))];
  const size = Math.max(...winners, ...decoys) + 1;
  const draws = Object.fromEntries(methods.map((method) => [method, new Float64Array(resamples)])) as Record<
    M,
    Float64Array
  >;
  for (let draw = 0; draw < resamples; draw++) {
    const designs = new Float64Array(size);
    for (const rows of [winners, decoys]) {
      resample(rows.length, stream).forEach((times, at) => (designs[rows[at]!] = times));
    }
    const weights = { repeats: resample(trials.length, stream), designs };
    for (const method of methods) draws[method][draw] = weightedHits(trials, method, count, weights);
  }
  const once = { repeats: new Float64Array(trials.length).fill(1), designs: new Float64Array(size).fill(1) };
  const found = (method: M): number => weightedHits(trials, method, count, once);
  const estimate = (value: number, values: Float64Array): Estimate => ({
    value,
    low: quantile(values, 0.025),
    high: quantile(values, 0.975),
  });
  return {
    hits: Object.fromEntries(methods.map((method) => [method, estimate(found(method), draws[method])])) as Record<
      M,
      Estimate
    >,
    difference: (one, other) =>
      estimate(
        found(one) - found(other),
        draws[one].map((value, draw) => value - draws[other][draw]!),
      ),
  };
}
