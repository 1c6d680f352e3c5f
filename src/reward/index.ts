export { ensembleTrainingFor, fitEnsemble, type EnsembleTraining } from './ensemble.ts';
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
export type {
  FitSurrogate,
  LabelledRows,
  Predictions,
  Surrogate,
  SurrogateContext,
  SurrogateQuality,
} from './surrogate.ts';
