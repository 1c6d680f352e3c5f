export type { ReadingOptions } from './bytes.ts';
export { describeSpace, formatSpace } from './describe.ts';
export { asArgument, closestName } from './names.ts';
export { decimalsIn, formatCell } from './numbers.ts';
export {
  designsFromRows,
  readDesigns,
  readTable,
  tableFromRows,
  tableFromText,
  type DesignList,
  type DesignOptions,
} from './read.ts';
export { readResults, type ResultOptions, type ResultRow } from './results.ts';
export { plainDialect, type Cell, type Dialect } from './sheet.ts';
export type { Direction, Table, TableOptions } from './types.ts';
export { formatDesigns, writeDesigns, writeDesignsTo, type ExtraColumn, type WriteOptions } from './write.ts';
