import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { exitCodes, messageOf, UserError } from '../../src/base/index.ts';
import { replaceBlock } from './markdown.ts';

/** A line about the work, not a result. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What results were measured on, in a sentence. */
export function machine(code: string): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown';
  return `Measured on ${processors.length} cores (${model}), Node ${process.version}, ${process.platform}; code ${code}.`;
}

/** Prints results, and puts them at their place in a Markdown file where one is given. */
export function writeBlock(
  name: string,
  text: string,
  { code, into }: { readonly code: string; readonly into: string | undefined },
): void {
  const block = `${machine(code)}\n\n${text}`;
  console.log(`${block}\n`);
  if (into !== undefined) writeFileSync(into, replaceBlock(readFileSync(into, 'utf8'), name, block));
}

/** Runs a benchmark to its exit code; errors end it with one sentence. */
export async function runBenchmark(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    note(messageOf(error));
    process.exitCode = error instanceof UserError ? exitCodes[error.kind] : 1;
  }
}
