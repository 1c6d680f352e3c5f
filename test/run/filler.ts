/**
 * `filler DIRECTORY`: tells until the disk is full, and prints what became of it as JSON; the file `ballast` beside the directory is
 * removed before it goes on.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../src/base/index.ts';
import { openRun, readJournal, type Run } from '../../src/run/index.ts';
import { announce } from '../support/kill.ts';
import { designAt, requests, settings } from './runs.ts';

const [directory = ''] = process.argv.slice(2);

interface Failure {
  readonly kind: string;
  readonly message: string;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
    return { kind: 'none', message: '' };
  } catch (error) {
    return error instanceof UserError
      ? { kind: error.kind, message: error.message }
      : { kind: 'other', message: String(error) };
  }
}

const acknowledged: number[] = [];

async function tell(run: Run, i: number): Promise<void> {
  await run.tell([{ id: `own-${i}`, design: designAt(i), status: 'measured', reward: i, source: 'user' }]);
  acknowledged.push(i);
}

async function fill(run: Run): Promise<void> {
  for (let i = 0; ; i += 2) await Promise.all([tell(run, i), tell(run, i + 1)]);
}

const run = await openRun(directory, settings);
const first = await failureOf(fill(run));
const told = acknowledged.length;
const second = await failureOf(tell(run, 1_000_000));
const ask = await failureOf(run.ask(1, requests(1, 10_000)));
const checkpoint = await failureOf(run.writeFile('model.onnx', new Uint8Array(1 << 20)));
const results = await failureOf(run.writeResults());
await run.close();

const record = await readJournal(directory);
const journal = readFileSync(join(directory, 'journal.jsonl'));
const ballast = join(dirname(directory), 'ballast');
const freed = existsSync(ballast);
rmSync(ballast, { force: true });
let later = 0;
if (freed) {
  const resumed = await openRun(directory, settings);
  await tell(resumed, 2_000_000);
  await resumed.close();
  later = (await readJournal(directory)).evaluations.length;
}
announce(
  JSON.stringify({
    failures: [first, second, ask, checkpoint, results],
    told,
    kept: record.evaluations.map((one) => (one.status === 'measured' ? one.reward : -1)),
    lastByte: journal.at(-1),
    size: statSync(join(directory, 'journal.jsonl')).size,
    leftovers: existsSync(join(directory, 'lock')),
    freed,
    later,
  }),
);
