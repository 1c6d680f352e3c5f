export { fitEnsemble } from './ensemble.ts';
export type { EnsembleLoss } from './ensemble-network.ts';
export { ensembleTrainingFor, type EnsembleTraining } from './ensemble-training.ts';
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
