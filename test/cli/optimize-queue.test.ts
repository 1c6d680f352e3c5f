import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startQueueWorker, type QueueWorkerOptions, type Request } from '../../src/oracle/index.ts';
import { diffopt, folderWith, startDiffopt } from '../support/cli.ts';
import { fileOf, planeSpace } from '../support/optimizing.ts';
import { itWithRedis } from '../support/redis.ts';

const module = 'export default ({ x, y }) => -((x - 0.3) ** 2) - (y - 0.6) ** 2;';

const bowl = ({ design }: Request): Promise<number> =>
  Promise.resolve(-((Number(design['x']) - 0.3) ** 2) - (Number(design['y']) - 0.6) ** 2);

const files = { 'space.json': planeSpace, 'module.mjs': module };
const flags = [
  ...['optimize', '--space', 'space.json', '--run', 'run', '--evaluations', '18', '--batch', '6', '--initial', '6'],
  ...['--concurrency', '3', '--surrogate', 'forest', '--threads', '1'],
];
const queued = (url: string): readonly string[] => [...flags, '--queue', url, '--queue-name', 'cli'];

async function worker(url: string, evaluate: QueueWorkerOptions['evaluate']): Promise<void> {
  const started = await startQueueWorker({ url, queue: 'cli', lockMs: 600, pollMs: 50, concurrency: 2, evaluate });
  onTestFinished(() => started.close({ handBack: true }));
}

/** What a run comes to where a function in the same process is the oracle. */
async function evaluationsByModule(): Promise<string> {
  const folder = folderWith(files);
  expect((await diffopt([...flags, '--module', 'module.mjs'], folder)).code).toBe(0);
  return fileOf(folder, 'run', 'evaluations.csv');
}

describe('optimize with workers by a queue', () => {
  itWithRedis('comes to what a function in its own process comes to', async ({ url }) => {
    await worker(url, bowl);
    await worker(url, bowl);
    const folder = folderWith(files);
    const { code, stdout, stderr } = await diffopt(queued(url), folder);
    expect(stderr).toContain('18 of 18 evaluations');
    expect(stdout).toMatch(/^stopped: all evaluations are done\n/);
    expect(code).toBe(0);
    expect(fileOf(folder, 'run', 'evaluations.csv')).toBe(await evaluationsByModule());
    // A server may have another address, and a password, tomorrow.
    expect(fileOf(folder, 'run', 'journal.jsonl')).not.toContain(url);
  });

  itWithRedis('goes on after SIGKILL: what was told is not evaluated again, and nothing differs', async ({ url }) => {
    const evaluated: string[] = [];
    const folder = folderWith(files);
    const child = startDiffopt(queued(url), folder);
    const gone = once(child, 'exit') as Promise<[number | null, string | null]>;
    await worker(url, async (request) => {
      evaluated.push(request.id);
      if (request.id === 'r2-3') child.kill('SIGKILL');
      return bowl(request);
    });
    expect((await gone)[1]).toBe('SIGKILL');
    const { code } = await diffopt(queued(url), folder);
    expect(code).toBe(0);
    expect(fileOf(folder, 'run', 'evaluations.csv')).toBe(await evaluationsByModule());
    const first = evaluated.filter((id) => id.startsWith('r1-')).sort();
    expect(first).toEqual(['r1-1', 'r1-2', 'r1-3', 'r1-4', 'r1-5', 'r1-6']);
  });

  itWithRedis('waits out a server that is killed and started again', async (server) => {
    let killed = false;
    await worker(server.url, async (request) => {
      if (request.id === 'r2-2' && !killed) {
        killed = true;
        await server.kill();
        await server.restart();
      }
      return bowl(request);
    });
    const folder = folderWith(files);
    const { code } = await diffopt(queued(server.url), folder);
    expect(killed).toBe(true);
    expect(code).toBe(0);
    expect(fileOf(folder, 'run', 'evaluations.csv')).toBe(await evaluationsByModule());
  });

  it('says in one sentence where no server answers', async () => {
    const folder = folderWith(files);
    const { code, stderr } = await diffopt(queued('redis://127.0.0.1:1'), folder);
    expect(stderr).toMatch(/^diffopt: no connection to the Redis server at 127\.0\.0\.1:1: .*\n$/);
    expect(code).toBe(3);
  });
});
