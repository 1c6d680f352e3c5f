/** One cell of the benchmark in a process of its own, so that its memory and time are its own: prints a method's proposals as JSON.
 *  Usage: node propose-cell.js TASK METHOD SEED COUNT */
import { randomStream } from '../../src/base/index.ts';
import { methodNames, methods } from '../methods/catalogue.ts';
import { visibleTable } from '../methods/method.ts';
import { loadTask, taskNames } from '../tasks/catalogue.ts';
import { readCount, readNames } from './flags.ts';

const [taskText = '', methodText = '', seedText = '', countText = ''] = process.argv.slice(2);
const name = readNames('task', taskText, taskNames)[0]!;
const method = readNames('method', methodText, methodNames)[0]!;
const seed = readCount('seed', seedText, 0);
const count = readCount('count', countText, 1);
const task = loadTask(name, seed);
const designs = await methods[method]({
  table: visibleTable(task),
  ...(task.listing === undefined ? {} : { unseen: task.listing.unseen }),
  count,
  seed,
  stream: randomStream(seed).split('benchmark', name, method),
});
process.stdout.write(JSON.stringify(designs));
