import { setMaxListeners, type EventEmitter } from 'node:events';
import type * as Bullmq from 'bullmq';
import type { Redis } from 'ioredis';
import { UserError, messageOf, usageError } from '../base/index.ts';

/** Where a queue is. */
export interface QueuePlace {
  /** Of the Redis server, such as `redis://localhost:6379`; `rediss://` for TLS. What it holds of user and password is never printed. */
  readonly url: string;
  /** Its name on that server (`diffopt`). */
  readonly queue?: string;
}

export const defaultQueue = 'diffopt';

/** A live connection, which comes back by itself after an outage. */
export interface Connection {
  readonly redis: Redis;
  readonly bullmq: typeof Bullmq;
  /** For sentences: host and port. */
  readonly server: string;
  /** Aborted, with a `stopped` error, once the server has been out of reach for too long. */
  readonly lost: AbortSignal;
  /** The answer to a command; rejects with a `stopped` error when the server refuses it, and when `lost`. */
  answer<T>(command: Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Also ends the attempts of BullMQ's own connections to come back. */
  close(): void;
}

function stopped(sentence: string): UserError {
  return new UserError('stopped', sentence);
}

/** Host and port alone. */
function serverOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw usageError('the address of the queue is not one of a Redis server, such as redis://localhost:6379');
  }
  return `${parsed.hostname}:${parsed.port === '' ? '6379' : parsed.port}`;
}

/** The optional packages, loaded when a queue is first used. */
async function loadPackages(): Promise<{ bullmq: typeof Bullmq; Client: typeof Redis }> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Client: ioredis.Redis };
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const reason = absent ? 'are not both installed' : `did not load (${messageOf(error).split('\n')[0]!})`;
    throw usageError(
      `a queue needs the optional packages bullmq and ioredis, which ${reason}: install them with "npm install bullmq ioredis"`,
    );
  }
}

const causes: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'the connection was refused'],
  [/ENOTFOUND|EAI_AGAIN/, 'its name is not known'],
  [/ETIMEDOUT/, 'it did not answer in time'],
  [/NOAUTH/, 'it asks for a password, and the address has none'],
  [/WRONGPASS|invalid password/, 'it refused the user or password'],
];

/** Why a connection failed, in words of ours: a client's error can hold the password. */
function causeOf(error: unknown): string {
  const words = error instanceof Error ? `${messageOf(error)} ${'code' in error ? String(error.code) : ''}` : '';
  return causes.find(([pattern]) => pattern.test(words))?.[1] ?? 'the connection was closed';
}

/** What `work` comes to, unless one of the signals is aborted before; then its reason. */
export function unlessAborted<T>(work: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (event: Event): void => end(() => reject(reasonOf(event.target as AbortSignal)));
    const end = (settle: () => void): void => {
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
      settle();
    };
    for (const signal of signals) signal.addEventListener('abort', giveUp);
    work.then(
      (value) => end(() => resolve(value)),
      (error: Error) => end(() => reject(error)),
    );
    const aborted = signals.find((signal) => signal.aborted);
    if (aborted !== undefined) end(() => reject(reasonOf(aborted)));
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}

/**
 * Connects to the Redis server at `url`. Rejects with a usage error for a bad address or absent packages, and with a `stopped`
 * error when no server answers or it refuses the password.
 */
export async function connect(url: string, outageMs: number): Promise<Connection> {
  const server = serverOf(url);
  const { bullmq, Client } = await loadPackages();
  const lost = new AbortController();
  setMaxListeners(0, lost.signal);
  let wanted = false;
  let failure: unknown;
  let outage: NodeJS.Timeout | undefined;

  const redis = new Client(url, {
    lazyConnect: true,
    // Commands wait for the server to come back.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wanted ? Math.min(100 * times, 2000) : null),
  });
  const close = (): void => {
    wanted = false;
    clearTimeout(outage);
    redis.disconnect();
  };
  redis.on('error', (error) => (failure = error));
  try {
    await redis.connect();
  } catch (error) {
    close();
    throw stopped(`no connection to the Redis server at ${server}: ${causeOf(failure ?? error)}`);
  }
  wanted = true;
  redis.on('ready', () => {
    clearTimeout(outage);
    outage = undefined;
  });
  redis.on('close', () => {
    if (!wanted) return;
    outage ??= setTimeout(() => {
      lost.abort(
        stopped(`the Redis server at ${server} was out of reach for ${outageMs / 1000} s: ${causeOf(failure)}`),
      );
    }, outageMs);
  });

  const answer = async <T>(command: Promise<T>, signal?: AbortSignal): Promise<T> => {
    const signals = signal === undefined ? [lost.signal] : [lost.signal, signal];
    try {
      return await unlessAborted(command, signals);
    } catch (error) {
      for (const { aborted, reason } of signals) if (aborted) throw reason as Error;
      throw stopped(`the Redis server at ${server} refused a command: ${messageOf(error)}`);
    }
  };
  return { redis, bullmq, server, lost: lost.signal, answer, close };
}

/** Longest wait for a server that is away when there is nothing to wait for but tidying. */
const tidyMs = 2000;

/** Waits for tidying, whether it succeeds or not; once the server has been away for `tidyMs`, no longer. */
export async function tidied(work: Promise<unknown>, { redis }: Pick<Connection, 'redis'>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const away = new Promise<void>((resolve) => {
    let since = 0;
    timer = setInterval(() => {
      since = redis.status === 'ready' ? 0 : since + tidyMs / 10;
      if (since >= tidyMs) resolve();
    }, tidyMs / 10);
  });
  await Promise.race([work.catch(() => undefined), away]);
  clearInterval(timer);
}

/** Throws a usage error unless the name is one of a queue. */
export function checkQueueName(name: string): string {
  if (name !== '' && !name.includes(':')) return name;
  throw usageError(`${JSON.stringify(name)} is not the name of a queue: a text without ":" was expected`);
}

/** What BullMQ tells of lost connections, which it repairs itself; without a listener it would end the process. */
export function ignoreErrors(emitter: EventEmitter): void {
  emitter.on('error', () => undefined);
}
