export { startedAhead } from './ahead.ts';
export { UserError, dataError, exitCodes, messageOf, usageError, type FailureKind } from './errors.ts';
export {
  checkWritable,
  isTemporary,
  readBytes,
  syncDirectory,
  temporaryBeside,
  unreadable,
  writeThrough,
  writeWhole,
  writingFailed,
  type WritingOptions,
} from './files.ts';
export { packageVersion } from './package.ts';
export { ignoreProgress, type Observer, type Progress } from './progress.ts';
export { randomStream, type RandomStream } from './random.ts';
export {
  columnScaling,
  correlation,
  mean,
  quantile,
  rankCorrelation,
  ranks,
  scaleColumns,
  standardDeviation,
  type ColumnScaling,
} from './statistics.ts';
