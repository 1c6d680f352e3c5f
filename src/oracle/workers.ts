import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { UserError, messageOf } from '../base/index.ts';
import type { Oracle, Request } from './types.ts';
import type { WorkerAnswer } from './worker.ts';

export interface WorkersOptions {
  /** Most threads; the number of processors by default. Further evaluations wait, which counts towards their timeout. */
  readonly threads?: number;
}

/**
 * The default export of a module file, `(design) => number | Promise<number>`, in worker threads, one evaluation at a time in each:
 * for JavaScript that computes. A thread whose evaluation is given up is ended and replaced, whatever it does.
 */
export async function workersOracle(path: string, options: WorkersOptions = {}): Promise<Oracle> {
  const pool = new Piscina<Request | null, WorkerAnswer>({
    filename: fileURLToPath(import.meta.resolve('./worker.js')),
    workerData: path,
    minThreads: 1,
    maxThreads: options.threads ?? availableParallelism(),
  });
  // A thread that dies without a task is replaced; with one, its task is rejected.
  pool.on('error', () => undefined);

  async function answer(request: Request | null, signal?: AbortSignal): Promise<number> {
    const said = await pool.run(request, signal === undefined ? {} : { signal });
    if (said === undefined) return NaN;
    if ('broken' in said) throw new UserError('stopped', said.broken);
    return said.reward;
  }

  try {
    await answer(null);
  } catch (cause) {
    await pool.destroy();
    throw cause instanceof UserError ? cause : new UserError('stopped', `${path}: ${messageOf(cause)}`, { cause });
  }
  return {
    evaluate: async (request, { signal }) => {
      signal.throwIfAborted();
      try {
        return await answer(request, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },
    close: () => pool.destroy(),
  };
}
