export type { BenchmarkCell, CostFacts, OfflineCell, OnlineCell, PlannedCell, Reached, Status } from './cells.ts';
export { listingOf, type Listing } from './listing.ts';
export { type Shard, type Wanted } from './plan.ts';
export { loadRegistry, type Extension, type Registry } from './registry.ts';
export type { ResultFiles } from './results.ts';
export { runBenchmark, type BenchmarkOptions, type BenchmarkResult } from './run.ts';
export { defaultCap, suiteNames, type SuiteName } from './terms.ts';
export { progressText } from './tables/progress.ts';
