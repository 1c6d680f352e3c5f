import type { Design } from '../space/index.ts';
import type { Request } from './types.ts';

/** What a job holds; workers of any language read it. */
export interface JobData extends Request {
  /** Nobody waits for the result any longer. */
  readonly aborted?: boolean;
}

/** The only kind of job in a queue. */
export const jobName = 'evaluate';

/** The job's id for an evaluation of a run. BullMQ allows no colon in it, and no whole number alone. */
export function jobIdOf(run: string, id: string): string {
  return [run, id].map((part) => part.replaceAll('%', '%25').replaceAll('/', '%2F').replaceAll(':', '%3A')).join('/');
}

/** A design as it comes back out of a job. */
export function throughJson(design: Design): Design {
  return JSON.parse(JSON.stringify(design)) as Design;
}
