import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { UserError, messageOf, randomStream, usageError, type RandomStream } from '../base/index.ts';
import type { Oracle, Outcome, Request } from './types.ts';

export interface EvaluateOptions {
  /** Most evaluations at a time (1). */
  readonly concurrency?: number;
  /** Milliseconds after which an attempt is given up (none); its evaluation has then failed. */
  readonly timeoutMs?: number;
  /** Whether an attempt that ran out of time is followed by another, as after other failures (false). */
  readonly retryTimeouts?: boolean;
  /** Further attempts after a failed one (0). */
  readonly retries?: number;
  /** Milliseconds before the first further attempt (500); twice as many before each next one, a minute at most. */
  readonly backoffMs?: number;
  /** Where the jitter of the waits comes from; it has no part in outcomes. */
  readonly stream?: RandomStream;
  /** Ends the work: what runs is given up, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told each outcome as it comes, one at a time; the next waits until it is done. When it throws, so does the whole. */
  readonly onOutcome?: (outcome: Outcome) => void | Promise<void>;
}

type Settings = Required<Pick<EvaluateOptions, 'retries' | 'retryTimeouts' | 'backoffMs' | 'stream'>> & {
  readonly timeoutMs: number | undefined;
};

/** The longest wait that a timer of Node knows. */
const longestMs = 2 ** 31 - 1;
const longestBackoffMs = 60_000;
const longestWords = 500;

class OutOfTime extends Error {}

function checkOptions({ concurrency = 1, timeoutMs = 1, retries = 0, backoffMs = 0 }: EvaluateOptions): void {
  const whole = (name: string, value: number, least: number): void => {
    if (Number.isInteger(value) && value >= least) return;
    throw usageError(`${name} is ${value}, and a whole number of at least ${least} was expected`);
  };
  whole('concurrency', concurrency, 1);
  whole('retries', retries, 0);
  for (const [name, value, least] of [
    ['timeoutMs', timeoutMs, Number.MIN_VALUE],
    ['backoffMs', backoffMs, 0],
  ] as const) {
    if (value >= least && value <= longestMs) continue;
    throw usageError(`${name} is ${value}, and a number above 0 up to ${longestMs} was expected`);
  }
}

function checkIds(requests: readonly Request[]): void {
  const seen = new Set<string>();
  for (const { id } of requests) {
    if (seen.has(id)) throw usageError(`the evaluation id ${JSON.stringify(id)} stands twice; ids are to be unique`);
    seen.add(id);
  }
}

/** One attempt, given up with `outer` or when its time is over. */
async function attempt(oracle: Oracle, request: Request, timeoutMs: number | undefined, outer: AbortSignal) {
  const controller = new AbortController();
  const giveUp = (): void => controller.abort(outer.reason);
  const outOfTime = (): void => controller.abort(new OutOfTime(`no answer within ${(timeoutMs ?? 0) / 1000} s`));
  outer.addEventListener('abort', giveUp);
  const timer = timeoutMs === undefined ? undefined : setTimeout(outOfTime, timeoutMs);
  try {
    return await oracle.evaluate(request, { signal: controller.signal });
  } catch (error) {
    // However an oracle words its giving up, the reason is ours.
    if (!isKind(error, 'stopped')) controller.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', giveUp);
  }
}

function isKind(error: unknown, kind: UserError['kind']): boolean {
  return error instanceof UserError && error.kind === kind;
}

/** One line, not endless, of whatever an oracle had to say. */
function wordsOf(error: unknown, attempts: number): string {
  const line = messageOf(error).replace(/\s+/g, ' ').trim() || 'failed without saying why';
  const short = line.length > longestWords ? `${line.slice(0, longestWords)}...` : line;
  return attempts === 1 ? short : `${short} (after ${attempts} attempts)`;
}

/** Milliseconds before the attempt after `failed` failed ones: exponential, between half and all of it. */
function backoff(id: string, failed: number, { backoffMs, stream }: Settings): number {
  const jitter = 0.5 + 0.5 * stream.split(id, failed).uniform();
  return Math.min(longestBackoffMs, backoffMs * 2 ** (failed - 1)) * jitter;
}

/** Rejects with the signal's reason, or with an error that no further evaluation can do anything about. */
async function outcomeOf(oracle: Oracle, request: Request, settings: Settings, signal: AbortSignal): Promise<Outcome> {
  const { id } = request;
  for (let attempts = 1; ; attempts++) {
    try {
      const reward = await attempt(oracle, request, settings.timeoutMs, signal);
      if (Number.isFinite(reward)) return { id, reward };
      return {
        id,
        error: `returned ${inspect(reward, { depth: 1, breakLength: Infinity })}, a finite number was expected`,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (isKind(error, 'stopped')) throw error;
      const final = isKind(error, 'data') || (error instanceof OutOfTime && !settings.retryTimeouts);
      if (final || attempts > settings.retries) return { id, error: wordsOf(error, attempts) };
    }
    await sleep(backoff(id, attempts, settings), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/**
 * Evaluates requests, at most `concurrency` at a time. Returns one outcome each in the order of the requests, whichever came first.
 * Rejects with the reason of `signal`, or with a `stopped` error when the oracle is gone for good; what was running is then
 * given up, and outcomes until then were handed to `onOutcome`. Throws a usage error for bad options and for ids that are not unique.
 */
export async function evaluateAll(
  oracle: Oracle,
  requests: readonly Request[],
  options: EvaluateOptions = {},
): Promise<readonly Outcome[]> {
  checkOptions(options);
  checkIds(requests);
  const { concurrency = 1, signal, onOutcome = () => undefined } = options;
  const { timeoutMs, retries = 0, retryTimeouts = false, backoffMs = 500, stream = randomStream(0) } = options;
  const settings: Settings = { timeoutMs, retries, retryTimeouts, backoffMs, stream: stream.split('retries') };
  const outcomes = new Array<Outcome>(requests.length);
  const halt = new AbortController();
  setMaxListeners(0, halt.signal);
  let handedOn = Promise.resolve();
  const handOn = (outcome: Outcome): Promise<void> => {
    handedOn = handedOn.then(() => onOutcome(outcome));
    return handedOn;
  };

  let next = 0;
  async function work(): Promise<void> {
    while (next < requests.length) {
      halt.signal.throwIfAborted();
      const at = next++;
      const outcome = await outcomeOf(oracle, requests[at]!, settings, halt.signal);
      outcomes[at] = outcome;
      await handOn(outcome);
    }
  }

  const interrupt = (): void => halt.abort(signal?.reason);
  if (signal?.aborted === true) interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    const workers = Array.from({ length: Math.min(concurrency, requests.length) }, () =>
      work().catch((error: unknown) => {
        halt.abort(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    if (ended.some(({ status }) => status === 'rejected')) halt.signal.throwIfAborted();
    return outcomes;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
