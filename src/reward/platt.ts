import { mean, standardDeviation } from '../base/index.ts';

/** Turns a score into a probability: sigmoid(slope score + intercept). */
export interface PlattScaling {
  /** At least 0: a larger score never means a smaller probability. */
  readonly slope: number;
  readonly intercept: number;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const logit = (p: number): number => Math.log(p / (1 - p));

/** log(1 + exp(x)) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Platt's targets (Platt 1999, equations 9 and 10): short of 1 and of 0 by what a class of so few members leaves open, so that three
 * of a kind are never certain.
 */
function softTargets(labels: readonly boolean[]): Float64Array {
  const positive = labels.filter((label) => label).length;
  const negative = labels.length - positive;
  return Float64Array.from(labels, (label) => (label ? (positive + 1) / (positive + 2) : 1 / (negative + 2)));
}

const newtonSteps = 100;

/** The minimum of the mean log loss over slope and intercept plus slope^2 / 2n, by Newton's method with halved steps. */
function logisticRegression(scores: Float64Array, targets: Float64Array): PlattScaling {
  const loss = (slope: number, intercept: number): number =>
    scores.reduce(
      (sum, score, i) => {
        const z = slope * score + intercept;
        return sum + softplus(z) - targets[i]! * z;
      },
      slope ** 2 / 2,
    );
  let [slope, intercept] = [0, logit(mean(targets))];
  let reached = loss(slope, intercept);
  for (let step = 0; step < newtonSteps; step++) {
    let [g, h] = [slope, 0];
    let [gg, gh, hh] = [1, 0, 0];
    scores.forEach((score, i) => {
      const p = sigmoid(slope * score + intercept);
      const [residual, curvature] = [p - targets[i]!, p * (1 - p)];
      g += residual * score;
      h += residual;
      gg += curvature * score * score;
      gh += curvature * score;
      hh += curvature;
    });
    const determinant = gg * hh - gh * gh;
    if (!(determinant > 0)) break;
    const [ds, di] = [(hh * g - gh * h) / determinant, (gg * h - gh * g) / determinant];
    let size = 1;
    while (size > 1e-6 && !(loss(slope - size * ds, intercept - size * di) <= reached)) size /= 2;
    if (size <= 1e-6) break;
    slope -= size * ds;
    intercept -= size * di;
    const next = loss(slope, intercept);
    if (reached - next < 1e-12 * Math.abs(reached)) break;
    reached = next;
  }
  return { slope, intercept };
}

/**
 * Platt scaling of n scores to n labels, both kinds of which must occur. The slope, per standard deviation of the scores, has a
 * standard normal prior: few labels of one kind leave the probabilities near the base rate. Scores that order the labels no better
 * than backwards get a slope of 0, which is the base rate for every score.
 */
export function plattScaling(scores: Float64Array, labels: readonly boolean[]): PlattScaling {
  const targets = softTargets(labels);
  const base: PlattScaling = { slope: 0, intercept: logit(mean(targets)) };
  const [center, spread] = [mean(scores), standardDeviation(scores)];
  if (!(spread > 0)) return base;
  const { slope, intercept } = logisticRegression(
    scores.map((score) => (score - center) / spread),
    targets,
  );
  return slope > 0 ? { slope: slope / spread, intercept: intercept - (slope * center) / spread } : base;
}
