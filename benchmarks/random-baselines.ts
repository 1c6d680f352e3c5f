import { usageError, type RandomStream } from '../src/base/index.ts';
import type { Design } from '../src/space/index.ts';
import type { OfflineTask } from './tasks/offline.ts';
import { median } from './statistics.ts';

/** A method that looks at nothing: `count` different designs. */
export type RandomBaseline = (task: OfflineTask, count: number, stream: RandomStream) => readonly Design[];

/** Designs drawn from the whole table. Throws a usage error when it holds fewer than `count`. */
export const randomUniform: RandomBaseline = (task, count, stream) => drawn(task.designs, count, stream);

/** Designs drawn from those that are not visible. Throws a usage error when there are fewer than `count`. */
export const randomUnseen: RandomBaseline = (task, count, stream) => drawn(task.unseen, count, stream);

/** A uniformly random subset (Floyd's algorithm, Bentley and Floyd 1987), in no meaningful order. */
function drawn(designs: readonly Design[], count: number, stream: RandomStream): readonly Design[] {
  if (count > designs.length) throw usageError(`Cannot draw ${count} different designs from ${designs.length}.`);
  const rows = new Set<number>();
  for (let last = designs.length - count; last < designs.length; last++) {
    const row = stream.integer(last + 1);
    rows.add(rows.has(row) ? last : row);
  }
  return Array.from(rows, (row) => designs[row]!);
}

/** Greatest and median true score of some designs of an offline task. Throws a usage error for a design that the task cannot score. */
export function scoreSummary(
  task: OfflineTask,
  designs: readonly Design[],
): { readonly max: number; readonly median: number } {
  const scores = designs.map((design) => {
    const score = task.score(design);
    if (score !== undefined) return score;
    throw usageError(`The task ${task.name} does not hold the design ${JSON.stringify(design)}.`);
  });
  return { max: Math.max(...scores), median: median(scores) };
}
