import type { NamedValues } from '../graph/index.ts';
import type { RewardNormalization } from './normalization.ts';
import { uniformWeights, type RowWeighting } from './weights.ts';

/**
 * What a surrogate says of the rewards of n rows, in own units: mean and standard deviation, the noise of the reward included (Yuan et
 * al. 2023, arXiv:2307.07055, algorithm 1, where the noise is a constant). Each time a row is drawn its reward is told as mean plus
 * fresh noise of that standard deviation: where the surrogate is honest, design and reward then have the distribution of measured
 * ones. Entries of rows with a reward are not read.
 */
export interface PseudoLabels {
  readonly mean: Float64Array;
  readonly std: Float64Array;
  /**
   * Least share of measured rewards among those told in training, in [0, 1] (0.1). By number and trust alone measured rows would be
   * next to nothing where few are, and the conditional would be the surrogate's own, mistakes included. A large share makes the few
   * rows count so often that they are learnt by heart; 1 leaves pseudo-labels without effect.
   */
  readonly labelledShare?: number;
}

/** Rows as a denoiser is trained on them. */
export interface TrainingRows {
  /** n x d, standardised. */
  readonly designs: Float32Array;
  /** n in own units: measured, or the mean of a pseudo-label; NaN where there is neither. */
  readonly rewards: Float64Array;
  /** n: standard deviation of the pseudo-label; 0 for any other row. */
  readonly spread: Float64Array;
  /** n: 1 for a measured reward, 0 for none, between them for a pseudo-label. */
  readonly trust: Float64Array;
}

/**
 * Rows of which those without a reward take that of a pseudo-label where there is one. A pseudo-label is trusted for the share of the
 * reward's variance that it leaves no doubt about, 1 - std^2 / variance; one that is trusted for nothing is none, and one without any
 * doubt counts as measured.
 */
export function trainingRows(
  designs: Float32Array,
  measured: Float64Array,
  { std: scale }: RewardNormalization,
  pseudo: PseudoLabels | undefined,
): TrainingRows {
  const trust = measured.map((reward, row) => {
    if (!Number.isNaN(reward)) return 1;
    const known = pseudo === undefined ? 0 : 1 - (pseudo.std[row]! / scale) ** 2;
    return known > 0 && Number.isFinite(pseudo?.mean[row]) ? known : 0;
  });
  const isPseudo = (row: number): boolean => Number.isNaN(measured[row]) && trust[row]! > 0;
  return {
    designs,
    rewards: measured.map((reward, row) => (isPseudo(row) ? pseudo!.mean[row]! : reward)),
    spread: measured.map((_, row) => (isPseudo(row) ? pseudo!.std[row]! : 0)),
    trust,
  };
}

export function pickRows(all: TrainingRows, dimension: number, rows: Uint32Array): TrainingRows {
  const designs = new Float32Array(rows.length * dimension);
  rows.forEach((row, at) => designs.set(all.designs.subarray(row * dimension, (row + 1) * dimension), at * dimension));
  const picked = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  return { designs, rewards: picked(all.rewards), spread: picked(all.spread), trust: picked(all.trust) };
}

/** Rewards standardised so that larger is better, 0 and a flag where unknown; standard deviations only where pseudo-labels are used. */
export function dataValues(
  { designs, rewards, spread }: TrainingRows,
  dimension: number,
  { mean, std }: RewardNormalization,
  usePseudo: boolean,
): NamedValues {
  const n = rewards.length;
  const column = (data: Float32Array) => ({ shape: [n, 1], data });
  return {
    designs: { shape: [n, dimension], data: designs },
    rewards: column(Float32Array.from(rewards, (r) => (Number.isNaN(r) ? 0 : (r - mean) / std))),
    unlabelled: column(Float32Array.from(rewards, (r) => (Number.isNaN(r) ? 1 : 0))),
    ...(usePseudo ? { spread: column(Float32Array.from(spread, (s) => s / Math.abs(std))) } : {}),
  };
}

/** What `weighting` gives each row for its reward, measured or not; 0 where there is none. */
function weightsByReward(
  { rewards }: TrainingRows,
  { std }: RewardNormalization,
  weighting: RowWeighting,
): Float64Array {
  const told = weighting(rewards.filter((reward) => !Number.isNaN(reward)).map((reward) => reward * Math.sign(std)));
  let next = 0;
  return rewards.map((reward) => (Number.isNaN(reward) ? 0 : told[next++]!));
}

/** The rows with pseudo-labels trusted less, all by one factor, where measured rewards would be fewer than `labelledShare` of those told. */
export function withLabelledShare(
  rows: TrainingRows,
  normalization: RewardNormalization,
  weighting: RowWeighting,
  labelledShare: number,
): TrainingRows {
  if (!rows.trust.some((trust) => trust > 0 && trust < 1)) return rows;
  const byReward = weightsByReward(rows, normalization, weighting);
  let [measured, pseudo] = [0, 0];
  rows.trust.forEach((trust, row) => {
    if (trust === 1) measured += byReward[row]!;
    else pseudo += trust * byReward[row]!;
  });
  if (measured >= labelledShare * (measured + pseudo)) return rows;
  const factor = (measured * (1 - labelledShare)) / (labelledShare * pseudo);
  return { ...rows, trust: rows.trust.map((trust) => (trust === 1 ? 1 : factor * trust)) };
}

/**
 * How often a row is drawn. One with a reward: by `weighting`, on average 1. One without: as often as an average labelled row has its
 * reward withheld; else the denoiser without a reward, which guidance starts from, would take the unlabelled rows for nearly all there
 * are. One with a pseudo-label: between the two by its trust, `weighting` taking its mean for the reward. The noise is not weighed, so
 * of the designs that are told one reward those with the better mean are favoured: with exponential weights by std^2 over the scale.
 */
export function rowWeights(
  rows: TrainingRows,
  normalization: RewardNormalization,
  weighting: RowWeighting,
  withheldShare: number,
): Float64Array {
  const { rewards, trust } = rows;
  if (rewards.every(Number.isNaN)) return uniformWeights(rewards);
  const byReward = weightsByReward(rows, normalization, weighting);
  return trust.map((t, row) => t * byReward[row]! + (1 - t) * withheldShare);
}

/**
 * How often the reward of each row is withheld when it is drawn: `withheldShare` of the measured ones, always where there is none. A
 * row with a pseudo-label is in part the one and in part the other, by its trust.
 */
export function withheldShares({ trust }: TrainingRows, withheldShare: number): Float64Array {
  return trust.map((t) => (t === 0 ? 1 : withheldShare / (t + (1 - t) * withheldShare)));
}
