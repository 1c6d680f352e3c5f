import {
  bestDesign,
  isAnother,
  optimizerOfRun,
  optionsOfRun,
  outcomesOfRound,
  resultsAsked,
  summaryOf,
  writeRunResults,
  type Best,
} from '../optimizer/index.ts';
import { openRun, pendingRequests, type Run } from '../run/index.ts';
import { readResults } from '../table/index.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import { talkFlags, type TalkValues } from './computing.ts';
import { switchFlag, textFlag, type FlagsOf } from './flags.ts';
import { reportOf } from './run-report.ts';
import { createReporter } from './progress.ts';
import { tellsOf } from './results.ts';
import { bestInWords, pairsText, recommendedInWords, runFiles } from './run-progress.ts';
import { print, type Session } from './session.ts';
import { countOf } from './text.ts';

interface Values extends TalkValues {
  readonly failed: string | undefined;
  readonly correct: boolean;
}

const flags: FlagsOf<Values> = {
  failed: textFlag({
    group: 'Data',
    help: 'the column that says which experiments failed (1, true, yes, failed): no reward is read there',
  }),
  correct: switchFlag({
    group: 'Data',
    help: 'what was told before under the same id is replaced where the file says otherwise',
  }),
  ...talkFlags,
};

/** The best design of a run that its constraints and fixed values allow. */
function bestOf({ space, record }: Run): Best | undefined {
  const { fix } = optionsOfRun(record.settings);
  return bestDesign(record, fix === undefined ? space : space.fix(fix), record.settings.direction);
}

/** Sums up the rounds that have all their results now. */
async function sumUpRounds(run: Run, best: Best | undefined): Promise<void> {
  const { record } = run;
  const unfinished = new Set([
    ...pendingRequests(record).map(({ round }) => round),
    ...record.rounds.map(({ round }) => round),
  ]);
  const finished = new Set(
    [...record.requests.values()].map(({ round }) => round).filter((one) => !unfinished.has(one)),
  );
  for (const round of finished) {
    const outcomes = outcomesOfRound(record, round);
    await run.round(summaryOf({ round, outcomes, evaluations: resultsAsked(record), best }));
  }
}

async function run(
  [directory, file]: Files<readonly [string, string]>,
  values: Values,
  session: Session,
): Promise<void> {
  const { signal, stdout } = session;
  const reporter = createReporter(session.stderr, values.quiet);
  const run = await openRun(directory);
  try {
    const { record, space } = run;
    const { reward } = record.settings;
    const failed = values.failed === undefined ? {} : { failed: values.failed };
    const rows = await readResults(file, space, { reward, ...failed, signal, onProgress: reporter.observer });
    const { tells, changed, empty } = tellsOf(rows, record, space, values.correct);
    signal.throwIfAborted();
    const news = await run.tell(tells);
    const best = bestOf(run);
    await sumUpRounds(run, best);
    await writeRunResults(run, best);
    await reportOf(run).write();
    const optimizer = optimizerOfRun(run, space, optionsOfRun(record.settings));
    const recommended = await optimizer.recommend({ signal, observer: reporter.observer });
    if (isAnother(recommended, best)) await writeRunResults(run, best, recommended);
    reporter.end();
    const [known, pending] = [tells.length - news, pendingRequests(record).length];
    const counts = { new: news, known, changed, empty, pending };
    if (values.json) {
      const noisy = isAnother(recommended, best) ? { recommended } : {};
      const facts = { run: directory, ...counts, best, ...noisy, files: runFiles(directory, best) };
      return await print(stdout, `${JSON.stringify(facts, null, 2)}\n`);
    }
    const said = [
      `${countOf(news, 'new result')}`,
      ...(known === 0 ? [] : [`${known} known already`]),
      ...(changed === 0 ? [] : [`${countOf(changed, 'row')} with another design than was asked for`]),
      ...(empty === 0 ? [] : [`${countOf(empty, 'row')} without a result yet`]),
      `${countOf(pending, 'design')} still to measure`,
    ].join(', ');
    const files = pairsText(Object.entries(runFiles(directory, best)));
    await print(
      stdout,
      `${[said, bestInWords(reward, best), ...recommendedInWords(reward, best, recommended), files].join('\n\n')}\n`,
    );
  } finally {
    reporter.end();
    await run.close();
  }
}

/** Results of experiments that were done by hand. */
export const tell: Command = defineCommand<Values, readonly [string, string]>({
  name: 'tell',
  operands: ['RUN', 'RESULTS.csv'],
  summary: 'take in results of designs that diffopt ask gave, and others',
  description:
    'Takes in a CSV file that diffopt ask wrote, its rewards filled in. Rows without a reward are not measured yet. Rows without an id are ' +
    'experiments of your own. The same file can be told again: only what is new counts.',
  flags,
  examples: [
    ['diffopt tell coating next.csv', 'what was measured so far'],
    ['diffopt tell coating next.csv --failed broke', 'with a column that says which experiments failed'],
    ['diffopt tell coating next.csv --correct', 'after a mistake in the file was mended'],
  ],
  run,
});
