export type {
  LossCurve,
  Prediction,
  Proposal,
  ProposeCounts,
  ProposeResult,
  SurrogateQuality,
  TargetOutcome,
} from './types.ts';
