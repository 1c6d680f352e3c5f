import { Worker } from 'node:worker_threads';
import type { Solve, Solved } from './gaussian-process-solve.ts';

/** What the thread says: each iteration, then the solution or why there is none. */
export type ThreadAnswer =
  | { readonly iteration: number; readonly logPosterior: number }
  | { readonly solved: Solved }
  | { readonly error: string };

/** `solveHere` in a thread of its own, the same to the last bit: for tables large enough that other training would wait for it. */
export const solveInThread: Solve = async (task, { onIteration, signal }) => {
  signal?.throwIfAborted();
  // Flags such as --input-type are for the main thread alone.
  const thread = new Worker(new URL('./gaussian-process-worker.js', import.meta.url), {
    workerData: task,
    execArgv: [],
  });
  let stop: (() => void) | undefined;
  try {
    return await new Promise<Solved>((resolve, reject) => {
      stop = () => reject(signal!.reason as Error);
      signal?.addEventListener('abort', stop);
      thread.on('message', (answer: ThreadAnswer) => {
        if ('iteration' in answer) onIteration(answer.iteration, answer.logPosterior);
        else if ('solved' in answer) resolve(answer.solved);
        else reject(new Error(answer.error));
      });
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error('The thread of the Gaussian process ended')));
    });
  } finally {
    if (stop !== undefined) signal?.removeEventListener('abort', stop);
    await thread.terminate();
  }
};
