import promises, { open, type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { awaitDeath } from '../support/kill.ts';

/** Moments of writing at which a process can be killed. */
export const diskStates = ['half written', 'before sync', 'after sync', 'before rename', 'after rename'] as const;
export type DiskState = (typeof diskStates)[number];

export async function fileHandlePrototype(): Promise<FileHandle> {
  const handle = await open(process.execPath, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

type WriteBytes = (this: FileHandle, bytes: Uint8Array, from?: number, length?: number) => Promise<unknown>;

/** From now on this process prints "at STATE" and waits to be killed when it comes to that moment. */
export async function stopAt(state: DiskState): Promise<void> {
  const prototype = await fileHandlePrototype();
  const die = (): Promise<never> => awaitDeath(`at ${state}`);
  const sync = Reflect.get(prototype, 'sync');
  const { rename } = promises;
  if (state === 'half written') {
    const write = Reflect.get(prototype, 'write') as unknown as WriteBytes;
    const writeHalf: WriteBytes = async function (bytes) {
      await write.call(this, bytes, 0, bytes.length >> 1);
      return die();
    };
    prototype.write = writeHalf as unknown as FileHandle['write'];
  } else if (state === 'before sync' || state === 'after sync') {
    prototype.sync = async function (this: FileHandle) {
      if (state === 'after sync') await sync.call(this);
      return die();
    };
  } else {
    promises.rename = async (from, to) => {
      if (state === 'after rename') await rename(from, to);
      return die();
    };
    syncBuiltinESMExports();
  }
}
