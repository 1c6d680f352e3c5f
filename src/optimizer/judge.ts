import { quantile, type RandomStream } from '../base/index.ts';
import { createSupport, type DiffusionModel } from '../diffusion/index.ts';
import type { Runtime } from '../graph/index.ts';
import type { Feasibility, Surrogate } from '../reward/index.ts';
import type { Direction } from '../table/index.ts';

/** How much of the standard deviation a prediction must give up before it is compared: offline, doubt counts against a design. */
export const defaultCaution = 0.5;

/** How fast doubt grows beyond the data: docs/decisions.md. */
export const doubtWeight = 5;

/** A design that more than this share of the data is more like the data than is marked as beyond it. */
export const leastTrust = 0.05;

/** What is thought of n designs, n numbers each. */
export interface Judgement {
  /** The predicted reward, own units. */
  readonly mean: Float64Array;
  /** Its standard deviation, own units, raised where the design is unlike the data. */
  readonly std: Float64Array;
  /** The same, as the surrogate gives it. */
  readonly surrogateStd: Float64Array;
  /** How well a design belongs to the data, in (0, 1]: uniform over designs like those of the table. */
  readonly trust: Float64Array;
  /** The probability that the experiment works, in [0, 1]; 1 where nothing is known to fail. */
  readonly feasible: Float64Array;
  /** What designs are compared by, larger being better whatever the direction. */
  readonly bound: Float64Array;
  /** The bound moved by what the denoiser knows of the reward, if that was asked for: for samples and measured designs, since a search
   *  would exploit it. */
  readonly informed: Float64Array;
}

export interface Judge {
  /** Of n x d encoded designs. `informed` (true): what the denoiser knows of their rewards is asked for. */
  judge(designs: Float32Array, options?: { readonly informed?: boolean }): Promise<Judgement>;
  /** What the denoiser's opinion is worth beside the surrogate's (`evidenceWeight`). */
  readonly evidenceWeight: number;
  /** How fast its doubt grows beyond the data. */
  readonly doubtOffData: number;
  dispose(): Promise<void>;
}

export interface JudgeOptions {
  readonly runtime: Runtime;
  readonly model: DiffusionModel;
  /** Encoded designs of the data that the denoiser was not trained on, m x d. */
  readonly reference: Float32Array;
  readonly surrogate: Surrogate;
  readonly unseen: Unseen;
  readonly feasibility?: Feasibility;
  /** How fast doubt grows beyond the data. Default `doubtWeight`. */
  readonly doubtOffData?: number;
  /** How remote designs are from those whose rewards the surrogate knows; for one that does not doubt distance by itself. */
  readonly remoteness?: (designs: Float32Array) => Float64Array;
  /** Measured rewards, own units. */
  readonly rewards: Float64Array;
  readonly direction: Direction;
  readonly caution: number;
  /** How many standard deviations a prediction gains before it is compared, doubt off the data excepted; without it doubt of every kind
   *  counts against a design. */
  readonly exploration?: number;
  readonly stream: RandomStream;
}

/** Evidence beyond so many standard deviations counts as so many. */
const largestEvidence = 3;

/** Designs that neither model was fitted to, m x d, and how far the surrogate's prediction fell short of their rewards, in its standard
 *  deviations, towards the better side (m). */
export interface Unseen {
  readonly designs: Float32Array;
  readonly residuals: Float64Array;
}

/** What the evidence is worth before any row says so, and how many rows count as much as that: docs/decisions.md. */
const priorWeight = { mean: 0.3, rows: 50 } as const;

/**
 * How many of its standard deviations a prediction moves for each of the evidence: the slope of residuals on evidence over unseen rows,
 * which says what the denoiser knows and the surrogate does not; never less than 0. Ridge regression around the prior weight.
 */
export function evidenceWeight(evidence: Float64Array, residuals: Float64Array): number {
  let [product, square]: [number, number] = [priorWeight.rows * priorWeight.mean, priorWeight.rows];
  evidence.forEach((value, i) => {
    product += value * residuals[i]!;
    square += value * value;
  });
  return Math.max(0, product / square);
}

/** The reward that an experiment which fails is worth: this quantile of the measured ones, counted from the worse end. */
const failureQuantile = 0.1;

/**
 * Judges designs by what the surrogate predicts, by how much they are like the data, and by what the denoiser knows of their reward. The
 * bound is mean - caution std, towards the better side, with std multiplied by 1 + `doubtOffData` (excess + remoteness)
 * (`Support.excess`, and `remoteness` where it is given); informed, it is moved by the evidence that the design has the best
 * measured reward (`SupportErrors.evidence`) for what that is worth. Where experiments can fail it is the expectation over success (that
 * bound) and failure (a poor reward of the data). With `exploration` the bound is mean + exploration std, less caution times what std
 * was raised by.
 */
export async function createJudge(options: JudgeOptions): Promise<Judge> {
  const {
    runtime,
    model,
    reference,
    surrogate,
    unseen,
    feasibility,
    doubtOffData = doubtWeight,
    remoteness,
    rewards,
    direction,
    caution,
    exploration,
    stream,
  } = options;
  const sign = direction === 'maximize' ? 1 : -1;
  const best = sign * rewards.reduce((most, reward) => Math.max(most, sign * reward), -Infinity);
  const support = await createSupport(runtime, model, reference, best, stream.split('support of rows'));
  const failure = quantile(
    rewards.map((reward) => sign * reward),
    failureQuantile,
  );
  const limited = (evidence: Float64Array): Float64Array =>
    support.standardEvidence(evidence).map((value) => Math.min(largestEvidence, Math.max(-largestEvidence, value)));
  const { evidence: known } = await support.errors(unseen.designs, stream.split('support of unseen rows'));
  const weight = evidenceWeight(limited(known), unseen.residuals);
  let calls = 0;
  return {
    evidenceWeight: weight,
    doubtOffData,
    judge: async (designs, { informed = true } = {}) => {
      const [predicted, { errors, evidence }] = await Promise.all([
        surrogate.predict(designs),
        support.errors(designs, stream.split('support of designs', calls++), { evidence: informed }),
      ]);
      const opinion = limited(evidence);
      const excess = support.excess(errors);
      const remote = remoteness?.(designs);
      const std = predicted.std.map((value, i) => value * (1 + doubtOffData * (excess[i]! + (remote?.[i] ?? 0))));
      const feasible = (await feasibility?.predict(designs)) ?? new Float64Array(errors.length).fill(1);
      const expected = (success: number, i: number): number =>
        feasible[i]! * success + (1 - feasible[i]!) * Math.min(success, failure);
      const doubt = std.map((value, i) =>
        exploration === undefined
          ? caution * value
          : caution * (value - predicted.std[i]!) - exploration * predicted.std[i]!,
      );
      const success = predicted.mean.map((value, i) => sign * value - doubt[i]!);
      return {
        mean: predicted.mean,
        std,
        surrogateStd: predicted.std,
        trust: support.trust(errors),
        feasible,
        bound: success.map(expected),
        informed: success.map((value, i) => expected(value + weight * (opinion[i] ?? 0) * predicted.std[i]!, i)),
      };
    },
    dispose: () => support.dispose(),
  };
}
