export {
  modelFile,
  readModel,
  sampleModel,
  sampleStream,
  type LoadedModel,
  type ModelFacts,
  type Sampled,
  type SampleOptions,
} from './model-file.ts';
export { defaultThreads, trainOnTable, type ModelOptions, type TrainedDenoiser } from './models.ts';
export { propose, type ProposeOptions } from './propose.ts';
export type { Prediction, Proposal, ProposeCounts, ProposeResult, TargetOutcome } from './types.ts';
export type { LossCurve } from '../graph/index.ts';
export type { SurrogateQuality } from '../reward/index.ts';
