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
export {
  classifierFree,
  conditional,
  gradientGuidances,
  lookAhead,
  naiveGradient,
  type ConditionalDenoiser,
  type GradientGuidance,
  type GradientGuidanceName,
  type Guidance,
  type RewardModel,
  type RewardPull,
} from './guidance.ts';
export { rewardNormalization, type RewardNormalization } from './normalization.ts';
export type { PseudoLabels } from './rows.ts';
export {
  defaultSampling,
  drawSamples,
  renoiseDesigns,
  sampleDesigns,
  samplingGraph,
  samplingInputs,
  sigmaOfStrength,
  type FixedCoordinates,
  type PullOptions,
  type RenoiseRequest,
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
export { createSupport, type Support, type SupportErrors } from './support.ts';
