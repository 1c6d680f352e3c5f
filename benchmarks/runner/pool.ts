import { availableParallelism } from 'node:os';

/** Half of the processors, rounded up to 1. */
export function defaultJobs(): number {
  return Math.max(1, Math.round(availableParallelism() / 2));
}

/** Does work for all items, `jobs` at a time, in their order. Rejects with the first error once what was under way has ended; nothing is
 *  begun after it. */
export async function measureAll<T>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(jobs, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
