import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchmarkCell } from './cells.ts';
export interface ResultFiles {
  readonly results: string;
}
export function writeResults(out: string, cells: readonly BenchmarkCell[]): ResultFiles {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'tables.md'), `${cells.length}`);
  return { results: join(out, 'results.jsonl') };
}
