import type { Job } from 'bullmq';
import { UserError, dataError, messageOf } from '../base/index.ts';
import { checkQueueName, connect, defaultQueue, ignoreErrors, tidied, type QueuePlace } from './queue-connection.ts';
import type { JobData } from './queue-job.ts';
import type { Oracle, Outcome } from './types.ts';

export interface QueueWorkerOptions extends QueuePlace {
  /** Does one experiment, as `Oracle.evaluate`. It must not block the event loop for longer than `lockMs`. */
  readonly evaluate: Oracle['evaluate'];
  /** Most evaluations at a time (1). */
  readonly concurrency?: number;
  /** Milliseconds after which an evaluation whose worker gives no sign of life is handed to another worker (30,000). */
  readonly lockMs?: number;
  /** Times that an evaluation may lose its worker before it has failed (3). */
  readonly losses?: number;
  /** Milliseconds between looks whether the evaluation was aborted (1,000). */
  readonly pollMs?: number;
  /** Told what became of each attempt. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

export interface QueueWorker {
  /** Resolves when the worker is closed; rejects with the `stopped` error of an `evaluate` that cannot go on. */
  readonly ended: Promise<void>;
  /**
   * Takes no more jobs and waits for those that run; with `handBack` they are aborted and go back into the queue. While Redis is away
   * it resolves after some seconds, but timers of BullMQ's then keep the process alive: end it with `process.exit`.
   */
  close(options?: { readonly handBack?: boolean }): Promise<void>;
}

/** Why an evaluation's signal was aborted, and what is then done with its job. */
class GivenUp extends Error {
  readonly job: 'remove' | 'hand back' | 'leave';

  constructor(job: GivenUp['job'], words: string) {
    super(words);
    this.job = job;
  }
}

/** Longer than any outage: a worker waits for its server. */
const forever = 2 ** 31 - 1;

/**
 * Works on the jobs of a queue until it is closed. An evaluation that rejects has failed, and is tried again as its optimizer asked
 * for; one that rejects with a `data` error is not. A `stopped` error hands the job back and ends the worker. Delivery is at
 * least once: after the loss of a worker its evaluations are done again by others.
 *
 * Rejects with a usage error for a bad address or name or absent packages, with a `stopped` error when no Redis server answers.
 */
export async function startQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  const { evaluate, concurrency = 1, lockMs = 30_000, losses = 3, pollMs = 1000 } = options;
  const { onOutcome = () => undefined } = options;
  const name = checkQueueName(options.queue ?? defaultQueue);
  const connection = await connect(options.url, forever);
  const { redis, bullmq } = connection;
  const { UnrecoverableError, WaitingError } = bullmq;
  const queue = new bullmq.Queue<JobData, number>(name, { connection: redis });
  const running = new Map<string, AbortController>();

  async function work(job: Job<JobData, number>, token?: string): Promise<number> {
    const { id, design } = job.data;
    const jobId = job.id!;
    const controller = new AbortController();
    const look = (found: Job<JobData, number> | undefined): void => {
      if (found === undefined || found.data.aborted === true) controller.abort(new GivenUp('remove', 'aborted'));
    };
    look(job);
    const timer = setInterval(() => void queue.getJob(jobId).then(look, () => undefined), pollMs);
    running.set(jobId, controller);
    try {
      controller.signal.throwIfAborted();
      const reward = await evaluate({ id, design }, { signal: controller.signal });
      if (!Number.isFinite(reward)) throw dataError(`returned ${String(reward)}, a finite number was expected`);
      onOutcome({ id, reward });
      return reward;
    } catch (error) {
      onOutcome({ id, error: messageOf(error) });
      if (isKind(error, 'stopped')) {
        void stop(error as UserError);
        return await handBack(job, token);
      }
      const reason: unknown = controller.signal.reason;
      if (!(reason instanceof GivenUp)) throw isKind(error, 'data') ? new UnrecoverableError(messageOf(error)) : error;
      if (reason.job === 'hand back') return await handBack(job, token);
      // Nobody waits for it: it leaves nothing behind.
      job.opts.removeOnFail = true;
      throw new UnrecoverableError(reason.message);
    } finally {
      clearInterval(timer);
      running.delete(jobId);
    }
  }

  async function handBack(job: Job<JobData, number>, token?: string): Promise<never> {
    await job.moveToWait(token);
    throw new WaitingError();
  }

  const worker = new bullmq.Worker<JobData, number>(name, work, {
    connection: redis,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: losses,
  });
  for (const emitter of [queue, worker]) ignoreErrors(emitter);
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) running.get(id)?.abort(new GivenUp('leave', 'another worker has it'));
  });

  let end: (error?: UserError) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Whoever does not look at `ended` is not to be ended by it.
  ended.catch(() => undefined);

  let stopping: Promise<void> | undefined;
  function stop(error?: UserError): Promise<void> {
    stopping ??= tidied(
      worker.close().then(() => queue.close()),
      connection,
    ).then(() => {
      connection.close();
      end(error);
    });
    return stopping;
  }

  async function close({ handBack = false }: { readonly handBack?: boolean } = {}): Promise<void> {
    const stopped = stop();
    if (handBack) {
      for (const controller of running.values()) controller.abort(new GivenUp('hand back', 'the worker was closed'));
    }
    await stopped;
  }

  await worker.waitUntilReady();
  return { ended, close };
}

function isKind(error: unknown, kind: UserError['kind']): boolean {
  return error instanceof UserError && error.kind === kind;
}
