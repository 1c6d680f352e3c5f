import type { Observer, RandomStream } from '../base/index.ts';
import type { LossCurve, Runtime, Tensor } from '../graph/index.ts';
import type { EncodedLayout } from './groups.ts';

export const surrogateKinds = ['ensemble', 'forest', 'gaussian-process'] as const;
export type SurrogateKind = (typeof surrogateKinds)[number];

/** A kind of model, or several kinds as one. */
export type SurrogateName = SurrogateKind | 'blend';

/** Predicted rewards of n designs: mean and standard deviation, n each, in the reward's own units. */
export interface Predictions {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** How often the truth lies in the central normal interval that holds it with probability `level`. */
export interface Coverage {
  readonly level: number;
  /** Share of held-out rows, 0 to 1. */
  readonly share: number;
}

/** How well a surrogate orders and predicts rows that it was not trained on, and how honest its intervals are. */
export interface SurrogateQuality {
  /** Held-out rows that were judged. */
  readonly rows: number;
  /** Spearman's rank correlation, -1 to 1. */
  readonly rankCorrelation: number;
  /** Share of the rewards' variance that is predicted: at most 1, below 0 for predictions worse than the mean. */
  readonly r2: number;
  readonly coverage: readonly Coverage[];
  /** Mean distance of shares from their levels, 0 to 1. */
  readonly calibrationError: number;
}

export interface LabelledRows extends EncodedLayout {
  /** n x d in encoded coordinates. */
  readonly designs: Float32Array;
  /** n, own units, all finite. */
  readonly rewards: Float64Array;
}

/** A surrogate that was tried. */
export interface Compared {
  readonly name: SurrogateName;
  readonly quality: SurrogateQuality;
}

/** A learned model of the reward. */
export interface Surrogate {
  readonly name: SurrogateName;
  /** Of n x d designs in encoded coordinates. */
  predict(designs: Float32Array): Promise<Predictions>;
  /** For each fitted row what is predicted of it by (a part of) the model that did not see it; NaN where there is none. */
  readonly heldOut: Predictions;
  /** Judged from `heldOut`. */
  readonly quality: SurrogateQuality;
  /** All that were tried, where it was chosen among several. */
  readonly compared?: readonly Compared[];
  /** Without points where nothing is trained in steps. */
  readonly curve: LossCurve;
  /** Sizes and rates that it was fitted with. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** The predicted mean as tensors: encoded designs [n, d] to [n, 1] in own units, differentiable; absent for a forest, whose steps have no
   *  slope. Of a blend it is the mean of the members that have one. */
  readonly graph?: (designs: Tensor) => Tensor;
  /** Covariances of what would be measured of m designs, m x m, own units squared, with the variances of `predict`; absent where only
   *  these are known. */
  readonly covariance?: (designs: Float32Array) => Promise<Float64Array>;
  /** Whether its standard deviation grows by itself with the distance from the rows (no, where absent). */
  readonly doubtsDistance?: boolean;
  dispose(): Promise<void>;
}

export interface SurrogateContext {
  readonly runtime: Runtime;
  readonly stream: RandomStream;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** Every kind of surrogate is fitted by a function of this signature. */
export type FitSurrogate = (rows: LabelledRows, context: SurrogateContext) => Promise<Surrogate>;

export const noCurve: LossCurve = { steps: [], train: [], heldOut: [], bestStep: 0 };
