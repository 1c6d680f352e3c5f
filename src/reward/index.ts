export {
  eligible,
  fitSurrogate,
  score,
  standing,
  type ChosenSurrogate,
  type Compared,
  type SurrogateChoice,
} from './choose.ts';
export { fitEnsemble } from './ensemble.ts';
export type { EnsembleLoss } from './ensemble-network.ts';
export { ensembleTrainingFor, type EnsembleTraining } from './ensemble-training.ts';
export { fitForest, forestDefaults, type ForestTraining } from './forest.ts';
export { fitGaussianProcess } from './gaussian-process.ts';
export { gaussianProcessDefaults, type GaussianProcessTraining } from './gaussian-process-training.ts';
export { columnGroups } from './groups.ts';
export { calibration, judge, widened } from './quality.ts';
export {
  noCurve,
  surrogateNames,
  type Coverage,
  type FitSurrogate,
  type LabelledRows,
  type Predictions,
  type Surrogate,
  type SurrogateContext,
  type SurrogateName,
  type SurrogateQuality,
} from './surrogate.ts';
