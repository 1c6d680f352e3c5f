import { usageError } from '../base/index.ts';
import {
  evaluateAll,
  functionOracle,
  type EvaluateOptions,
  type Oracle,
  type Outcome,
  type RewardFunction,
} from '../oracle/index.ts';
import type { Run, RunRequest, Source, StopReason, Tell } from '../run/index.ts';
import type { Space } from '../space/index.ts';
import { defaultCount } from './defaults.ts';
import { tellOf, type Evaluation } from './evaluation.ts';
import { DiffusionOptimizer } from './optimizer.ts';
import type { AskOptions, OptimizerOptions } from './optimizer-options.ts';
import { stateOf } from './state.ts';
import type { Best } from './stopping.ts';

/** What a round did. */
export interface RoundReport {
  readonly round: number;
  /** In the order asked. */
  readonly outcomes: readonly Outcome[];
  /** Designs asked for so far that have a result. */
  readonly evaluations: number;
  /** The best measured so far; undefined while all failed. */
  readonly best: Best | undefined;
}

type Evaluating = Pick<EvaluateOptions, 'concurrency' | 'timeoutMs' | 'retryTimeouts' | 'retries' | 'backoffMs'>;

export interface OptimizeOptions extends OptimizerOptions, Evaluating, AskOptions {
  /** Past evaluations, told before the first round. */
  readonly data?: readonly Evaluation[];
  /** Called when a round is told; the next one waits for it. */
  readonly onRound?: (report: RoundReport) => void | Promise<void>;
  /**
   * A run directory that keeps what is asked and told; one that was begun before goes on: what is pending is evaluated first. Options are
   * to be those that it was begun with. The caller closes it.
   */
  readonly run?: Run;
}

export interface OptimizeResult {
  readonly best: Best | undefined;
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

/** Throws a usage error when a run was begun with another seed or direction. */
function checkRun({ record: { settings } }: Run, { seed = 0, direction = 'maximize' }: OptimizerOptions): void {
  for (const [name, begun, given] of [
    ['seed', settings.seed, seed],
    ['direction', settings.direction, direction],
  ] as const) {
    if (begun !== given) throw usageError(`the run was begun with the ${name} ${begun}, and is now given ${given}`);
  }
}

interface Parts {
  readonly optimizing: OptimizerOptions;
  readonly evaluating: EvaluateOptions;
  readonly asking: AskOptions;
}

/** The options by what they are for. */
function partsOf(options: OptimizeOptions): Parts {
  const { onRound: _, run: __, data: ___, observer, signal, ...others } = options;
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
    asking: { ...(observer === undefined ? {} : { observer }), ...stopping },
  };
}

function journalled(evaluation: Evaluation, source: Source): Tell {
  return { ...tellOf(evaluation), source };
}

/** The optimizer of a new or resumed run, which knows the past evaluations. */
async function openOptimizer(space: Space, options: OptimizerOptions, { run, data = [] }: OptimizeOptions) {
  if (run === undefined) {
    const optimizer = DiffusionOptimizer.create(space, options);
    optimizer.tell(data);
    return optimizer;
  }
  checkRun(run, options);
  const { asks, evaluations } = run.record;
  if (asks === 0 && evaluations.length === 0) await run.tell(data.map((one) => journalled(one, 'table')));
  return DiffusionOptimizer.fromState(stateOf(space, options, run.record), options);
}

/** Whether a run was interrupted before its last round was told and summed up. */
function isInterrupted({ record }: Run): boolean {
  return record.round > (record.rounds.at(-1)?.round ?? 0);
}

/** Evaluates requests, journals what comes of them as it comes, and tells it in their order, also when it is cut short. */
async function evaluateRound(
  { optimizer, oracle, run }: { readonly optimizer: DiffusionOptimizer; readonly oracle: Oracle; readonly run?: Run },
  requests: readonly RunRequest[],
  evaluating: EvaluateOptions,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const ordered = (): readonly Outcome[] => requests.flatMap(({ id }) => outcomes.get(id) ?? []);
  try {
    await evaluateAll(oracle, requests, {
      ...evaluating,
      onOutcome: async (outcome) => {
        await run?.tell([journalled(outcome, 'oracle')]);
        outcomes.set(outcome.id, outcome);
      },
    });
  } finally {
    optimizer.tell(ordered());
  }
  return ordered();
}

function figuresOf({ outcomes, evaluations, best }: RoundReport): Readonly<Record<string, number>> {
  const measured = outcomes.filter((outcome) => 'reward' in outcome).length;
  return { evaluations, measured, failed: outcomes.length - measured, best: best?.reward ?? NaN };
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
  const { run, onRound, signal, batch = defaultCount, evaluations: budget = Infinity } = options;
  const { optimizing, evaluating, asking } = partsOf(options);
  const optimizer = await openOptimizer(space, optimizing, options);
  const evaluator = typeof oracle === 'function' ? await functionOracle(oracle) : oracle;
  const means = { optimizer, oracle: evaluator, ...(run === undefined ? {} : { run }) };

  async function finishRound(requests: readonly RunRequest[]): Promise<void> {
    const outcomes = await evaluateRound(means, requests, evaluating);
    const { round, evaluations } = optimizer;
    const report: RoundReport = { round, outcomes, evaluations, best: optimizer.best() };
    await run?.round({ round, figures: figuresOf(report), notes: {} });
    await run?.writeResults();
    await onRound?.(report);
  }

  async function goOn(): Promise<StopReason> {
    if (run !== undefined && isInterrupted(run)) await finishRound(optimizer.pending());
    for (;;) {
      signal?.throwIfAborted();
      const [reason] = optimizer.stop();
      if (reason !== undefined) return reason;
      const asked = await optimizer.ask(Math.min(batch, budget - optimizer.evaluations), asking);
      await run?.ask(optimizer.round, asked);
      await finishRound(asked.map(({ id, design }) => ({ id, design })));
    }
  }

  const stopped = await goOn().catch((error: unknown): StopReason => {
    if (signal?.aborted === true && error === signal.reason) return 'aborted';
    throw error;
  });
  if (run !== undefined && run.record.stopped !== stopped) await run.stop(stopped);
  return { best: optimizer.best(), stopped, evaluations: optimizer.evaluations, optimizer };
}
