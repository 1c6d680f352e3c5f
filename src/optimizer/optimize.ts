import { usageError } from '../base/index.ts';
import {
  evaluateAll,
  functionOracle,
  type EvaluateOptions,
  type Oracle,
  type Outcome,
  type RewardFunction,
} from '../oracle/index.ts';
import type { Run, RunRequest, StopReason } from '../run/index.ts';
import type { Space } from '../space/index.ts';
import { defaultCount } from './defaults.ts';
import type { Evaluation } from './evaluation.ts';
import { DiffusionOptimizer } from './optimizer.ts';
import { askForRun, journalled, optimizerOfRun, tellData, writeRunResults } from './run-optimizer.ts';
import { checkRunOptions } from './run-settings.ts';
import { outcomesOfRound, summaryOf, type RoundReport } from './round-report.ts';
import type { AskOptions, OptimizerOptions } from './optimizer-options.ts';
import type { Recommended } from './recommend.ts';
import type { Best } from './stopping.ts';

type Evaluating = Pick<EvaluateOptions, 'concurrency' | 'timeoutMs' | 'retryTimeouts' | 'retries' | 'backoffMs'>;

export interface OptimizeOptions extends OptimizerOptions, Evaluating, AskOptions {
  /** Past evaluations, told before the first round. */
  readonly data?: readonly Evaluation[];
  /** Called with every outcome once it is kept, in the order in which evaluations end. */
  readonly onOutcome?: ((outcome: Outcome, request: RunRequest) => void) | undefined;
  /** Called when a round is told; the next one waits for it. */
  readonly onRound?: (report: RoundReport) => void | Promise<void>;
  /**
   * A run directory that keeps what is asked and told; one that was begun before goes on: what is pending is evaluated first. It is to be
   * opened with the `runSettings` of these options; its number of threads is taken where none is given. The caller closes it.
   */
  readonly run?: Run;
}

export interface OptimizeResult {
  readonly best: Best | undefined;
  /** What all measurements find best, where these are noisy; undefined where too little was measured, or it was interrupted. */
  readonly recommended: Recommended | undefined;
  readonly stopped: StopReason;
  /** Designs asked for that have a result. */
  readonly evaluations: number;
  /** To go on with by hand. */
  readonly optimizer: DiffusionOptimizer;
}

/** Throws a usage error when nothing would ever end the loop. */
function checkEnds(space: Space, { evaluations, target, stagnation, signal, candidates }: OptimizeOptions): void {
  const ends = [evaluations, target, stagnation, signal, candidates].some((end) => end !== undefined);
  if (ends || Number.isFinite(space.size)) return;
  throw usageError('nothing ends the optimization; give evaluations, a target, a stagnation or a signal');
}

interface Parts {
  readonly optimizing: OptimizerOptions;
  readonly evaluating: EvaluateOptions;
  readonly asking: AskOptions;
}

/** The options by what they are for. */
function partsOf(options: OptimizeOptions): Parts {
  const { onRound: _, onOutcome: __, run: ___, data: ____, observer, signal, onModel, ...others } = options;
  const { concurrency = 1, timeoutMs, retryTimeouts = false, retries = 0, backoffMs = 500, ...optimizing } = others;
  const stopping = signal === undefined ? {} : { signal };
  return {
    optimizing,
    evaluating: {
      concurrency,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      retryTimeouts,
      retries,
      backoffMs,
      ...stopping,
    },
    asking: {
      ...(observer === undefined ? {} : { observer }),
      ...(onModel === undefined ? {} : { onModel }),
      ...stopping,
    },
  };
}

/** The optimizer of a new or resumed run, which knows the past evaluations. */
async function openOptimizer(space: Space, options: OptimizerOptions, { run, data = [] }: OptimizeOptions) {
  if (run === undefined) {
    const optimizer = DiffusionOptimizer.create(space, options);
    optimizer.tell(data);
    return optimizer;
  }
  checkRunOptions(run, space, { ...options, data });
  await tellData(run, data);
  return optimizerOfRun(run, space, options);
}

/** Whether a run was interrupted before its last round was told and summed up. */
function isInterrupted({ record }: Run): boolean {
  return record.round > 0 && !record.rounds.some(({ round }) => round === record.round);
}

interface Means {
  readonly optimizer: DiffusionOptimizer;
  readonly oracle: Oracle;
  readonly run?: Run;
  readonly onOutcome?: OptimizeOptions['onOutcome'];
}

/** Evaluates requests, journals what comes of them as it comes, and tells it in their order, also when it is cut short. */
async function evaluateRound(
  { optimizer, oracle, run, onOutcome }: Means,
  requests: readonly RunRequest[],
  evaluating: EvaluateOptions,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const byId = new Map(requests.map((request) => [request.id, request]));
  const ordered = (): readonly Outcome[] => requests.flatMap(({ id }) => outcomes.get(id) ?? []);
  try {
    await evaluateAll(oracle, requests, {
      ...evaluating,
      onOutcome: async (outcome) => {
        await run?.tell([journalled(outcome, 'oracle')]);
        outcomes.set(outcome.id, outcome);
        onOutcome?.(outcome, byId.get(outcome.id)!);
      },
    });
  } finally {
    optimizer.tell(ordered());
  }
  return ordered();
}

/**
 * Asks for designs, has the oracle evaluate them, and tells what came of them, round by round until there is a reason to stop. Which
 * designs are asked for does not depend on the order or the number in which evaluations end. An evaluation that fails is told as failed.
 * The oracle stays open. An abort ends it with what was told so far; throws a usage error for bad options, and a `stopped` error
 * when the oracle is gone or the run cannot be written.
 */
export async function optimize(
  space: Space,
  oracle: Oracle | RewardFunction,
  options: OptimizeOptions,
): Promise<OptimizeResult> {
  checkEnds(space, options);
  const { run, onRound, onOutcome, signal, batch = defaultCount } = options;
  const { optimizing, evaluating, asking } = partsOf(options);
  const optimizer = await openOptimizer(space, optimizing, options);
  const evaluator = typeof oracle === 'function' ? await functionOracle(oracle) : oracle;
  const budget = options.evaluations ?? run?.record.settings.evaluations ?? Infinity;
  const means: Means = { optimizer, oracle: evaluator, ...(run === undefined ? {} : { run }), onOutcome };

  async function writeResults(): Promise<void> {
    if (run !== undefined) await writeRunResults(run, optimizer.best());
  }

  async function recommend(): Promise<Recommended | undefined> {
    try {
      return await optimizer.recommend(asking);
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) return undefined;
      throw error;
    }
  }

  async function finishRound(requests: readonly RunRequest[]): Promise<void> {
    const now = await evaluateRound(means, requests, evaluating);
    const { round, evaluations } = optimizer;
    const outcomes = run === undefined ? now : outcomesOfRound(run.record, round);
    const report: RoundReport = { round, outcomes, evaluations, best: optimizer.best() };
    await run?.round(summaryOf(report));
    await writeResults();
    await onRound?.(report);
  }

  async function goOn(): Promise<StopReason> {
    if (run !== undefined && isInterrupted(run)) await finishRound(optimizer.pending());
    for (;;) {
      signal?.throwIfAborted();
      const [reason] = optimizer.stop();
      if (reason !== undefined) return reason;
      const count = Math.min(batch, budget - optimizer.evaluations);
      const asked = await (run === undefined ? optimizer.ask(count, asking) : askForRun(run, optimizer, count, asking));
      await finishRound(asked.map(({ id, design }) => ({ id, design })));
    }
  }

  const stopped = await goOn().catch(async (error: unknown): Promise<StopReason> => {
    if (signal?.aborted === true && error === signal.reason) return 'aborted';
    await writeResults().catch(() => undefined);
    throw error;
  });
  if (run !== undefined && run.record.stopped !== stopped) await run.stop(stopped);
  const [best, recommended] = [optimizer.best(), stopped === 'aborted' ? undefined : await recommend()];
  if (run !== undefined) await writeRunResults(run, best, recommended);
  return { best, recommended, stopped, evaluations: optimizer.evaluations, optimizer };
}
