export { ensembleTrainingFor, fitEnsemble, type EnsembleTraining } from './ensemble.ts';
export { fitFeasibility, type Feasibility, type FeasibilityQuality, type FeasibilityRows } from './feasibility.ts';
export type {
  FitSurrogate,
  LabelledRows,
  Predictions,
  Surrogate,
  SurrogateContext,
  SurrogateQuality,
} from './surrogate.ts';
