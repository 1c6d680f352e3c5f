/**
 * Loaded before a program (`node --import`): the process kills itself (SIGKILL) at the moment that DIFFOPT_TEST_KILL names:
 * `append NTH half|before-sync|after-sync` of the journal, `rename NAME NTH before|after`, or `compute NTH`: as soon as the thread that
 * computes models is given its NTH piece of work.
 */
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import { fileHandlePrototype } from '../run/disk.ts';

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

type Write = (this: object, bytes: Uint8Array, from?: number, length?: number) => Promise<unknown>;
type Sync = (this: object) => Promise<void>;

async function killAppending(nth: number, how: string): Promise<void> {
  const prototype = await fileHandlePrototype();
  const write = Reflect.get(prototype, 'write') as unknown as Write;
  const sync = Reflect.get(prototype, 'sync');
  let writes = 0;
  const counted: Write = async function (bytes, from = 0) {
    if (++writes < nth || how !== 'half') return write.call(this, bytes, from);
    await write.call(this, bytes, from, (bytes.length - from) >> 1);
    return die();
  };
  const killing: Sync = async function () {
    if (writes === nth && how === 'before-sync') await die();
    await sync.call(this);
    if (writes === nth && how === 'after-sync') await die();
  };
  Object.assign(prototype, { write: counted, sync: killing });
}

function killRenaming(name: string, nth: number, when: string): void {
  const { rename } = promises;
  let renames = 0;
  promises.rename = async (from, to) => {
    const now = basename(String(to)) === name && ++renames === nth;
    if (now && when === 'before') await die();
    await rename(from, to);
    if (now) await die();
  };
  syncBuiltinESMExports();
}

function killComputing(nth: number): void {
  const post = Reflect.get(Worker.prototype, 'postMessage') as (this: Worker, ...given: unknown[]) => void;
  let posts = 0;
  Worker.prototype.postMessage = function (...given: unknown[]) {
    post.apply(this, given);
    if (++posts === nth) void die();
  };
}

if (isMainThread) {
  const [what, ...words] = (process.env['DIFFOPT_TEST_KILL'] ?? '').split(' ');
  if (what === 'append') await killAppending(Number(words[0]), words[1]!);
  if (what === 'rename') killRenaming(words[0]!, Number(words[1]), words[2]!);
  if (what === 'compute') killComputing(Number(words[0]));
}
