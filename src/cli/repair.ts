import {
  defaultRepair,
  leastStrength,
  repair as repairDesigns,
  type RepairOptions,
  type RepairResult,
} from '../optimizer/index.ts';
import { createSpace, type Space } from '../space/index.ts';
import { readDesigns, writeDesigns, writeDesignsTo, type DesignList, type Table } from '../table/index.ts';
import { checkRepairNames, repairColumns, repairNames } from './columns.ts';
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
import { dataFlags, fixedValues, namesIn, openTable, type DataValues } from './data.ts';
import { anyNumber, numberBetween, numberFlag, repeatedFlag, type FlagsOf } from './flags.ts';
import { checkOutputs } from './paths.ts';
import { createReporter, type Reporter } from './progress.ts';
import { print, type Session } from './session.ts';
import { countOf } from './text.ts';

interface Values extends DataValues, OutputValues, ComputingValues, SurrogateValues {
  readonly strength: number | undefined;
  readonly target: number | undefined;
  readonly fix: readonly string[];
  readonly keep: readonly string[];
}

const flags: FlagsOf<Values> = {
  ...dataFlags,
  strength: numberFlag(
    {
      group: 'What to ask for',
      help: `how far designs may move, ${leastStrength} to 1: near 0 hardly at all, 1 forgets them`,
      fallback: String(defaultRepair.strength),
    },
    numberBetween(leastStrength, 1),
  ),
  target: numberFlag(
    {
      group: 'What to ask for',
      help: 'the reward to ask the model for, in its own units',
      fallback: 'the best of the data, and beyond it',
    },
    anyNumber,
  ),
  fix: repeatedFlag({
    group: 'What to ask for',
    help: 'name=value: a parameter that gets this value in every design (may be repeated)',
  }),
  keep: repeatedFlag({
    group: 'What to ask for',
    help: 'columns that keep the value that each design has, with commas between them (or use the flag again)',
  }),
  ...outputFlags,
  ...surrogateFlag,
  ...computingFlags,
};

function optionsOf(values: Values, space: Space): RepairOptions {
  const { strength, target } = values;
  const fix = fixedValues(space, values.fix);
  return {
    ...computingOptions(values),
    ...surrogateOption(values),
    keep: values.keep.flatMap((text) => namesIn(text, 'keep')),
    ...(strength === undefined ? {} : { strength }),
    ...(target === undefined ? {} : { target }),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** The designs, which may break constraints: that is repaired. */
function readBroken(file: string, { space }: Table, values: Values, reporter: Reporter, signal: AbortSignal) {
  const free = createSpace({ parameters: space.definition.parameters });
  const spaceFile = values.space === undefined ? {} : { spaceFile: values.space };
  return readDesigns(file, free, { ...spaceFile, signal, onProgress: reporter.observer });
}

function noteOutcome({ repaired }: RepairResult, { file }: DesignList, reporter: Reporter): void {
  const changed = repaired.filter((one) => one.changed).length;
  const rest = repaired.length - changed;
  const unchanged = rest === 0 ? '' : `, ${rest} of them left as they were: nothing better was found near them`;
  reporter.note(`${file}: ${countOf(repaired.length, 'design')}${unchanged}`);
  repaired.forEach(({ problem }, at) => {
    if (problem !== undefined) reporter.note(`${file}, design ${at + 1} could not be made feasible: ${problem}`);
  });
}

function asJson(result: RepairResult, list: DesignList, values: Values): string {
  const { table, direction, repaired, surrogate, settings, seed, space } = result;
  const facts = {
    reward: table.reward,
    direction,
    repaired,
    surrogate,
    settings,
    seed,
    fixed: space.fixed,
    kept: values.keep.flatMap((text) => namesIn(text, 'keep')),
    data: { file: table.file, rows: table.designs.length, designs: list.file },
    space: table.space.definition,
    files: { out: values.out, 'save-space': values['save-space'] },
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

async function run([file, designsFile]: Files<Operands>, values: Values, session: Session): Promise<void> {
  const { signal, stdout } = session;
  checkOutputs(
    [
      { role: 'the table', file },
      { role: 'the designs', file: designsFile },
      { role: '--space', file: values.space },
    ],
    [
      { role: '--out', file: values.out },
      { role: '--save-space', file: values['save-space'] },
    ],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  const { observer } = reporter;
  try {
    const table = await openTable(file, values, reporter, signal);
    const list = await readBroken(designsFile, table, values, reporter, signal);
    checkRepairNames(table, list);
    const replaced = list.extra.map(({ name }) => name).filter((name) => repairNames(table).includes(name));
    if (replaced.length > 0) reporter.note(`${list.file}: made anew in the output: ${replaced.join(', ')}`);
    const result = await repairDesigns(table, list.designs, { ...optionsOf(values, table.space), observer, signal });
    noteOutcome(result, list, reporter);
    signal.throwIfAborted();
    reporter.end();
    const designs = result.repaired.map(({ design }) => design);
    const columns = repairColumns(table, list, result.repaired);
    if (values.out !== undefined) await writeDesigns(values.out, designs, columns);
    if (values.json) await print(stdout, asJson(result, list, values));
    else if (values.out === undefined) await writeDesignsTo(stdout, designs, columns);
    else await print(stdout, `designs  ${values.out}\n`);
  } finally {
    reporter.end();
  }
}

type Operands = readonly ['DATA.csv', 'DESIGNS.csv'];

/** A table and designs in, better designs near them out. */
export const repair: Command = defineCommand<Values, Operands>({
  name: 'repair',
  operands: ['DATA.csv', 'DESIGNS.csv'],
  summary: 'pull designs of your own to better ones near them',
  description:
    'Trains on a table of experiments as diffopt propose does, and changes each of the given designs into a better one near it: noise is ' +
    'added to the design and taken away again by the model, several times, and the most promising result is kept. Columns beside the ' +
    'parameters are copied. Designs outside the constraints are brought inside.',
  flags,
  examples: [
    ['diffopt repair runs.csv ideas.csv --reward yield --out better.csv', 'each idea, improved'],
    ['diffopt repair runs.csv ideas.csv --reward yield --strength 0.2 --keep solvent,temperature', 'small changes'],
  ],
  run,
});
