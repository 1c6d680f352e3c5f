import { parentPort } from 'node:worker_threads';
import { messageOf } from '../base/index.ts';
import { solveHere, type ProcessTask } from './gaussian-process-solve.ts';
import type { ThreadAnswer } from './gaussian-process-thread.ts';

const say = (answer: ThreadAnswer, moved: readonly ArrayBuffer[] = []): void => parentPort?.postMessage(answer, moved);

async function solve(task: ProcessTask): Promise<void> {
  try {
    const solved = await solveHere(task, {
      onIteration: (iteration, logPosterior) => say({ iteration, logPosterior }),
      signal: undefined,
    });
    say({ solved }, [solved.conditioned.whitening.buffer as ArrayBuffer]);
  } catch (error) {
    say({ error: messageOf(error) });
  }
}

parentPort?.on('message', (task: ProcessTask) => void solve(task));
