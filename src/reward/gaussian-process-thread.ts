import { Worker } from 'node:worker_threads';
import type { ProcessTask, Solve, Solved, Watch } from './gaussian-process-solve.ts';

/** What the thread says: each iteration, then the solution or why there is none. */
export type ThreadAnswer =
  | { readonly iteration: number; readonly logPosterior: number }
  | { readonly solved: Solved }
  | { readonly error: string };

/** A thread without a task. It is kept, as its code runs faster the second time; it does not keep the process alive. */
let idle: Worker | undefined;

/** By name: a thread has listeners of its own, without which it is deaf. */
function stopListening(thread: Worker): void {
  for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
}

function takeThread(): Worker {
  // Flags such as --input-type are for the main thread alone.
  const thread = idle ?? new Worker(new URL('./gaussian-process-worker.js', import.meta.url), { execArgv: [] });
  idle = undefined;
  stopListening(thread);
  thread.ref();
  return thread;
}

async function giveBack(thread: Worker): Promise<void> {
  stopListening(thread);
  if (idle !== undefined) await thread.terminate();
  else {
    idle = thread;
    thread.unref();
    const forget = (): void => {
      if (idle === thread) idle = undefined;
    };
    thread.on('error', forget).on('exit', forget);
  }
}

function answerOf(thread: Worker, task: ProcessTask, { onIteration, signal }: Watch): Promise<Solved | Error> {
  let stop = (): void => undefined;
  return new Promise<Solved | Error>((resolve, reject) => {
    stop = (): void => reject(signal!.reason as Error);
    signal?.addEventListener('abort', stop);
    thread.on('message', (answer: ThreadAnswer) => {
      if (!('iteration' in answer)) return resolve('solved' in answer ? answer.solved : new Error(answer.error));
      try {
        onIteration(answer.iteration, answer.logPosterior);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('The thread of the Gaussian process ended')));
    thread.postMessage(task);
  }).finally(() => signal?.removeEventListener('abort', stop));
}

/** `solveHere` in a thread of its own, the same to the last bit: for tables large enough that other training would wait for it. */
export const solveInThread: Solve = async (task, watch) => {
  watch.signal?.throwIfAborted();
  const thread = takeThread();
  let answer: Solved | Error;
  try {
    answer = await answerOf(thread, task, watch);
  } catch (error) {
    stopListening(thread);
    await thread.terminate();
    throw error;
  }
  await giveBack(thread);
  if (answer instanceof Error) throw answer;
  return answer;
};
