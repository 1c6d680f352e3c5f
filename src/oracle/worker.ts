import { workerData } from 'node:worker_threads';
import { messageOf } from '../base/index.ts';
import { loadFunction } from './module.ts';
import type { Request } from './types.ts';

/** What a thread answers: nothing when it was only to load its module, `broken` when that did not work. */
export type WorkerAnswer = { readonly broken: string } | { readonly reward: number } | undefined;

const path = workerData as string;
const loading = loadFunction(path).catch((error: unknown) => ({ broken: messageOf(error) }));

/** Runs in a thread: one evaluation by the module, or only its loading. */
export default async function work(request: Request | null): Promise<WorkerAnswer> {
  const reward = await loading;
  if (typeof reward !== 'function') return reward;
  if (request === null) return undefined;
  // Nothing tells a computing thread that it is given up: it is ended.
  return { reward: await reward(request.design, { id: request.id, signal: new AbortController().signal }) };
}
