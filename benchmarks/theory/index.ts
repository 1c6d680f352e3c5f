export type { Findings, TheoryCell } from './cell.ts';
export { runTheory, type TheoryOptions, type TheoryResult } from './run.ts';
export type { TheoryFiles } from './write.ts';
