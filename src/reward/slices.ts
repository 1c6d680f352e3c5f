import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which the event loop gets its turn. */
const slice = 20;

/**
 * Calls work(0), ..., work(total - 1) in order and lets the event loop run in between, so that progress is shown and an interrupt is
 * seen. Throws the signal's reason when aborted.
 */
export async function inSlices(
  total: number,
  signal: AbortSignal | undefined,
  work: (index: number) => void,
): Promise<void> {
  signal?.throwIfAborted();
  let since = performance.now();
  for (let index = 0; index < total; index++) {
    if (performance.now() - since > slice) {
      await setImmediate();
      signal?.throwIfAborted();
      since = performance.now();
    }
    work(index);
  }
}
