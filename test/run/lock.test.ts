import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock } from '../../src/run/index.ts';
import { ownIdentity, startOf, type ProcessIdentity } from '../../src/run/process.ts';
import { folderWith } from '../support/cli.ts';

const contender = join(import.meta.dirname, 'contender.js');

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [contender, ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function holderIn(directory: string): ProcessIdentity {
  const [token = ''] = readdirSync(join(directory, 'lock'));
  return JSON.parse(readFileSync(join(directory, 'lock', token), 'utf8')) as ProcessIdentity;
}

/** A directory whose lock names this holder. */
function lockedBy(holder: ProcessIdentity | string, directory: string = folderWith()): string {
  mkdirSync(join(directory, 'lock'), { recursive: true });
  writeFileSync(join(directory, 'lock', 'token.json'), typeof holder === 'string' ? holder : JSON.stringify(holder));
  return directory;
}

describe('the lock', () => {
  it('names its holder, keeps others out while it lives, and is gone when given back', async () => {
    const directory = folderWith();
    const lock = await acquireLock(directory);
    expect(holderIn(directory)).toEqual(await ownIdentity());
    await expect(acquireLock(directory)).rejects.toMatchObject({
      kind: 'stopped',
      message: `${directory} is in use by process ${process.pid} on ${hostname()}, which is this one; wait until it has ended`,
    });
    await lock.release();
    expect(readdirSync(directory)).toEqual([]);
    await (await acquireLock(directory)).release();
  });

  it('of a living process is refused by its name, and replaced at once when it was killed', async () => {
    const directory = folderWith();
    const holder = start('hold', directory);
    const [line] = (await once(createInterface({ input: holder.stdout }), 'line')) as [string];
    expect(line).toBe(`held by ${holder.pid}`);
    await expect(acquireLock(directory)).rejects.toThrow(`in use by process ${holder.pid} on ${hostname()};`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await acquireLock(directory)).release();
  });

  it('is replaced when the pid belongs to another process now', async () => {
    const own = await ownIdentity();
    const [, boot = ''] = own.started.split(/ (?=ticks )/);
    await (await acquireLock(lockedBy({ ...own, started: `1 ${boot}` }))).release();
  });

  it('of another host, another container or an unknown holder is refused with the way out', async () => {
    const own = await ownIdentity();
    const elsewhere = lockedBy({ ...own, host: 'elsewhere' });
    await expect(acquireLock(elsewhere)).rejects.toThrow(
      `${elsewhere} is in use by process ${own.pid} on elsewhere, which cannot be seen from here; ` +
        `delete ${join(elsewhere, 'lock')} if no process uses it`,
    );
    await expect(acquireLock(lockedBy({ ...own, pids: 'pid:[1]' }))).rejects.toThrow('in another container');
    await expect(acquireLock(lockedBy('{"host":'))).rejects.toThrow('cannot tell who uses');
  });

  it.runIf(process.platform === 'linux')(
    'of a process that has ended and that nobody waits for is replaced',
    async () => {
      const directory = folderWith();
      // The shell becomes a program that never waits for its child.
      const command = `"${process.execPath}" "${contender}" hold "${directory}" & exec sleep 60`;
      const parent = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => void parent.kill('SIGKILL'));
      const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      const pid = Number(line.replace('held by ', ''));
      process.kill(pid, 'SIGKILL');
      while ((await startOf(pid)) !== 'ended') await wait(5);
      process.kill(pid, 0);
      await (await acquireLock(directory)).release();
    },
  );

  it('of a dead process goes to exactly one of many contenders', async () => {
    const own = await ownIdentity();
    const ended = spawn(process.execPath, ['--version']);
    await once(ended, 'exit');
    const contenders = Array.from({ length: 6 }, () => start('race'));
    const answers = contenders.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    for (const answer of answers) expect((await answer.next()).value).toBe('ready');
    for (let round = 0; round < 25; round++) {
      const directory = lockedBy({ ...own, pid: ended.pid! });
      for (const child of contenders) child.stdin.write(`${directory}\n`);
      const words = await Promise.all(answers.map(async (answer) => String((await answer.next()).value)));
      expect(words.filter((word) => word === 'held')).toHaveLength(1);
      const winner = contenders[words.indexOf('held')]!.pid;
      for (const word of words) if (word !== 'held') expect(word).toContain(`in use by process ${winner} on`);
      expect(holderIn(directory).pid).toBe(winner);
    }
  });

  it('never lets two in, while processes come, go and are killed inside', async () => {
    const directory = folderWith();
    const children = Array.from({ length: 6 }, () => start('loop', directory, '12'));
    const ends = await Promise.all(
      children.map(async (child) => {
        const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
        return { complaints, signal: child.signalCode, times: out.split('\n').length - 1 };
      }),
    );
    expect(ends).toEqual(children.map(() => ({ complaints: '', signal: 'SIGKILL', times: 12 })));
    expect(existsSync(join(directory, 'inside'))).toBe(false);
    await (await acquireLock(directory)).release();
  });
});

describe('the start of a process', () => {
  it('is the same each time, and nothing where there is no such process', async () => {
    for (const platform of ['linux', 'darwin'] as const) {
      if (platform === 'linux' && process.platform !== 'linux') continue;
      const first = await startOf(process.pid, platform);
      expect(first).toMatch(
        platform === 'linux' ? /^\d+ ticks after boot [0-9a-f-]{36}$/ : /^\w{3} \w{3} \d+ [\d:]{8} \d{4}$/,
      );
      expect(await startOf(process.pid, platform)).toBe(first);
      expect(await startOf(2 ** 22 + 1, platform)).toBe('');
    }
  });
});
