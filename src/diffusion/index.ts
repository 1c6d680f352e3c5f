export {
  constrained,
  inTurn,
  withFixed,
  withinBox,
  withinSlabs,
  type Constrain,
  type HalfSpaces,
} from './constrain.ts';
export { denoise, denoiserShapes, initialDenoiser, lossWeight, type Condition, type DenoiserSize } from './denoiser.ts';
export { classifierFree, conditional, type ConditionalDenoiser, type Guidance } from './guidance.ts';
export { rewardNormalization, type RewardNormalization } from './normalization.ts';
export type { PseudoLabels } from './rows.ts';
export {
  defaultSampling,
  drawSamples,
  sampleDesigns,
  samplingGraph,
  samplingInputs,
  type FixedCoordinates,
  type SampleRequest,
  type SamplingOptions,
} from './sample.ts';
export {
  dpmSolver2M,
  euler,
  eulerAncestral,
  heun,
  samplers,
  type Estimate,
  type NamedSampler,
  type Sampler,
  type SamplerInputs,
  type SamplerName,
} from './samplers.ts';
export {
  karrasSchedule,
  noiseSchedules,
  vpCosineSchedule,
  vpLinearSchedule,
  type NoiseSchedule,
  type NoiseScheduleName,
} from './schedule.ts';
export {
  denoiserTrainingFor,
  denoisingLoss,
  trainDenoiser,
  type DenoiserTraining,
  type DiffusionModel,
  type TrainDenoiserOptions,
} from './train.ts';
export {
  binnedWeights,
  exponentialWeights,
  rowWeightings,
  uniformWeights,
  weightedIndices,
  type RowWeighting,
  type WeightingName,
} from './weights.ts';
export { denoisingErrors } from './support.ts';
