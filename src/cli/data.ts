import { parse } from 'csv-parse/sync';
import { readBytes, usageError, writeWhole } from '../base/index.ts';
import { parseSpace, parseValue, type Design, type Space, type SpaceDefinition } from '../space/index.ts';
import { describeSpace, formatSpace, readTable, type Table, type TableOptions } from '../table/index.ts';
import { repeatedFlag, requiredTextFlag, switchFlag, textFlag, type FlagsOf } from './flags.ts';
import type { Reporter } from './progress.ts';
import { remarksOnGuess } from './remarks.ts';
import { countOf } from './text.ts';

export interface DataValues {
  readonly reward: string;
  readonly minimize: boolean;
  readonly ignore: readonly string[];
  readonly failed: string | undefined;
  readonly space: string | undefined;
  readonly 'save-space': string | undefined;
}

/** The flags that say what a table means. */
export const dataFlags: FlagsOf<DataValues> = {
  reward: requiredTextFlag({ group: 'Data', help: 'the column that holds the reward, in its own units' }),
  minimize: switchFlag({ group: 'Data', help: 'smaller rewards are better', fallback: 'larger is better' }),
  ignore: repeatedFlag({
    group: 'Data',
    help: 'columns that are not parameters, with commas between them (or use the flag again)',
  }),
  failed: textFlag({
    group: 'Data',
    help: 'the column that says which experiments failed (1, true, yes, failed): no parameter, and no reward is read there',
  }),
  space: textFlag({
    group: 'Data',
    help: 'a space.json with parameters, bounds and constraints',
    fallback: 'guessed from the columns',
  }),
  'save-space': textFlag({
    group: 'Data',
    help: 'write the space here as JSON, to correct it and give it back with --space',
  }),
};

/** Column names of a flag: a row of CSV, so that a name with a comma can be quoted. */
export function namesIn(text: string, flag: string): readonly string[] {
  try {
    return parse(text, { trim: true })
      .flat()
      .filter((name) => name !== '');
  } catch (cause) {
    throw usageError(`--${flag} is ${JSON.stringify(text)}; expected names of columns with commas between them`, {
      cause,
    });
  }
}

export async function readSpace(file: string): Promise<SpaceDefinition> {
  const bytes = await readBytes(file, 'a space.json');
  return parseSpace(new TextDecoder().decode(bytes), file);
}

const mostLines = 24;

function firstLines(text: string): string {
  const lines = text.split('\n');
  const shown = lines.length > mostLines ? lines.slice(0, mostLines - 1) : lines;
  const rest = lines.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `  ${line}`).join('\n');
}

function notesOn(table: Table): readonly string[] {
  const { file, designs, rewards, reward, direction, failed, inferred, ignored, repeats, space } = table;
  const labelled = rewards.filter((value) => !Number.isNaN(value)).length;
  const failures = failed.filter((value) => value).length;
  const verb = direction === 'maximize' ? 'maximizing' : 'minimizing';
  const unlabelled = labelled === designs.length ? '' : `, ${labelled} of them with a reward`;
  return [
    `${file}: ${countOf(designs.length, 'row')}${unlabelled}; ${verb} ${reward}`,
    ...(failures === 0 ? [] : [`${failures} of ${countOf(designs.length, 'row')} failed, and no reward is read there`]),
    ...(ignored.length === 0 ? [] : [`ignored columns: ${ignored.join(', ')}`]),
    ...(repeats === 0 ? [] : [`${countOf(repeats, 'row')} with a design that stands in an earlier row`]),
    ...(inferred
      ? [
          `the space is a guess from the columns (--save-space writes it, --space gives it corrected):\n${firstLines(describeSpace(space.definition))}`,
          ...remarksOnGuess(table),
        ]
      : []),
  ];
}

/** Reads the table that flags describe, says what was found, and saves its space where that is asked for. */
export async function openTable(
  file: string,
  values: DataValues,
  reporter: Reporter,
  signal: AbortSignal,
  more: Partial<TableOptions> = {},
): Promise<Table> {
  const space = values.space === undefined ? undefined : await readSpace(values.space);
  const table = await readTable(file, {
    reward: values.reward,
    direction: values.minimize ? 'minimize' : 'maximize',
    ignore: values.ignore.flatMap((text) => namesIn(text, 'ignore')),
    ...(values.failed === undefined ? {} : { failed: values.failed }),
    ...(space === undefined ? {} : { space }),
    ...(values.space === undefined ? {} : { spaceFile: values.space }),
    ...more,
    signal,
    onProgress: reporter.observer,
  });
  notesOn(table).forEach((text) => reporter.note(text));
  const saved = values['save-space'];
  if (saved !== undefined) await writeWhole(saved, formatSpace(table.space.definition));
  return table;
}

/** The fixed values of `name=value` texts. A name may hold an equals sign as long as it is a parameter's. */
export function fixedValues(space: Space, texts: readonly string[]): Design | undefined {
  if (texts.length === 0) return undefined;
  const fixed: Record<string, string | number> = {};
  for (const text of texts) {
    const ends = Array.from(text.matchAll(/=/g), ({ index }) => index);
    const end = ends.find((at) => space.names.includes(text.slice(0, at).trim())) ?? ends[0];
    if (end === undefined) throw usageError(`--fix is ${JSON.stringify(text)}; expected name=value`);
    const name = text.slice(0, end).trim();
    const value = parseValue(space, name, text.slice(end + 1).trim());
    if (Object.hasOwn(fixed, name)) throw usageError(`--fix gives ${name} twice; give it once`);
    fixed[name] = value;
  }
  return fixed;
}
