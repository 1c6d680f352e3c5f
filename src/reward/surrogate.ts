import type { Observer, RandomStream } from '../base/index.ts';
import type { LossCurve, Runtime } from '../graph/index.ts';

/** Predicted rewards of n designs: mean and standard deviation, n each, in the reward's own units. */
export interface Predictions {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** How well a surrogate orders and predicts rows that it was not trained on. */
export interface SurrogateQuality {
  readonly rows: number;
  /** Spearman's rank correlation, -1 to 1. */
  readonly rankCorrelation: number;
  readonly r2: number;
}

export interface LabelledRows {
  /** n x d in encoded coordinates. */
  readonly designs: Float32Array;
  readonly dimension: number;
  /** n, own units, all finite. */
  readonly rewards: Float64Array;
}

/** A learned model of the reward. */
export interface Surrogate {
  /** Of n x d designs in encoded coordinates. */
  predict(designs: Float32Array): Promise<Predictions>;
  readonly quality: SurrogateQuality;
  readonly curve: LossCurve;
  /** Sizes and rates that it was fitted with. */
  readonly settings: Readonly<Record<string, number | string>>;
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
