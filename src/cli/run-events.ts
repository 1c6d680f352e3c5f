import { writingFailed } from '../base/index.ts';
import { isAnother, resultsAsked, type OptimizeResult, type RoundReport } from '../optimizer/index.ts';
import type { Outcome } from '../oracle/index.ts';
import type { Run } from '../run/index.ts';
import { runFiles } from './run-progress.ts';
import { print, type OutputStream } from './session.ts';

/** What happens in a run as JSON lines, for programs; nothing where there is no stream. */
export interface RunEvents {
  started(run: Run): Promise<void>;
  /** An evaluation has ended and its outcome is kept. */
  evaluated(outcome: Outcome): void;
  round(report: RoundReport): Promise<void>;
  stopped(run: Run, result: OptimizeResult): Promise<void>;
}

export function runEvents(stream: OutputStream | undefined): RunEvents {
  let failure: unknown;
  async function write(event: string, facts: object): Promise<void> {
    if (stream === undefined) return;
    if (failure !== undefined) throw writingFailed('the output', failure);
    await print(stream, `${JSON.stringify({ event, ...facts })}\n`);
  }
  return {
    started({ directory, resumed, space, record }) {
      const { direction, reward, seed, batch, threads, evaluations: limit } = record.settings;
      const settings = { reward, direction, seed, batch, threads, limit };
      return write('started', {
        run: directory,
        resumed,
        evaluations: resultsAsked(record),
        ...settings,
        space: space.definition,
      });
    },
    evaluated(outcome) {
      // The next event tells of it.
      write('evaluated', outcome).catch((error: unknown) => (failure = error));
    },
    round({ round, outcomes, evaluations, best }) {
      const measured = outcomes.filter((outcome) => 'reward' in outcome).length;
      return write('round', { round, measured, failed: outcomes.length - measured, evaluations, best });
    },
    stopped({ directory }, { stopped: reason, evaluations, best, recommended }) {
      const noisy = isAnother(recommended, best) ? { recommended } : {};
      return write('stopped', { reason, evaluations, best, ...noisy, files: runFiles(directory, best) });
    },
  };
}
