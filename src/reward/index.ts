export { ensembleTrainingFor, fitEnsemble, type EnsembleTraining } from './ensemble.ts';
export type {
  FitSurrogate,
  LabelledRows,
  Predictions,
  Surrogate,
  SurrogateContext,
  SurrogateQuality,
} from './surrogate.ts';
