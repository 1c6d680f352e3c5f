import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../base/index.ts';
import { solveHere, type ProcessTask } from './gaussian-process-solve.ts';
import type { ThreadAnswer } from './gaussian-process-thread.ts';

const say = (answer: ThreadAnswer, moved: readonly ArrayBuffer[] = []): void => parentPort?.postMessage(answer, moved);

try {
  const solved = await solveHere(workerData as ProcessTask, {
    onIteration: (iteration, logPosterior) => say({ iteration, logPosterior }),
    signal: undefined,
  });
  say({ solved }, [solved.conditioned.whitening.buffer as ArrayBuffer]);
} catch (error) {
  say({ error: messageOf(error) });
}
