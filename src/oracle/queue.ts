import { EventEmitter, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Job, JobsOptions, QueueEvents } from 'bullmq';
import { UserError } from '../base/index.ts';
import {
  checkQueueName,
  connect,
  defaultQueue,
  ignoreErrors,
  tidied,
  unlessAborted,
  type Connection,
  type QueuePlace,
} from './queue-connection.ts';
import { jobIdOf, jobName, throughJson, type JobData } from './queue-job.ts';
import type { Oracle, OracleCall, Request } from './types.ts';

export interface QueueOracleOptions extends QueuePlace {
  /** Tells the evaluations of one run from those of others in the same queue (`run`). */
  readonly run?: string;
  /** Times that workers try an evaluation that fails (1). A worker that dies is no failed attempt. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt (1,000); twice as many before each next one, with jitter. */
  readonly backoffMs?: number;
  /** Seconds for which Redis keeps results that were not forgotten (30 days). */
  readonly keepSeconds?: number;
  /** Milliseconds between looks at a job whose end no event has told (2,000). */
  readonly pollMs?: number;
  /** Milliseconds without a connection to Redis after which evaluations reject with a `stopped` error (300,000). */
  readonly outageMs?: number;
}

export interface QueueOracle extends Oracle {
  /** Removes results from Redis: for evaluations whose outcome is stored elsewhere. */
  forget(ids: readonly string[]): Promise<void>;
}

const jitter = 0.5;
const month = 30 * 24 * 3600;

/**
 * An oracle whose evaluations are done by workers on any number of machines, through a BullMQ queue on Redis. An evaluation is a job
 * keyed by run and id: asked again, also by another process, it joins the job that exists or reads its result, and after a failure
 * that was read here it is tried anew. Results stay in Redis until `forget`, or for `keepSeconds`. Jobs that Redis has lost are
 * added again. An aborted evaluation's job is removed, or marked so that its worker gives it up; that is not waited for.
 *
 * Rejects with a usage error for a bad address or name or absent packages, with a `stopped` error when no Redis server answers.
 * So does `evaluate` when Redis stays away or refuses, and when the queue holds another design under the same id.
 */
export async function queueOracle(options: QueueOracleOptions): Promise<QueueOracle> {
  const name = checkQueueName(options.queue ?? defaultQueue);
  const pollMs = options.pollMs ?? 2000;
  const connection = await connect(options.url, options.outageMs ?? 300_000);
  const { redis, bullmq } = connection;
  const queue = new bullmq.Queue<JobData, unknown>(name, { connection: redis });
  const events = new bullmq.QueueEvents(name, { connection: redis, autorun: false, blockingTimeout: pollMs });
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  for (const emitter of [queue, events]) ignoreErrors(emitter);
  try {
    await connection.answer(Promise.all([queue.waitUntilReady(), events.waitUntilReady()]));
  } catch (error) {
    connection.close();
    throw error;
  }
  const changes = changesOf(events);
  const listening = listen(events, pollMs, closing.signal);
  const failed = new Set<string>();
  const jobOptions = jobOptionsOf(options);
  const jobIdFor = (id: string): string => jobIdOf(options.run ?? 'run', id);

  async function evaluate(request: Request, { signal }: OracleCall): Promise<number> {
    signal.throwIfAborted();
    const jobId = jobIdFor(request.id);
    const answer = <T>(command: Promise<T>): Promise<T> => connection.answer(command, signal);
    const waiter = waitFor(changes, jobId, pollMs, [signal, connection.lost, closing.signal]);
    try {
      let job = await join(request, jobId);
      if (job !== undefined && failed.delete(jobId)) await answer(tryAnew(job));
      for (;;) {
        const state = await answer(queue.getJobState(jobId));
        if (state === 'unknown') await join(request, jobId);
        if (state === 'completed' || state === 'failed') {
          job = await answer(queue.getJob(jobId));
          if (job !== undefined) return rewardOf(job, state);
        }
        await waiter.change();
      }
    } catch (error) {
      if (signal.aborted) await tidied(giveUp(jobId), connection);
      throw error;
    } finally {
      waiter.stop();
    }

    /** Adds the job, or finds the one that exists. */
    async function join(request: Request, jobId: string): Promise<Job<JobData, unknown> | undefined> {
      const data: JobData = { id: request.id, design: throughJson(request.design) };
      await answer(queue.add(jobName, data, { ...jobOptions, jobId }));
      const job = await answer(queue.getJob(jobId));
      if (job === undefined) return undefined;
      if (!isDeepStrictEqual(job.data.design, data.design)) throw collision(request.id, name, connection);
      if (job.data.aborted === true) await answer(job.updateData(data));
      return job;
    }

    function rewardOf(job: Job<JobData, unknown>, state: 'completed' | 'failed'): number {
      if (state === 'completed' && typeof job.returnvalue === 'number') return job.returnvalue;
      failed.add(jobId);
      if (state === 'failed') throw new Error(job.failedReason ?? 'failed without saying why');
      throw new Error(`returned ${JSON.stringify(job.returnvalue)}, a finite number was expected`);
    }
  }

  /** A result that is there already stays. */
  async function giveUp(jobId: string): Promise<void> {
    const [state, job] = await Promise.all([queue.getJobState(jobId), queue.getJob(jobId)]);
    if (job === undefined || state === 'completed' || state === 'failed') return;
    const removed = state !== 'active' && (await queue.remove(jobId)) === 1;
    if (!removed) await job.updateData({ ...job.data, aborted: true });
  }

  async function forget(ids: readonly string[]): Promise<void> {
    await connection.answer(Promise.all(ids.map((id) => queue.remove(jobIdFor(id)))));
    for (const id of ids) failed.delete(jobIdFor(id));
  }

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort(new UserError('stopped', 'the queue was closed'));
    await tidied(Promise.all([events.close(), queue.close(), listening]), connection);
    connection.close();
  }

  return { evaluate, forget, close };
}

function jobOptionsOf({ attempts = 1, backoffMs = 1000, keepSeconds = month }: QueueOracleOptions): JobsOptions {
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs, jitter },
    removeOnComplete: { age: keepSeconds },
    removeOnFail: { age: keepSeconds },
    stackTraceLimit: 0,
  };
}

/** Emits the ids of jobs of which something was told. */
function changesOf(events: QueueEvents): EventEmitter {
  const changes = new EventEmitter().setMaxListeners(0);
  const tell = ({ jobId }: { jobId: string }): unknown => changes.emit(jobId);
  events.on('completed', tell);
  events.on('failed', tell);
  events.on('removed', tell);
  return changes;
}

/** Reads events until the end. An unreadable one ends BullMQ's reading, so that is begun again; the looks at jobs miss nothing. */
async function listen(events: QueueEvents, pollMs: number, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await events.run().catch(() => undefined);
    await sleep(pollMs, undefined, { signal: ended }).catch(() => undefined);
  }
}

interface Waiter {
  /** Resolves on the next change since the last call, and after `pollMs` at the latest. */
  change(): Promise<void>;
  stop(): void;
}

function waitFor(changes: EventEmitter, jobId: string, pollMs: number, signals: readonly AbortSignal[]): Waiter {
  let changed = false;
  let wake = (): void => undefined;
  const tell = (): void => {
    changed = true;
    wake();
  };
  changes.on(jobId, tell);
  return {
    async change() {
      let timer: NodeJS.Timeout | undefined;
      const next = new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, changed ? 0 : pollMs);
      });
      await unlessAborted(next, signals).finally(() => clearTimeout(timer));
      changed = false;
    },
    stop: () => void changes.off(jobId, tell),
  };
}

/** Another process that does the same has not left it failed. */
async function tryAnew(job: Job<JobData, unknown>): Promise<void> {
  const state = await job.getState();
  if (state !== 'completed' && state !== 'failed') return;
  await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true }).catch(() => undefined);
}

function collision(id: string, name: string, { server }: Pick<Connection, 'server'>): UserError {
  return new UserError(
    'stopped',
    `the queue ${name} at ${server} holds another design as evaluation ${id}: it is used by another run, so choose another name`,
  );
}
