/** `opener DIRECTORY`: opens a run, tells one evaluation, and prints what became of it. */
import { UserError } from '../../src/base/index.ts';
import { openRun, readJournal } from '../../src/run/index.ts';
import { announce } from '../support/kill.ts';
import { designAt, settings } from './runs.ts';

const [directory = ''] = process.argv.slice(2);
try {
  const run = await openRun(directory, settings);
  announce(`told ${await run.tell([{ design: designAt(0), status: 'measured', reward: 1, source: 'user' }])}`);
  await run.close();
} catch (error) {
  const kept = await readJournal(directory).then(
    ({ evaluations }) => evaluations.length,
    () => 0,
  );
  announce(`${error instanceof UserError ? error.kind : 'other'}: ${(error as Error).message}; ${kept} evaluations`);
}
