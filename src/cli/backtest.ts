import { writeWhole } from '../base/index.ts';
import {
  backtest as runBacktest,
  defaultRepeats,
  type BacktestRepeat,
  type BacktestResult,
} from '../optimizer/index.ts';
import {
  methodRows,
  protocolInWords,
  recoveryInWords,
  remarksOn,
  renderBacktestReport,
  verdictInWords,
} from '../report/index.ts';
import { formatCell } from '../table/index.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import {
  computingFlags,
  computingOptions,
  talkFlags,
  type ComputingValues,
  type TalkValues,
  surrogateFlag,
  surrogateOption,
  type SurrogateValues,
} from './computing.ts';
import { dataFlags, openTable, type DataValues } from './data.ts';
import { numberFlag, textFlag, wholeFromOne, type FlagsOf } from './flags.ts';
import { checkOutputs } from './paths.ts';
import { createReporter } from './progress.ts';
import { print, widthOf, type Session } from './session.ts';
import { textTable, type TextColumn } from './text.ts';

interface Values extends DataValues, TalkValues, ComputingValues, SurrogateValues {
  readonly count: number | undefined;
  readonly repeats: number | undefined;
  readonly report: string | undefined;
}

const flags: FlagsOf<Values> = {
  ...dataFlags,
  count: numberFlag(
    {
      group: 'What to ask for',
      help: 'candidates that are chosen in each repeat',
      fallback: 'as many as there are hidden designs',
    },
    wholeFromOne,
  ),
  repeats: numberFlag(
    { group: 'What to ask for', help: 'how often to repeat', fallback: String(defaultRepeats) },
    wholeFromOne,
  ),
  ...talkFlags,
  report: textFlag({ group: 'Output', help: 'write an HTML report here: what was found, by method and repeat' }),
  ...surrogateFlag,
  ...computingFlags,
};

/** Decimals beside those of the table for a mean of rewards. */
const meanDecimals = 1;

function methodTable(result: BacktestResult, width: number): readonly string[] {
  const rows = methodRows(result);
  const column = (name: string, cells: readonly string[], align: TextColumn['align'] = 'right'): TextColumn => ({
    name,
    cells,
    align,
  });
  const reward = (value: number): string => formatCell(value, Math.min(6, (result.decimals ?? 3) + meanDecimals));
  const { lines } = textTable(
    [
      column(
        'choice',
        rows.map(({ name }) => name),
        'left',
      ),
      column(
        'found',
        rows.map(({ found }) => found),
      ),
      column(
        '95 % interval',
        rows.map(({ interval }) => interval),
      ),
      column(
        'of winners',
        rows.map(({ recall }) => recall),
      ),
      column(
        `mean ${result.reward}`,
        rows.map(({ mean }) => reward(mean)),
      ),
      column(
        `best ${result.reward}`,
        rows.map(({ best }) => reward(best)),
      ),
    ],
    width,
  );
  return lines;
}

function asText(result: BacktestResult, values: Values, width: number): string {
  const report = values.report === undefined ? [] : ['', `report  ${values.report}`];
  return [
    recoveryInWords(result),
    '',
    ...methodTable(result, width),
    '',
    verdictInWords(result),
    protocolInWords(result),
    ...report,
    '',
  ].join('\n');
}

function asJson(result: BacktestResult, values: Values): string {
  const facts = {
    ...result,
    words: { recovery: recoveryInWords(result), verdict: verdictInWords(result) },
    files: { report: values.report, 'save-space': values['save-space'] },
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

async function run([file]: Files, values: Values, session: Session): Promise<void> {
  const { signal, stdout } = session;
  checkOutputs(
    [
      { role: 'the table', file },
      { role: '--space', file: values.space },
    ],
    [
      { role: '--report', file: values.report },
      { role: '--save-space', file: values['save-space'] },
    ],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  try {
    const table = await openTable(file, values, reporter, signal);
    const { count, repeats = defaultRepeats } = values;
    const result = await runBacktest(table, {
      ...computingOptions(values),
      ...surrogateOption(values),
      ...(count === undefined ? {} : { count }),
      repeats,
      observer: reporter.observer,
      signal,
      onRepeat: ({ methods: { diffopt, nearest, chance, perfect } }: BacktestRepeat, number) =>
        reporter.note(
          `repeat ${number} of ${repeats}: ${diffopt.hits} of ${perfect.hits} found (nearest ${nearest.hits}, chance ${chance.hits})`,
        ),
    });
    signal.throwIfAborted();
    remarksOn(result).forEach((text) => reporter.note(text));
    if (values.report !== undefined) await writeWhole(values.report, renderBacktestReport(result));
    reporter.end();
    await print(stdout, values.json ? asJson(result, values) : asText(result, values, widthOf(stdout, 120)));
  } finally {
    reporter.end();
  }
}

/** A table in, evidence out: whether the best of it would have been found. */
export const backtest: Command = defineCommand<Values>({
  name: 'backtest',
  operands: ['DATA.csv'],
  summary: 'would the best rows of a table have been found? evidence before a budget is spent',
  description:
    'Hides the best fifth of the measured designs, lets diffopt choose among them and as many others from what is left of the ' +
    'table, repeats with other seeds, and reports how many of the hidden ones came back against chance and against choosing what is ' +
    'nearest to the best visible designs.',
  flags,
  examples: [
    ['diffopt backtest runs.csv --reward yield', 'what to expect of diffopt on this table'],
    [
      'diffopt backtest runs.csv --reward yield --count 12 --report backtest.html',
      'for a dozen experiments, as a page',
    ],
  ],
  run,
});
