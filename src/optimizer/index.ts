export type { Estimate } from './backtest-interval.ts';
export type { Measures } from './backtest-measure.ts';
export {
  backtest,
  backtestMethods,
  defaultRepeats,
  nearestTo,
  type Advantage,
  type BacktestMethod,
  type BacktestOptions,
  type BacktestRepeat,
  type BacktestResult,
  type Comparison,
  type MethodSummary,
} from './backtest.ts';
export { defaultCount, diversityRule, defaultOnline, defaultGuidance, defaultWeighting, poolRule } from './defaults.ts';
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
export {
  defaultThreads,
  fitOnTable,
  hasUnlabelled,
  trainOnTable,
  type ModelOptions,
  type TrainedDenoiser,
} from './models.ts';
export { encodeNpy } from './npy.ts';
export type { Evaluation } from './evaluation.ts';
export type { NextDesign } from './situation.ts';
export { optimize, type OptimizeOptions, type OptimizeResult } from './optimize.ts';
export { DiffusionOptimizer, type AskedDesign } from './optimizer.ts';
export type { AskOptions, OptimizerOptions, SearchOptions } from './optimizer-options.ts';
export type { ProposeOptions } from './options.ts';
export { propose } from './propose.ts';
export { isAnother, type Recommended } from './recommend.ts';
export { outcomesOfRound, summaryOf, type RoundReport } from './round-report.ts';
export { askForRun, optimizerOfRun, runModelFile, tellData, writeRunResults } from './run-optimizer.ts';
export { optionsOfRun, runSettings, type RunFacts, type RunOptions } from './run-settings.ts';
export { repair, type Repaired, type RepairResult } from './repair.ts';
export { defaultRepair, leastStrength, type RepairOptions } from './repair-options.ts';
export type { PlainOptions } from './plain-options.ts';
export type { OptimizerState } from './state.ts';
export { bestDesign, resultsAsked, type Best, type StoppingReason } from './stopping.ts';
export { defaultTargets } from './targets.ts';
export type { Proposal, ProposeCounts, ProposeResult, TargetOutcome } from './types.ts';
export type { LossCurve } from '../graph/index.ts';
export type { SurrogateQuality } from '../reward/index.ts';
export type { Prediction } from '../run/index.ts';
