import type { TheoryCell, TheoryOptions, TheoryResult } from '../../benchmarks/theory/index.ts';
import { theorySuites, type TheorySuite } from '../../benchmarks/runner/terms.ts';
import { usageError } from '../base/index.ts';
import { print, type Session } from './session.ts';
import { watchingCells } from './watched-cells.ts';

export function isTheorySuite(name: string | undefined): name is TheorySuite {
  return theorySuites.some((suite) => suite === name);
}

/** Throws a usage error for the first flag that is given and says nothing about experiments. */
export function checkTheoryFlags(suite: TheorySuite, given: Readonly<Record<string, boolean>>): void {
  const flag = Object.keys(given).find((name) => given[name]);
  if (flag !== undefined)
    throw usageError(`--${flag} does not go with --suite ${suite}, which has no tasks and methods`);
}

function progressLine({ task, seed, seconds }: TheoryCell, done: number, total: number): string {
  return `${done} of ${total}: ${task}, run ${seed}: ${seconds.toFixed(0)} s`;
}

function asText({ cells, files }: TheoryResult): string {
  return [`${cells.length} done`, `tables    ${files.markdown}`, `cells     ${files.results}`, ''].join('\n');
}

/** Runs the theory's experiments. */
export async function benchmarkTheory(
  options: Omit<TheoryOptions, 'signal' | 'onCell'>,
  { quiet, json }: { readonly quiet: boolean; readonly json: boolean },
  session: Session,
): Promise<void> {
  const { runTheory } = await import('../../benchmarks/theory/index.ts');
  const result = await watchingCells(session, quiet, progressLine, (watch) => runTheory({ ...options, ...watch }));
  await print(session.stdout, json ? `${JSON.stringify(result, null, 2)}\n` : asText(result));
}
