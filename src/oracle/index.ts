export { queueOracle, type QueueOracle, type QueueOracleOptions } from './queue.ts';
export { startQueueWorker, type QueueWorker, type QueueWorkerOptions } from './queue-worker.ts';
export type { QueuePlace } from './queue-connection.ts';
export type { Oracle, OracleCall, Outcome, Request } from './types.ts';
