import { usageError, writeWhole, type Observer } from '../base/index.ts';
import {
  defaultCount,
  diversityRule,
  defaultTargets,
  poolRule,
  propose as proposeDesigns,
  type ProposeOptions,
  type ProposeResult,
} from '../optimizer/index.ts';
import { renderProposalReport } from '../report/index.ts';
import type { Design, Space } from '../space/index.ts';
import { readDesigns, writeDesigns, writeDesignsTo, type DesignList, type Table } from '../table/index.ts';
import { checkColumnNames, proposalColumns } from './columns.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import {
  computingFlags,
  computingOptions,
  outputFlags,
  type ComputingValues,
  type OutputValues,
  surrogateFlag,
  surrogateOption,
  type SurrogateValues,
} from './computing.ts';
import { dataFlags, fixedValues, openTable, type DataValues } from './data.ts';
import {
  anyNumber,
  numberBetween,
  numberFlag,
  numbersFlag,
  repeatedFlag,
  textFlag,
  wholeFromOne,
  type FlagsOf,
} from './flags.ts';
import { checkOutputs } from './paths.ts';
import { createReporter } from './progress.ts';
import { noteOutcome } from './propose-notes.ts';
import { print, widthOf, type Session } from './session.ts';
import { proposalSummary } from './summary.ts';
import { countOf } from './text.ts';

interface Values extends DataValues, OutputValues, ComputingValues, SurrogateValues {
  readonly count: number | undefined;
  readonly target: number | undefined;
  readonly quantile: number | undefined;
  readonly guidance: readonly number[] | undefined;
  readonly fix: readonly string[];
  readonly candidates: string | undefined;
  readonly pool: number | undefined;
  readonly diversity: number | undefined;
  readonly report: string | undefined;
}

const flags: FlagsOf<Values> = {
  ...dataFlags,
  count: numberFlag(
    { group: 'What to ask for', help: 'number of proposals', fallback: String(defaultCount) },
    wholeFromOne,
  ),
  target: numberFlag(
    {
      group: 'What to ask for',
      help: 'the reward that samples are drawn for, in its own units; the best predictions are chosen all the same',
      fallback: 'several, from the best of the data to far beyond it',
    },
    anyNumber,
  ),
  quantile: numberFlag(
    {
      group: 'What to ask for',
      help: 'ask for this quantile of the measured rewards instead, 1 being the best of them',
    },
    numberBetween(0, 1),
  ),
  guidance: numbersFlag(
    {
      group: 'What to ask for',
      help: 'how hard to push towards the target, 0 to 20; several with commas between them',
      fallback: defaultTargets.guidances.join(','),
    },
    numberBetween(0, 20),
  ),
  fix: repeatedFlag({ group: 'What to ask for', help: 'name=value: a parameter that keeps a value (may be repeated)' }),
  candidates: textFlag({
    group: 'What to ask for',
    help: 'a CSV file with designs to choose from: every proposal is one of its rows',
  }),
  pool: numberFlag(
    {
      group: 'What to ask for',
      help: 'designs to sample before the best are kept',
      fallback: `${poolRule.perProposal} times the count, from ${poolRule.least} to ${poolRule.most}`,
    },
    wholeFromOne,
  ),
  diversity: numberFlag(
    {
      group: 'What to ask for',
      help: 'how far apart to keep proposals, in distances between neighbouring rows, 0 to 1',
      fallback: `${diversityRule.few}; ${diversityRule.many} from ${diversityRule.numbers} numbers on`,
    },
    numberBetween(0, 1),
  ),
  ...outputFlags,
  report: textFlag({ group: 'Output', help: 'write an HTML report here: proposals against data, training, settings' }),
  ...surrogateFlag,
  ...computingFlags,
};

/** Throws a usage error for flags that steer the sampler when nothing is sampled. */
function checkCandidateFlags(values: Values): void {
  if (values.candidates === undefined) return;
  const idle = (['target', 'quantile', 'guidance', 'pool'] as const).find((name) => values[name] !== undefined);
  if (idle !== undefined) {
    throw usageError(
      `--${idle} steers the sampling of new designs and cannot be used with --candidates, which samples none`,
    );
  }
}

function optionsOf(values: Values, space: Space, candidates: readonly Design[] | undefined): ProposeOptions {
  const { count, target, quantile, guidance, pool, diversity } = values;
  const fix = fixedValues(space, values.fix);
  return {
    ...computingOptions(values),
    ...surrogateOption(values),
    ...(count === undefined ? {} : { count }),
    ...(target === undefined ? {} : { target }),
    ...(quantile === undefined ? {} : { quantile }),
    ...(guidance === undefined ? {} : { guidances: guidance }),
    ...(pool === undefined ? {} : { pool }),
    ...(diversity === undefined ? {} : { diversity }),
    ...(fix === undefined ? {} : { fix }),
    ...(candidates === undefined ? {} : { candidates }),
  };
}

async function readCandidates(values: Values, table: Table, signal: AbortSignal, onProgress: Observer) {
  if (values.candidates === undefined) return undefined;
  const spaceFile = values.space === undefined ? {} : { spaceFile: values.space };
  return readDesigns(values.candidates, table.space, { ...spaceFile, signal, onProgress });
}

function candidatesNote({ file, designs }: DesignList, { counts }: ProposeResult): string {
  return `${file}: ${countOf(designs.length, 'candidate')}, ${counts.repeated} repeated, ${counts.measured} measured already`;
}

function asJson(result: ProposeResult, values: Values): string {
  const { table, proposals, outcomes, counts, surrogate, compared, settings, best, seed, space } = result;
  const labelled = table.rewards.filter((reward) => !Number.isNaN(reward)).length;
  const facts = {
    reward: table.reward,
    direction: table.direction,
    proposals,
    best,
    outcomes,
    counts,
    surrogate,
    compared,
    ...(result.feasibility === undefined ? {} : { feasibility: result.feasibility }),
    explanation: result.explanation,
    settings,
    seed,
    fixed: space.fixed,
    data: {
      file: table.file,
      rows: table.designs.length,
      labelled,
      failed: table.failed.filter((one) => one).length,
      repeats: table.repeats,
      ignored: table.ignored,
      inferred: table.inferred,
    },
    space: table.space.definition,
    files: { out: values.out, report: values.report, 'save-space': values['save-space'] },
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

function pathLines(values: Values): readonly string[] {
  const named = [
    ['proposals', values.out],
    ['report', values.report],
    ['space', values['save-space']],
  ] as const;
  return named.flatMap(([what, file]) => (file === undefined ? [] : [`${what.padEnd(9)}  ${file}`]));
}

async function writeResult(result: ProposeResult, values: Values, { stdout }: Session): Promise<void> {
  const { table, proposals } = result;
  const designs = proposals.map(({ design }) => design);
  const columns = proposalColumns(table, proposals);
  if (values.out !== undefined) await writeDesigns(values.out, designs, columns);
  if (values.report !== undefined) await writeWhole(values.report, renderProposalReport(result));
  if (values.json) await print(stdout, asJson(result, values));
  else if (values.out === undefined) await writeDesignsTo(stdout, designs, columns);
  else {
    const summary = proposalSummary(result, widthOf(stdout, 120));
    await print(stdout, `${summary}\n\n${pathLines(values).join('\n')}\n`);
  }
}

async function run([file]: Files, values: Values, session: Session): Promise<void> {
  const { signal } = session;
  checkCandidateFlags(values);
  checkOutputs(
    [
      { role: 'the table', file },
      { role: '--candidates', file: values.candidates },
      { role: '--space', file: values.space },
    ],
    [
      { role: '--out', file: values.out },
      { role: '--report', file: values.report },
      { role: '--save-space', file: values['save-space'] },
    ],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  const { observer } = reporter;
  try {
    const table = await openTable(file, values, reporter, signal);
    checkColumnNames(table);
    const candidates = await readCandidates(values, table, signal, observer);
    const options = optionsOf(values, table.space, candidates?.designs);
    const result = await proposeDesigns(table, { ...options, observer, signal });
    if (candidates !== undefined) reporter.note(candidatesNote(candidates, result));
    noteOutcome(result, reporter);
    signal.throwIfAborted();
    reporter.end();
    await writeResult(result, values, session);
  } finally {
    reporter.end();
  }
}

/** A table in, better designs out. */
export const propose: Command = defineCommand<Values>({
  name: 'propose',
  operands: ['DATA.csv'],
  summary: 'a table of experiments in, better designs out',
  description:
    'Trains a conditional diffusion model on the designs and rewards of a table (CSV, plain or gzipped), asks it for designs with ' +
    'better rewards, and writes the most promising ones that were not measured yet, best first.',
  flags,
  examples: [
    ['diffopt propose runs.csv --reward yield --out next.csv', '96 designs to try next'],
    [
      'diffopt propose runs.csv --reward cost --minimize --fix catalyst=A --count 12',
      'a dozen with catalyst A, to stdout',
    ],
    ['diffopt propose runs.csv --reward yield --candidates stock.csv', 'choose from a list'],
    ['diffopt propose runs.csv --reward yield --out next.csv --report next.html', 'and show what was done'],
  ],
  run,
});
