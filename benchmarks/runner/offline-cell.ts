import { randomStream } from '../../src/base/index.ts';
import { visibleTable, type Method } from '../methods/method.ts';
import { scoresOf } from '../offline/scores.ts';
import { isRandom, problemsOf, randomScores } from '../offline/task-cells.ts';
import type { Task } from '../tasks/task.ts';
import type { CellNews, PlannedCell, ScoreFacts } from './cells.ts';

function factsOf({ unit, direction, bestVisible, range, note }: Task): ScoreFacts {
  return {
    unit,
    direction,
    bestVisible,
    ...(range === undefined ? {} : { range }),
    ...(note === undefined ? {} : { note: note() }),
  };
}

/** One method on one task: `count` designs from the visible rows, scored. Rejects with the method's errors. */
export async function playOffline(
  task: Task,
  method: (name: string) => Method,
  { method: name, seed, count }: PlannedCell,
  tell: (news: CellNews) => void,
): Promise<void> {
  tell({ event: 'offline' });
  if (isRandom(name)) {
    const scores = randomScores(task, name, { seed, count });
    tell({ event: 'scored', result: { facts: factsOf(task), scores, problems: [], designs: [] } });
  } else {
    const designs = await method(name)({
      table: visibleTable(task),
      ...(task.listing === undefined ? {} : { unseen: task.listing.unseen }),
      count,
      seed,
      stream: randomStream(seed).split('benchmark', task.name, name),
    });
    tell({ event: 'proposed' });
    const problems = problemsOf(task, designs, count);
    tell({ event: 'scored', result: { scores: [scoresOf(task, designs)], facts: factsOf(task), problems, designs } });
  }
  tell({ event: 'done' });
}
