export { removeLeftovers, writeCheckpoint } from './checkpoint.ts';
export { holdsRun, openRun, type Run } from './directory.ts';
export {
  countSchema,
  designSchema,
  journalVersion,
  type JournalEvent,
  type Prediction,
  type Result,
  type RoundSummary,
  type RunRequest,
  type RunSettings,
  type Source,
  type StopReason,
} from './events.ts';
export {
  addAsked,
  addTold,
  createHistory,
  newsAmong,
  orderedEvaluations,
  pendingRequests,
  type AskedRequest,
  type Evaluation,
  type GrowingHistory,
  type History,
  type Tell,
} from './history.ts';
export { journalFile, readEvents, readJournal } from './journal.ts';
export type { Json } from './json.ts';
export { acquireLock, type Lock } from './lock.ts';
export type { RunRecord } from './record.ts';
export { bestOf, type WriteResults } from './results.ts';
export { askedRequestSchema, evaluationSchema } from './schema.ts';
export { compareSettings } from './settings.ts';
