export { blend } from './blend.ts';
export {
  eligible,
  fitSurrogate,
  score,
  standings,
  surrogateChoices,
  type ChosenSurrogate,
  type SurrogateChoice,
  type SurrogateUse,
} from './choose.ts';
export { fitEnsemble } from './ensemble.ts';
export type { EnsembleLoss } from './ensemble-network.ts';
export { ensembleTrainingFor, type EnsembleTraining } from './ensemble-training.ts';
export { explain, type Explanation } from './explain.ts';
export { conditionsText, factorText, matches, type Condition, type Factor } from './explain-conditions.ts';
export {
  parameterInfluence,
  type Influence,
  type InfluenceOptions,
  type PartialDependence,
  type PredictRewards,
} from './explain-influence.ts';
export { ruleText, separatingRules, type Rule, type Separation, type SeparationOptions } from './explain-rules.ts';
export { fitFeasibility, type Feasibility, type FeasibilityQuality, type FeasibilityRows } from './feasibility.ts';
export { fitForest, forestDefaults, type ForestTraining } from './forest.ts';
export { fitGaussianProcess } from './gaussian-process.ts';
export { gaussianProcessDefaults, type GaussianProcessTraining } from './gaussian-process-training.ts';
export {
  choicesOnly,
  columnGroups,
  encodedLayout,
  sequenceSpans,
  type EncodedLayout,
  type SequenceSpan,
} from './groups.ts';
export { calibration, judge, widened } from './quality.ts';
export {
  noCurve,
  surrogateKinds,
  type Compared,
  type Coverage,
  type FitSurrogate,
  type LabelledRows,
  type Predictions,
  type Surrogate,
  type SurrogateContext,
  type SurrogateKind,
  type SurrogateName,
  type SurrogateQuality,
} from './surrogate.ts';
