/** `teller DIRECTORY MOMENT STATE`: a run that comes to a disk state at a moment, and waits there to be killed. */
import { openRun, type Run } from '../../src/run/index.ts';
import { announce, awaitDeath } from '../support/kill.ts';
import { stopAt, type DiskState } from './disk.ts';
import { requests, settings } from './runs.ts';

const [directory = '', moment = '', state = ''] = process.argv.slice(2);

async function reach(now: string): Promise<void> {
  if (now === moment) await (state === 'idle' ? awaitDeath('at idle') : stopAt(state as DiskState));
}

async function tell(run: Run, at: number): Promise<void> {
  const { id } = requests(1, 8)[at]!;
  await run.tell([{ id, status: 'measured', reward: at / 7, source: 'oracle' }]);
  announce(`acknowledged ${id}`);
}

await reach('open');
const run = await openRun(directory, settings);
await reach('ask');
await run.ask(1, requests(1, 8));
announce('asked');
for (let i = 0; i < 5; i++) await tell(run, i);
await reach('tell');
await tell(run, 5);
await reach('tell many');
await Promise.all([tell(run, 6), tell(run, 7)]);
await reach('checkpoint');
await run.writeFile('model.onnx', 'second');
await reach('results');
await run.writeResults();
await run.close();
