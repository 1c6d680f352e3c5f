export type { Findings, TheoryCell } from './experiments/cell.ts';
export { runTheory, type TheoryOptions, type TheoryResult } from './run.ts';
export type { TheoryFiles } from './write.ts';
