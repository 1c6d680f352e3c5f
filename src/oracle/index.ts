export { evaluateAll, type EvaluateOptions } from './evaluate.ts';
export type { Oracle, OracleCall, Outcome, Request } from './types.ts';
