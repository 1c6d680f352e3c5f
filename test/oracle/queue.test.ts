import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UserError, dataError } from '../../src/base/index.ts';
import {
  evaluateAll,
  queueOracle,
  startQueueWorker,
  type QueueOracle,
  type QueueOracleOptions,
  type QueueWorker,
  type QueueWorkerOptions,
  type Request,
} from '../../src/oracle/index.ts';
import { folderWith } from '../support/cli.ts';
import { freePort, itWithRedis } from '../support/redis.ts';

const { signal: never } = new AbortController();
setMaxListeners(0, never);

async function oracleFor(options: QueueOracleOptions): Promise<QueueOracle> {
  const oracle = await queueOracle({ queue: 'tests', pollMs: 200, backoffMs: 20, ...options });
  onTestFinished(() => oracle.close());
  return oracle;
}

async function workerFor(options: QueueWorkerOptions): Promise<QueueWorker> {
  const worker = await startQueueWorker({ queue: 'tests', lockMs: 600, pollMs: 50, ...options });
  onTestFinished(() => worker.close({ handBack: true }));
  return worker;
}

function requests(count: number): Request[] {
  return Array.from({ length: count }, (_, i) => ({ id: `r1-${i}`, design: { x: i + 0.1, kind: 'a' } }));
}

const one: Request = { id: 'r1-0', design: { x: 0.1, kind: 'a' } };

/** x, so that each result shows whose it is. */
const reward = ({ design }: Request): Promise<number> => Promise.resolve(Number(design['x']));

/** The queue as BullMQ itself sees it. */
function jobsAt(url: string): Queue {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('tests', { connection: redis });
  queue.on('error', () => undefined);
  onTestFinished(async () => {
    await queue.close();
    redis.disconnect();
  });
  return queue;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Evaluations that hang until they are aborted, with what was seen of them. */
function hanging(): { evaluate: QueueWorkerOptions['evaluate']; seen: string[] } {
  const seen: string[] = [];
  const evaluate: QueueWorkerOptions['evaluate'] = ({ id }, { signal }) => {
    seen.push(`started ${id}`);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        seen.push(`aborted ${id}`);
        reject(signal.reason as Error);
      });
    });
  };
  return { evaluate, seen };
}

async function refusalOf(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

describe('a queue', () => {
  itWithRedis('gives every evaluation its own reward, whichever worker does it', async ({ url }) => {
    const oracle = await oracleFor({ url });
    await workerFor({ url, concurrency: 3, evaluate: reward });
    await workerFor({ url, concurrency: 2, evaluate: reward });
    const asked = requests(40);
    const rewards = await Promise.all(asked.map((request) => oracle.evaluate(request, { signal: never })));
    expect(rewards).toEqual(asked.map(({ design }) => design['x']));
  });

  itWithRedis('reads a result that another process asked for, and evaluates once', async ({ url }) => {
    let evaluations = 0;
    const [first, second] = [await oracleFor({ url }), await oracleFor({ url })];
    await workerFor({ url, evaluate: async (request) => (evaluations++, await sleep(100), reward(request)) });
    const both = [first, second, second].map((oracle) => oracle.evaluate(one, { signal: never }));
    expect(await Promise.all(both)).toEqual([0.1, 0.1, 0.1]);
    await first.close();
    await second.close();
    const later = await oracleFor({ url });
    expect(await later.evaluate(one, { signal: never })).toBe(0.1);
    expect(evaluations).toBe(1);
    await later.forget([one.id]);
    expect(await later.evaluate(one, { signal: never })).toBe(0.1);
    expect(evaluations).toBe(2);
  });

  itWithRedis('has a round evaluated, with what fails, retries and runs out of time', async ({ url }) => {
    const attempts = new Map<string, number>();
    const oracle = await oracleFor({ url });
    await workerFor({
      url,
      concurrency: 16,
      evaluate: (request, { signal }) => {
        const attempt = (attempts.get(request.id) ?? 0) + 1;
        attempts.set(request.id, attempt);
        if (request.id === 'r1-1' && attempt === 1) return Promise.reject(new Error('once'));
        if (request.id === 'r1-2') return Promise.reject(new Error('always'));
        return request.id === 'r1-3' ? sleep(60_000, 0, { signal }) : reward(request);
      },
    });
    const options = { concurrency: 16, retries: 1, backoffMs: 10, timeoutMs: 1000 };
    expect(await evaluateAll(oracle, requests(6), options)).toEqual([
      { id: 'r1-0', reward: 0.1 },
      { id: 'r1-1', reward: 1.1 },
      { id: 'r1-2', error: 'always (after 2 attempts)' },
      { id: 'r1-3', error: 'no answer within 1 s' },
      { id: 'r1-4', reward: 4.1 },
      { id: 'r1-5', reward: 5.1 },
    ]);
    const jobs = jobsAt(url);
    await until(async () => (await jobs.getActiveCount()) === 0);
    expect(attempts.get('r1-3')).toBe(1);
  });

  itWithRedis('takes any id, and tells runs apart', async ({ url }) => {
    const [a, b] = [await oracleFor({ url, run: 'a' }), await oracleFor({ url, run: 'b:/%' })];
    await workerFor({ url, evaluate: reward });
    for (const [at, id] of ['7', 'a:b', 'a/b', 'a%3Ab', ''].entries()) {
      expect(await a.evaluate({ id, design: { x: at } }, { signal: never })).toBe(at);
      expect(await b.evaluate({ id, design: { x: -at - 1 } }, { signal: never })).toBe(-at - 1);
    }
  });

  itWithRedis('refuses an id that another design has', async ({ url, port }) => {
    const oracle = await oracleFor({ url });
    await workerFor({ url, evaluate: reward });
    await oracle.evaluate(one, { signal: never });
    const error = await refusalOf(oracle.evaluate({ ...one, design: { x: 5 } }, { signal: never }));
    expect(error.kind).toBe('stopped');
    expect(error.message).toBe(
      `the queue tests at 127.0.0.1:${port} holds another design as evaluation r1-0: it is used by another run, so choose another name`,
    );
  });
});

describe('a failed evaluation in a queue', () => {
  itWithRedis('is tried again with a backoff as often as asked for, and anew when asked again', async ({ url }) => {
    const starts: number[] = [];
    const evaluate = async (request: Request): Promise<number> => {
      starts.push(Date.now());
      if (starts.length < 6) throw new Error(`failure ${starts.length}`);
      return reward(request);
    };
    const oracle = await oracleFor({ url, attempts: 3, backoffMs: 200 });
    await workerFor({ url, evaluate });
    await expect(oracle.evaluate(one, { signal: never })).rejects.toThrow(/^failure 3$/);
    // BullMQ halves the waits at most.
    expect(starts[1]! - starts[0]!).toBeGreaterThanOrEqual(99);
    expect(starts[2]! - starts[1]!).toBeGreaterThanOrEqual(199);
    expect(await oracle.evaluate(one, { signal: never })).toBe(0.1);
    expect(starts.length).toBe(6);
  });

  itWithRedis('is not tried again after a data error or a reward that is no number', async ({ url }) => {
    let attempts = 0;
    const oracle = await oracleFor({ url, attempts: 3 });
    await workerFor({
      url,
      evaluate: ({ id }) => (
        attempts++,
        id === 'nan' ? Promise.resolve(NaN) : Promise.reject(dataError('no such row'))
      ),
    });
    await expect(oracle.evaluate({ ...one, id: 'nan' }, { signal: never })).rejects.toThrow(
      'returned NaN, a finite number was expected',
    );
    await expect(oracle.evaluate(one, { signal: never })).rejects.toThrow('no such row');
    expect(attempts).toBe(2);
  });

  itWithRedis('goes back to the queue when its worker cannot go on', async ({ url }) => {
    const gone = new UserError('stopped', 'the command is gone');
    const broken = await workerFor({ url, evaluate: () => Promise.reject(gone) });
    const oracle = await oracleFor({ url });
    const result = oracle.evaluate(one, { signal: never });
    await expect(broken.ended).rejects.toBe(gone);
    await workerFor({ url, evaluate: reward });
    expect(await result).toBe(0.1);
  });
});

describe('an aborted evaluation in a queue', () => {
  itWithRedis('is removed when no worker has it', async ({ url }) => {
    const oracle = await oracleFor({ url });
    const jobs = jobsAt(url);
    const abort = new AbortController();
    const result = oracle.evaluate(one, { signal: abort.signal });
    await until(async () => (await jobs.getWaitingCount()) === 1);
    abort.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    expect(await jobs.getJobCountByTypes()).toBe(0);
  });

  itWithRedis('is given up by its worker, and done when it is asked again', async ({ url }) => {
    const { evaluate, seen } = hanging();
    const worker = await workerFor({ url, evaluate });
    const oracle = await oracleFor({ url });
    const jobs = jobsAt(url);
    const abort = new AbortController();
    const result = oracle.evaluate(one, { signal: abort.signal });
    await until(() => seen.length === 1);
    abort.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    await until(async () => (await jobs.getJobCountByTypes()) === 0);
    expect(seen).toEqual(['started r1-0', 'aborted r1-0']);
    await worker.close();
    await workerFor({ url, evaluate: reward });
    expect(await oracle.evaluate(one, { signal: never })).toBe(0.1);
  });

  itWithRedis('leaves a result that is there already', async ({ url }) => {
    let evaluations = 0;
    const oracle = await oracleFor({ url });
    await workerFor({ url, evaluate: (request) => (evaluations++, reward(request)) });
    await oracle.evaluate(one, { signal: never });
    const abort = new AbortController();
    const result = oracle.evaluate(one, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    expect(await oracle.evaluate(one, { signal: never })).toBe(0.1);
    expect(evaluations).toBe(1);
  });
});

describe('a worker', () => {
  itWithRedis('that is killed loses nothing: another does its evaluation', async ({ url }) => {
    const oracle = await oracleFor({ url });
    const child = startWorkerProcess(url, 'hang');
    const result = oracle.evaluate(one, { signal: never });
    await saying(child, 'started r1-0');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await workerFor({ url, evaluate: reward });
    expect(await result).toBe(0.1);
  });

  itWithRedis('that takes an evaluation down with it every time makes it a failed one', async ({ url }) => {
    const oracle = await oracleFor({ url, attempts: 5 });
    const result = oracle.evaluate(one, { signal: never });
    const failed = expect(result).rejects.toThrow('job stalled more than allowable limit');
    for (let death = 0; death < 2; death++) {
      const child = startWorkerProcess(url, 'hang');
      await saying(child, 'started r1-0');
      child.kill('SIGKILL');
      await once(child, 'exit');
      // Hands what is lost back once, and takes nothing itself.
      if (death === 0) continue;
      await workerFor({ url, losses: 1, evaluate: reward });
    }
    await failed;
  });

  itWithRedis(
    'that blocks past its lock has its evaluation done elsewhere, and its late result is dropped',
    async ({ url }) => {
      const oracle = await oracleFor({ url });
      const child = startWorkerProcess(url, 'block');
      const result = oracle.evaluate(one, { signal: never });
      await saying(child, 'started r1-0');
      await workerFor({ url, evaluate: reward });
      expect(await result).toBe(0.1);
      await saying(child, 'done r1-0');
      await sleep(200);
      expect(await (await oracleFor({ url })).evaluate(one, { signal: never })).toBe(0.1);
    },
  );

  itWithRedis('that is closed hands back what it was doing', async ({ url }) => {
    const { evaluate, seen } = hanging();
    const oracle = await oracleFor({ url });
    const worker = await workerFor({ url, evaluate, lockMs: 60_000 });
    const result = oracle.evaluate(one, { signal: never });
    await until(() => seen.length === 1);
    await worker.close({ handBack: true });
    await worker.ended;
    await workerFor({ url, evaluate: reward });
    expect(await result).toBe(0.1);
  });
});

describe('a Redis server', () => {
  itWithRedis('that is killed and restarted keeps jobs and results', async (server) => {
    const { url } = server;
    const counts = new Map<string, number>();
    const oracle = await oracleFor({ url });
    const asked = requests(12);
    let done = 0;
    const results = asked.map((request) =>
      oracle.evaluate(request, { signal: never }).finally(() => (done++, undefined)),
    );
    await workerFor({
      url,
      concurrency: 2,
      lockMs: 5000,
      evaluate: async (request) => {
        counts.set(request.id, (counts.get(request.id) ?? 0) + 1);
        await sleep(60);
        return reward(request);
      },
    });
    await until(() => done >= 3);
    await server.kill();
    await sleep(300);
    await server.restart();
    expect(await Promise.all(results)).toEqual(asked.map(({ design }) => design['x']));
    expect([...counts.keys()].sort()).toEqual(asked.map(({ id }) => id).sort());
  });

  itWithRedis('that lost its jobs gets them again', async ({ url }) => {
    const oracle = await oracleFor({ url });
    const result = oracle.evaluate(one, { signal: never });
    const jobs = jobsAt(url);
    await until(async () => (await jobs.getWaitingCount()) === 1);
    const redis = new Redis(url);
    await redis.flushall();
    redis.disconnect();
    await workerFor({ url, evaluate: reward });
    expect(await result).toBe(0.1);
  });

  itWithRedis('that stays away ends the evaluations', async (server) => {
    const oracle = await oracleFor({ url: server.url, outageMs: 300 });
    const result = oracle.evaluate(one, { signal: never });
    const refusal = refusalOf(result);
    await sleep(100);
    await server.kill();
    const { kind, message } = await refusal;
    expect(kind).toBe('stopped');
    expect(message).toBe(
      `the Redis server at 127.0.0.1:${server.port} was out of reach for 0.3 s: the connection was refused`,
    );
  });

  it('that does not run is named', async () => {
    const port = await freePort();
    const url = `redis://me:hidden@127.0.0.1:${port}`;
    for (const start of [() => queueOracle({ url }), () => startQueueWorker({ url, evaluate: reward })]) {
      const { kind, message } = await refusalOf(start());
      expect(kind).toBe('stopped');
      expect(message).toBe(`no connection to the Redis server at 127.0.0.1:${port}: the connection was refused`);
    }
  });

  itWithRedis(
    'with a password is used with it alone, which is never printed',
    async ({ port }) => {
      const address = `127.0.0.1:${port}`;
      const oracle = await oracleFor({ url: `redis://:s3cret@${address}` });
      await workerFor({ url: `redis://:s3cret@${address}`, evaluate: reward });
      expect(await oracle.evaluate(one, { signal: never })).toBe(0.1);
      const wrong = await refusalOf(queueOracle({ url: `redis://:hidden@${address}` }));
      expect(wrong.message).toBe(`no connection to the Redis server at ${address}: it refused the user or password`);
      expect(wrong.cause).toBeUndefined();
      const none = await refusalOf(queueOracle({ url: `redis://${address}` }));
      expect(none.message).toBe(
        `no connection to the Redis server at ${address}: it asks for a password, and the address has none`,
      );
    },
    ['--requirepass', 's3cret'],
  );

  it('needs an address and a name that are ones', async () => {
    for (const url of ['localhost:6379', 'http://me:hidden@host', 'redis://:hidden@', 'redis://a:hidden@b:x']) {
      const { kind, message } = await refusalOf(queueOracle({ url }));
      expect(kind).toBe('usage');
      expect(message).toBe('the address of the queue is not one of a Redis server, such as redis://localhost:6379');
    }
    expect((await refusalOf(queueOracle({ url: 'redis://localhost', queue: 'a:b' }))).message).toBe(
      '"a:b" is not the name of a queue: a text without ":" was expected',
    );
  });
});

const root = resolve(import.meta.dirname, '..', '..', '..');

describe('the optional packages', () => {
  it('are asked for in one sentence where they are absent', () => {
    const folder = folderWith({ 'package.json': '{ "type": "module" }' });
    for (const room of ['base', 'oracle'])
      cpSync(join(root, 'dist', 'src', room), join(folder, room), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(root, 'node_modules', 'pure-rand'), join(folder, 'node_modules', 'pure-rand'));
    const code = `
      import { queueOracle } from './oracle/queue.js';
      await queueOracle({ url: 'redis://localhost' }).catch(({ kind, message }) => console.log(kind + ': ' + message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: folder });
    expect(String(stdout)).toBe(
      'usage: a queue needs the optional packages bullmq and ioredis, which are not both installed: ' +
        'install them with "npm install bullmq ioredis"\n',
    );
  });
});

describe('the worker in Python', () => {
  const python = process.env['PYTHON'] ?? 'python3';
  const name = 'gives rewards, failures and what is no number';
  if (spawnSync(python, ['-c', 'import bullmq']).status !== 0) {
    it.skip(`${name} (needs the Python package bullmq)`, () => undefined);
    return;
  }
  itWithRedis(name, async ({ url }) => {
    const worker = spawn(python, [join(root, 'examples', 'queue_worker.py'), url, 'tests'], { stdio: 'inherit' });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const oracle = await oracleFor({ url, attempts: 2 });
    const ask = (id: string, x: number | string): Promise<number> =>
      oracle.evaluate({ id, design: { x, y: 0.5 } }, { signal: never });
    expect(await ask('good', 0.25)).toBe(-((0.25 - 0.3) ** 2) - (0.5 - 0.7) ** 2);
    await expect(ask('text', 'much')).rejects.toThrow("could not convert string to float: 'much'");
    await expect(ask('large', 1e155)).rejects.toThrow('returned -inf, a finite number was expected');
    const exited = once(worker, 'exit');
    worker.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  });
});

function startWorkerProcess(url: string, behaviour: 'hang' | 'block'): ChildProcess {
  const file = join(import.meta.dirname, 'queue-worker-process.js');
  const child = spawn(process.execPath, [file, url, 'tests', behaviour], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function saying(child: ChildProcess, words: string): Promise<void> {
  const output = child.stdout!.setEncoding('utf8');
  for (let text = ''; !text.includes(words);) text += String((await once(output, 'data'))[0]);
}
