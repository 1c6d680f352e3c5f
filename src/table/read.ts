import { dataError } from '../base/index.ts';
import { createSpace, type Design, type Space, type SpaceDefinition } from '../space/index.ts';
import type { ReadingOptions } from './bytes.ts';
import { columnNamed, namesOf } from './columns.ts';
import { decimalsOf, readRows } from './designs.ts';
import { readFailed } from './failed.ts';
import { checkFilled, inferSpace } from './infer.ts';
import { listNames, shownName } from './names.ts';
import { parseNumber } from './numbers.ts';
import { parseSheet, readSheet } from './parse.ts';
import { checkRewards, readRewards } from './rewards.ts';
import { cellText, sheetFromRows, type Cell, type Dialect, type Sheet, type SheetColumn } from './sheet.ts';
import type { Table, TableOptions } from './types.ts';
import type { ExtraColumn } from './write.ts';

export interface DesignOptions {
  /** Where the space came from, as messages name it; the table's guess where it is not given. */
  readonly spaceFile?: string;
}

/** Designs without rewards: a catalogue to choose from, or designs to repair. */
export interface DesignList {
  /** Where it came from, as messages name it. */
  readonly file: string;
  readonly designs: readonly Design[];
  /** The design columns in the order of the file. */
  readonly columns: readonly string[];
  /** Every other column, cells as written. */
  readonly extra: readonly ExtraColumn[];
  /** Rows whose design stands in an earlier row. */
  readonly repeats: number;
  /** Most decimals seen in each numeric design column. */
  readonly decimals: Readonly<Record<string, number>>;
  /** How the file writes its cells; `extra` has decimal points. */
  readonly dialect: Dialect;
}

function checkIgnored(sheet: Sheet, { reward, ignore = [], space, spaceFile = 'the space' }: TableOptions): void {
  for (const name of ignore) {
    columnNamed(sheet, name, ' to ignore');
    if (name === reward)
      throw dataError(`column ${shownName(name)} of ${sheet.file} is the reward and cannot be ignored`);
    if (space !== undefined && Object.hasOwn(space.parameters, name)) {
      throw dataError(
        `column ${shownName(name)} of ${sheet.file} cannot be ignored, since ${spaceFile} names it as a parameter`,
      );
    }
  }
}

/** The columns of the space's parameters, in their order. Throws a data error for the first that the sheet lacks. */
function columnsOf(sheet: Sheet, names: readonly string[], spaceFile: string): SheetColumn[] {
  return names.map((name) => {
    const column = columnNamed(sheet, name, `, a parameter of ${spaceFile}`);
    checkFilled(sheet, column, false);
    return column;
  });
}

function guessSpace(sheet: Sheet, { reward, failed, ignore = [] }: TableOptions): SpaceDefinition {
  const columns = sheet.columns.filter(({ name }) => name !== reward && name !== failed && !ignore.includes(name));
  if (columns.length === 0) {
    throw dataError(
      `${sheet.file} has no column left for a design besides the reward ${shownName(reward)} (its columns are ${listNames(namesOf(sheet))})`,
    );
  }
  if (columns.some(({ name }) => name === '__proto__')) {
    throw dataError(
      `${sheet.file}, column "__proto__" has a name that JavaScript reserves; rename it, or leave it out with --ignore __proto__`,
    );
  }
  return inferSpace(sheet, columns);
}

function tableFromSheet(sheet: Sheet, options: TableOptions): Table {
  const { reward, direction, spaceFile = 'the space' } = options;
  const labels = columnNamed(sheet, reward, ' for the reward');
  checkIgnored(sheet, options);
  if (options.space !== undefined && Object.hasOwn(options.space.parameters, reward)) {
    throw dataError(`the reward ${shownName(reward)} is named as a parameter in ${spaceFile}; remove it there`);
  }
  const failed = readFailed(sheet, options);
  const rewards = readRewards(sheet, labels, failed);
  checkRewards(sheet, rewards, failed, options);
  const space =
    options.space === undefined
      ? createSpace(guessSpace(sheet, options), sheet.file)
      : createSpace(options.space, spaceFile);
  const rows = readRows(
    sheet,
    space,
    columnsOf(sheet, space.names, spaceFile),
    `widen ${spaceFile}, or remove the row`,
  );
  const isParameter = new Set(space.names);
  const others = namesOf(sheet).filter((name) => name !== reward && name !== options.failed && !isParameter.has(name));
  return {
    file: sheet.file,
    space,
    inferred: options.space === undefined,
    reward,
    direction,
    columns: namesOf(sheet).filter((name) => isParameter.has(name)),
    designs: rows.designs,
    rewards,
    failed,
    ignored: others,
    repeats: rows.repeats,
    decimals: Object.fromEntries([
      ...Object.entries(rows.decimals),
      [reward, decimalsOf(labels.texts.filter((text) => parseNumber(text) !== undefined))],
    ]),
    dialect: sheet.dialect,
  };
}

function designsFromSheet(sheet: Sheet, space: Space, { spaceFile }: DesignOptions): DesignList {
  const isParameter = new Set(space.names);
  const remedy =
    spaceFile === undefined
      ? 'give a wider space with --space, or remove the row'
      : `widen ${spaceFile}, or remove the row`;
  const columns = columnsOf(sheet, space.names, spaceFile ?? 'the space');
  const { designs, repeats, decimals } = readRows(sheet, space, columns, remedy);
  const extra = sheet.columns
    .filter(({ name }) => !isParameter.has(name))
    .map((column) => ({ name: column.name, cells: Array.from(column.codes, (_, row) => cellText(column, row)) }));
  const order = namesOf(sheet).filter((name) => isParameter.has(name));
  return { file: sheet.file, designs, columns: order, extra, repeats, decimals, dialect: sheet.dialect };
}

function checkAnyRow(rows: readonly unknown[], file: string): void {
  if (rows.length === 0) throw dataError(`${file} is empty; at least one row was expected`);
}

/**
 * Reads a table of past experiments: CSV, plain or gzipped. Throws data errors, one sentence each, that name file, line and column;
 * rejects with the signal's reason when that stops the reading.
 */
export async function readTable(file: string, options: TableOptions & ReadingOptions): Promise<Table> {
  return tableFromSheet(await readSheet(file, options), options);
}

/** A table from rows that a program holds. `file` is its name in messages, which count rows from 1. */
export function tableFromRows(
  rows: readonly Readonly<Record<string, Cell>>[],
  options: TableOptions,
  file = 'the table',
): Table {
  checkAnyRow(rows, file);
  return tableFromSheet(sheetFromRows(rows, file), options);
}

/** A table from the text or bytes of a CSV file that a program holds. `file` is its name in messages. */
export async function tableFromText(
  content: string | Uint8Array,
  options: TableOptions,
  file = 'the table',
): Promise<Table> {
  return tableFromSheet(await parseSheet(content, file), options);
}

/** Reads designs of a space from a CSV file, plain or gzipped. Throws data errors as `readTable` does. */
export async function readDesigns(
  file: string,
  space: Space,
  options: DesignOptions & ReadingOptions = {},
): Promise<DesignList> {
  return designsFromSheet(await readSheet(file, options), space, options);
}

/** Designs of a space from rows that a program holds. `file` is their name in messages, which count rows from 1. */
export function designsFromRows(
  rows: readonly Readonly<Record<string, Cell>>[],
  space: Space,
  options: DesignOptions = {},
  file = 'the designs',
): DesignList {
  checkAnyRow(rows, file);
  return designsFromSheet(sheetFromRows(rows, file), space, options);
}
