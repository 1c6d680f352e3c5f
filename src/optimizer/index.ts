export { defaultCount, defaultGuidance, defaultWeighting, poolRule } from './defaults.ts';
export {
  modelFile,
  readModel,
  sampleModel,
  sampleNoise,
  sampleStream,
  type LoadedModel,
  type ModelFacts,
  type Sampled,
  type SampleOptions,
} from './model-file.ts';
export { defaultThreads, trainOnTable, type ModelOptions, type TrainedDenoiser } from './models.ts';
export { encodeNpy } from './npy.ts';
export { propose, type ProposeOptions } from './propose.ts';
export { repair, type Repaired, type RepairResult } from './repair.ts';
export { defaultRepair, leastStrength, type RepairOptions } from './repair-options.ts';
export { defaultTargets } from './targets.ts';
export type { Prediction, Proposal, ProposeCounts, ProposeResult, TargetOutcome } from './types.ts';
export type { LossCurve } from '../graph/index.ts';
export type { SurrogateQuality } from '../reward/index.ts';
