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
  /** How well a design belongs to the data, in (0, 1]: uniform over designs like those of the table. */
  readonly trust: Float64Array;
  /** The probability that the experiment works, in [0, 1]; 1 where nothing is known to fail. */
  readonly feasible: Float64Array;
  /** What designs are compared by, larger being better whatever the direction. */
  readonly bound: Float64Array;
}

export interface Judge {
  /** Of n x d encoded designs. */
  judge(designs: Float32Array): Promise<Judgement>;
  dispose(): Promise<void>;
}

export interface JudgeOptions {
  readonly runtime: Runtime;
  readonly model: DiffusionModel;
  /** Encoded designs of the data that the denoiser was not trained on, m x d. */
  readonly reference: Float32Array;
  readonly surrogate: Surrogate;
  readonly feasibility?: Feasibility;
  /** Measured rewards, own units. */
  readonly rewards: Float64Array;
  readonly direction: Direction;
  readonly caution: number;
  readonly stream: RandomStream;
}

/** The reward that an experiment which fails is worth: this quantile of the measured ones, counted from the worse end. */
const failureQuantile = 0.1;

/**
 * Judges designs by what the surrogate predicts and by how much they are like the data. The bound is mean - caution std, towards the
 * better side, with std multiplied by 1 + 5 excess off the data (`Support.excess`). Where experiments can fail it is the expectation
 * over success (that bound) and failure (a poor reward of the data).
 */
export async function createJudge(options: JudgeOptions): Promise<Judge> {
  const { runtime, model, reference, surrogate, feasibility, rewards, direction, caution, stream } = options;
  const support = await createSupport(runtime, model, reference, stream.split('support of rows'));
  const sign = direction === 'maximize' ? 1 : -1;
  const failure = quantile(
    rewards.map((reward) => sign * reward),
    failureQuantile,
  );
  let calls = 0;
  return {
    judge: async (designs) => {
      const predicted = await surrogate.predict(designs);
      const errors = await support.errors(designs, stream.split('support of designs', calls++));
      const excess = support.excess(errors);
      const std = predicted.std.map((value, i) => value * (1 + doubtWeight * excess[i]!));
      const feasible = (await feasibility?.predict(designs)) ?? new Float64Array(errors.length).fill(1);
      const bound = predicted.mean.map((value, i) => {
        const success = sign * value - caution * std[i]!;
        return feasible[i]! * success + (1 - feasible[i]!) * Math.min(success, failure);
      });
      return { mean: predicted.mean, std, trust: support.trust(errors), feasible, bound };
    },
    dispose: () => support.dispose(),
  };
}
