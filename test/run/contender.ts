/**
 * `contender race`: for each line of stdin, a directory, tries once to lock it and prints "held" or the refusal; holds all until stdin
 * ends. `contender loop DIRECTORY TIMES`: locks and unlocks it that often, with only one process inside at a time, and is killed
 * inside at the last. `contender hold DIRECTORY`: holds the lock until it is killed.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../src/base/index.ts';
import { acquireLock, type Lock } from '../../src/run/index.ts';
import { announce, awaitDeath } from '../support/kill.ts';

const [mode, directory = '', times = '1'] = process.argv.slice(2);

async function untilHeld(): Promise<Lock> {
  for (;;) {
    try {
      return await acquireLock(directory);
    } catch (error) {
      if (!(error instanceof UserError) || !error.message.includes('is in use by process')) throw error;
      await wait(1);
    }
  }
}

if (mode === 'race') {
  announce('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    announce(await acquireLock(line).then(() => 'held', String));
  }
} else if (mode === 'loop') {
  for (let left = Number(times); left > 0; left--) {
    const lock = await untilHeld();
    const inside = join(directory, 'inside');
    closeSync(openSync(inside, 'wx'));
    await wait(1);
    rmSync(inside);
    announce('was inside');
    if (left === 1) process.kill(process.pid, 'SIGKILL');
    await lock.release();
  }
} else {
  await acquireLock(directory);
  await awaitDeath(`held by ${process.pid}`);
}
