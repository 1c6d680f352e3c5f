import { createReporter } from './progress.ts';
import type { Session } from './session.ts';

/** How a run of cells is watched and ended. */
export interface CellWatch<Cell> {
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell, done: number, total: number) => void;
}

/** Runs cells with a line for each and progress on stderr. */
export async function watchingCells<Cell, Result>(
  { stderr, signal }: Session,
  quiet: boolean,
  lineOf: (cell: Cell, done: number, total: number) => string,
  run: (watch: CellWatch<Cell>) => Promise<Result>,
): Promise<Result> {
  const reporter = createReporter(stderr, quiet);
  try {
    return await run({
      signal,
      onCell: (cell, done, total) => {
        reporter.note(lineOf(cell, done, total));
        reporter.observer({ stage: 'cells', done, total });
      },
    });
  } finally {
    reporter.end();
  }
}
