import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporary, writeWhole, writingFailed } from '../base/index.ts';

/**
 * Writes a file that appears whole or not at all and survives a power cut once the promise resolves: written beside, synced, renamed,
 * directory synced. Throws a `stopped` error.
 */
export function writeCheckpoint(file: string, content: string | Uint8Array): Promise<void> {
  return writeWhole(file, content, { durable: true });
}

/** Removes from a directory what killed writes left behind. Only the holder of its lock may. Throws a `stopped` error. */
export async function removeLeftovers(directory: string): Promise<void> {
  try {
    const names = (await readdir(directory)).filter(isTemporary);
    await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true })));
  } catch (cause) {
    throw writingFailed(directory, cause);
  }
}
