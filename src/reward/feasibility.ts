import { mean, ranks, type Observer, type RandomStream } from '../base/index.ts';
import { logit, plattScaling, sigmoid } from './platt.ts';
import type { FitSurrogate, LabelledRows, Surrogate, SurrogateContext } from './surrogate.ts';

export interface FeasibilityRows extends Omit<LabelledRows, 'rewards'> {
  /** n: whether each design's experiment worked. */
  readonly feasible: readonly boolean[];
}

/** How well rows that a model did not see are told apart. */
export interface FeasibilityQuality {
  readonly rows: number;
  /** Those of them that failed. */
  readonly failed: number;
  /** Probability that a row that worked is given a higher probability than one that failed, 0 to 1; 0.5 where nothing is told apart. */
  readonly auc: number;
  /** Mean squared distance of the probability from 1 or 0 (Brier 1950). The base rate p alone has p (1 - p). */
  readonly brier: number;
}

/** A learned model of which designs work. */
export interface Feasibility {
  /** Probabilities in [0, 1] that n x d designs in encoded coordinates work: n. */
  predict(designs: Float32Array): Promise<Float64Array>;
  readonly quality: FeasibilityQuality;
  dispose(): Promise<void>;
}

/** The area under the ROC curve: share of pairs of a positive and a negative in which the positive scores higher, ties half. */
export function areaUnderCurve(scores: Float64Array, labels: readonly boolean[]): number {
  const positive = labels.filter((label) => label).length;
  const negative = labels.length - positive;
  if (positive === 0 || negative === 0) return 0.5;
  const sum = ranks(scores).reduce((total, rank, i) => total + (labels[i] === true ? rank : 0), 0);
  return (sum - (positive * (positive - 1)) / 2) / (positive * negative);
}

function qualityOf(probabilities: Float64Array, feasible: readonly boolean[]): FeasibilityQuality {
  return {
    rows: feasible.length,
    failed: feasible.filter((value) => !value).length,
    auc: areaUnderCurve(probabilities, feasible),
    brier: mean(probabilities.map((p, i) => (p - Number(feasible[i])) ** 2)),
  };
}

/** The same probability for every design. */
function constantFeasibility(probability: number, { dimension, feasible }: FeasibilityRows): Feasibility {
  return {
    predict: (designs) => Promise.resolve(new Float64Array(designs.length / dimension).fill(probability)),
    quality: qualityOf(new Float64Array(feasible.length).fill(probability), feasible),
    dispose: () => Promise.resolve(),
  };
}

/** Parts that are held out in turn. Each needs both kinds of rows, and so do the rows besides it. */
const parts = 3;

/** The part of each row; rows that worked and rows that failed are each dealt out evenly. */
function dealOut(feasible: readonly boolean[], stream: RandomStream): Uint8Array {
  const partOf = new Uint8Array(feasible.length);
  const dealt = [0, 0];
  stream.permutation(feasible.length).forEach((row) => {
    partOf[row] = dealt[Number(feasible[row])]!++ % parts;
  });
  return partOf;
}

function designsAt(rows: readonly number[], { designs, dimension }: FeasibilityRows): Float32Array {
  const picked = new Float32Array(rows.length * dimension);
  rows.forEach((row, at) => picked.set(designs.subarray(row * dimension, (row + 1) * dimension), at * dimension));
  return picked;
}

/** Progress of one fit as that of all. */
const observerOf =
  (part: number, observer: Observer): Observer =>
  (progress) =>
    observer({
      ...progress,
      stage: 'feasibility',
      done: part * progress.total + progress.done,
      total: parts * progress.total,
    });

/** Log odds of a regression's estimate of a probability. The cut keeps a wild extrapolation from being taken for certainty. */
const scoreOf = (estimate: number): number => logit(Math.min(Math.max(estimate, 0.01), 0.99));

/** Mean log odds of designs by several models. */
async function scores(models: readonly Surrogate[], designs: Float32Array): Promise<Float64Array> {
  const each = await Promise.all(models.map(async (model) => (await model.predict(designs)).mean.map(scoreOf)));
  return each[0]!.map((_, i) => mean(each.map((one) => one[i]!)));
}

/**
 * Fits P(the experiment works | design) by regression on 1 and 0 with any surrogate, on two thirds of the rows three times; a
 * prediction is the mean log odds of the three. Platt scaling (Platt 1999) of the log odds that each third is given by the model that
 * did not see it makes probabilities of them, and the quality is that of the same thirds. With fewer than 3 rows of a kind nothing is
 * fitted: every design has the base rate, (rows that worked + 1) / (rows + 2), or 1 where nothing failed. Throws what the fit throws.
 */
export async function fitFeasibility(
  rows: FeasibilityRows,
  context: SurrogateContext,
  fit: FitSurrogate,
): Promise<Feasibility> {
  const { feasible, ...given } = rows;
  const worked = feasible.filter((value) => value).length;
  if (worked === feasible.length) return constantFeasibility(1, rows);
  if (Math.min(worked, feasible.length - worked) < parts) {
    return constantFeasibility((worked + 1) / (feasible.length + 2), rows);
  }
  const { stream, observer, ...rest } = context;
  const partOf = dealOut(feasible, stream.split('parts'));
  const all = Array.from(feasible.keys());
  const models: Surrogate[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(models.map((model) => model.dispose()));
  };
  try {
    const heldOut = new Float64Array(feasible.length);
    for (let part = 0; part < parts; part++) {
      const [seen, unseen] = [all.filter((row) => partOf[row] !== part), all.filter((row) => partOf[row] === part)];
      const model = await fit(
        {
          ...given,
          designs: designsAt(seen, rows),
          rewards: Float64Array.from(seen, (row) => Number(feasible[row])),
        },
        {
          ...rest,
          stream: stream.split(`part ${part}`),
          ...(observer === undefined ? {} : { observer: observerOf(part, observer) }),
        },
      );
      models.push(model);
      const own = await scores([model], designsAt(unseen, rows));
      unseen.forEach((row, at) => (heldOut[row] = own[at]!));
    }
    const { slope, intercept } = plattScaling(heldOut, feasible);
    const probability = (score: number): number => sigmoid(slope * score + intercept);
    return {
      predict: async (designs) => (await scores(models, designs)).map(probability),
      quality: qualityOf(heldOut.map(probability), feasible),
      dispose,
    };
  } catch (cause) {
    await dispose();
    throw cause;
  }
}
