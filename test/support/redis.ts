import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, onTestFinished } from 'vitest';

const present = spawnSync('redis-server', ['--version']).status === 0;

/** A test on a Redis server of its own; skipped by name where the PATH has no `redis-server`. */
export function itWithRedis(
  name: string,
  test: (server: RedisServer) => Promise<void>,
  settings: readonly string[] = [],
): void {
  if (!present) {
    it.skip(`${name} (needs redis-server on the PATH)`, () => undefined);
    return;
  }
  it(name, async () => {
    const server = await startRedis(settings);
    // First, so that it is done last.
    onTestFinished(() => server.remove());
    await test(server);
  });
}

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** As a crash does it: SIGKILL. */
  kill(): Promise<void>;
  /** On the same port and folder. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startRedis(settings: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'diffopt-redis-'));
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn('redis-server', [...flags, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of child.stdout!.setEncoding('utf8')) {
      if (String(text).includes('Ready to accept connections')) break;
    }
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: start,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
