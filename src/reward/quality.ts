import { dataError, mean, rankCorrelation, standardDeviation } from '../base/index.ts';
import type { Predictions, SurrogateQuality } from './surrogate.ts';

/** Levels of central intervals, and the standard normal's quantile at (1 + level) / 2. */
const intervals = [
  { level: 0.5, width: 0.6744897501960817 },
  { level: 0.8, width: 1.2815515655446004 },
  { level: 0.95, width: 1.959963984540054 },
] as const;

/** Errors below this share of the rewards' largest size are rounding. */
const rounding = 1e-9;

/** Throws a data error for fewer rows than can be both trained on and checked. */
export function checkRows(rewards: Float64Array): void {
  if (rewards.length >= 2) return;
  throw dataError(
    `a surrogate needs at least 2 labelled rows, one to train on and one to check it, got ${rewards.length}`,
  );
}

/** The rows that have a held-out prediction. */
function judged({ mean: predicted }: Predictions): number[] {
  return Array.from(predicted.keys()).filter((row) => Number.isFinite(predicted[row]));
}

/** Judges any surrogate by its held-out predictions of rows (n) and their true rewards (n). */
export function judge(heldOut: Predictions, rewards: Float64Array): SurrogateQuality {
  const rows = judged(heldOut);
  const truth = rows.map((row) => rewards[row]!);
  const predicted = rows.map((row) => heldOut.mean[row]!);
  const errors = truth.map((value, i) => Math.abs(value - predicted[i]!));
  const variance = rows.length === 0 ? 0 : standardDeviation(truth) ** 2;
  const tolerance = rounding * truth.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const coverage = intervals.map(({ level, width }) => {
    const inside = rows.filter((row, i) => errors[i]! <= width * heldOut.std[row]! + tolerance);
    return { level, share: inside.length / Math.max(1, rows.length) };
  });
  return {
    rows: rows.length,
    rankCorrelation: rows.length === 0 ? 0 : rankCorrelation(predicted, truth),
    r2: variance > tolerance ** 2 ? 1 - mean(errors.map((error) => error ** 2)) / variance : 0,
    coverage,
    calibrationError: mean(coverage.map(({ level, share }) => Math.abs(share - level))),
  };
}

const largestFactor = 10;
/** The factor of this many rows counts half (in the logarithm). */
const halfTrusted = 5;

/**
 * The factor on standard deviations with which the central 80 % interval holds 80 % of held-out rows: the conformal quantile of
 * scaled errors (Papadopoulos et al. 2008), the ceil(0.8 (n + 1))-th smallest, which a few gross outliers do not move as they
 * move the root mean square. Drawn towards 1 for few rows; between 1/10 and 10.
 */
export function calibration(heldOut: Predictions, rewards: Float64Array): number {
  const rows = judged(heldOut);
  if (rows.length === 0) return 1;
  const { level, width } = intervals[1];
  const scaled = Float64Array.from(rows, (row) => {
    const error = Math.abs(rewards[row]! - heldOut.mean[row]!);
    return error === 0 ? 0 : error / heldOut.std[row]!;
  }).sort();
  const place = Math.min(rows.length, Math.ceil(level * (rows.length + 1)));
  const factor = Math.min(largestFactor, Math.max(1 / largestFactor, scaled[place - 1]! / width));
  return factor ** (rows.length / (rows.length + halfTrusted));
}

/** The same means with standard deviations times `factor`. */
export function widened({ mean: center, std }: Predictions, factor: number): Predictions {
  return { mean: center, std: std.map((value) => factor * value) };
}
