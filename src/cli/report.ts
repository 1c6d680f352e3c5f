import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataError } from '../base/index.ts';
import { runModelFile } from '../optimizer/index.ts';
import { runReportFile, writeRunReport } from '../report/index.ts';
import { journalFile, readJournal, type RunRecord } from '../run/index.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import { talkFlags, type OutputValues } from './computing.ts';
import { textFlag, type FlagsOf } from './flags.ts';
import { checkOutputs } from './paths.ts';
import { print, type Session } from './session.ts';

const flags: FlagsOf<OutputValues> = {
  out: textFlag({ group: 'Output', help: 'write the HTML report here', fallback: 'report.html in RUN' }),
  ...talkFlags,
};

/** The run of a directory, which another process may hold: nothing but its journal is read. Throws a data error. */
async function readRun(directory: string): Promise<RunRecord> {
  const journal = journalFile(directory);
  if (!existsSync(journal)) throw dataError(`${directory} holds no run: there is no ${journal}`);
  return readJournal(directory);
}

/** The files of a run that a report must not replace. */
const runFiles = ['journal.jsonl', 'evaluations.csv', 'best.json', runModelFile];

async function run([directory]: Files, { out, json }: OutputValues, { stdout, signal }: Session): Promise<void> {
  const record = await readRun(directory);
  const file = out ?? runReportFile(directory);
  checkOutputs(
    runFiles.map((name) => ({ role: `${name} of the run`, file: join(directory, name) })),
    [{ role: '--out', file }],
  );
  signal.throwIfAborted();
  await writeRunReport(directory, record, file);
  await print(stdout, json ? `${JSON.stringify({ files: { report: file } }, null, 2)}\n` : `report  ${file}\n`);
}

/** The HTML report of a run, as it is now. */
export const report: Command = defineCommand<OutputValues>({
  name: 'report',
  operands: ['RUN'],
  summary: 'write the HTML report of a run, also while it goes on',
  description:
    'Reads the journal of a run directory and writes a self-contained HTML page: the best designs, convergence, what each round did, how ' +
    'predictions fared, where designs lie. The run is only read, so another process may go on with it.',
  flags,
  examples: [
    ['diffopt report diffopt-run', 'writes diffopt-run/report.html'],
    ['diffopt report diffopt-run --out today.html', 'writes it elsewhere'],
  ],
  run,
});
