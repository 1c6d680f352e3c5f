import type { Design } from '../../src/space/index.ts';
import { median } from '../statistics.ts';
import { best, type Task } from '../tasks/task.ts';

/** What some proposals are truly worth, in the task's unit. */
export interface Scores {
  readonly best: number;
  readonly median: number;
  /** Proposals whose truth is known: the others count for nothing. */
  readonly scored: number;
}

/** Best and median true score of those proposals that were measured; NaN where none was. */
export function scoresOf(task: Pick<Task, 'score' | 'direction'>, designs: readonly Design[]): Scores {
  const scores = designs.flatMap((design) => task.score(design) ?? []);
  return {
    best: scores.length === 0 ? NaN : best(scores, task.direction),
    median: median(scores),
    scored: scores.length,
  };
}
