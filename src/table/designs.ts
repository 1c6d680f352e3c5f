import { dataError } from '../base/index.ts';
import { coerce, createSpace, type Design, type Parameter, type Space, type Value } from '../space/index.ts';
import { decimalsIn } from './numbers.ts';
import { checkSigns, firstRowWith, type Sheet, type SheetColumn } from './sheet.ts';

/** Designs read from columns, and what was seen in them. */
export interface ReadRows {
  readonly designs: readonly Design[];
  /** Rows whose design stands in an earlier row. */
  readonly repeats: number;
  /** Most decimals in each numeric column. */
  readonly decimals: Readonly<Record<string, number>>;
}

/** How far a measured value may lie outside a bound, as a share of the larger bound: what arithmetic and text lose, nothing else. */
const boundTolerance = 1e-12;

/** The value, or the bound that it misses by the noise of its last bits. */
function ontoBounds(parameter: Parameter, value: Value): Value {
  if (typeof value !== 'number' || !('min' in parameter)) return value;
  const { min, max } = parameter;
  const inside = Math.min(Math.max(value, min), max);
  return Math.abs(value - inside) <= boundTolerance * Math.max(Math.abs(min), Math.abs(max)) ? inside : value;
}

/** The values of a column by code. Throws a data error for the first text that is no value of the parameter. */
function valuesOf(sheet: Sheet, column: SheetColumn, parameter: Parameter, remedy: string): readonly Value[] {
  if (parameter.type === 'real' || parameter.type === 'integer' || parameter.type === 'ordinal')
    checkSigns(sheet, column);
  const alone = createSpace({ parameters: Object.fromEntries([[column.name, parameter]]) });
  return column.texts.map((text, code) => {
    const value = ontoBounds(parameter, coerce(parameter, text) ?? text);
    const problem = alone.problemWith(Object.fromEntries([[column.name, value]]));
    if (problem !== undefined) {
      throw dataError(`${sheet.cellAt(firstRowWith(column, code), column)}: ${problem}; ${remedy}`);
    }
    return value === 0 ? 0 : value;
  });
}

/**
 * A maker of designs with these names. Copying a template keeps all designs in one layout of the engine: with 86 parameters that is
 * a fourth of the time and a tenth of the memory of adding names one by one.
 */
function designMaker(names: readonly string[]): (valueAt: (at: number) => Value) => Design {
  const template = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`) as Record<
    string,
    Value
  >;
  return (valueAt) => {
    const design = { ...template };
    names.forEach((name, at) => {
      design[name] = valueAt(at);
    });
    return design;
  };
}

/** Decimals of the column's numbers as written; none for a column of texts. */
export function decimalsOf(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, decimalsIn(text)), 0);
}

function columnDecimals(column: SheetColumn, parameter: Parameter, values: readonly Value[]): [string, number][] {
  if (parameter.type === 'integer') return [[column.name, 0]];
  return values.every((value) => typeof value === 'number') ? [[column.name, decimalsOf(column.texts)]] : [];
}

/**
 * Half a unit of the last written decimal in every column: what rounding for the table can move a constraint by, per unit of the
 * largest weight.
 */
function roundingSlack(space: Space, decimals: Readonly<Record<string, number>>): number {
  const { constraints = [] } = space.definition;
  return Math.max(
    0,
    ...constraints.map((constraint) => {
      const weights =
        'sum' in constraint ? constraint.sum.map((name) => [name, 1] as const) : Object.entries(constraint.linear);
      return weights.reduce((sum, [name, weight]) => sum + Math.abs(weight) * 0.5 * 10 ** -(decimals[name] ?? 17), 0);
    }),
  );
}

/** Throws a data error for the first row that breaks a constraint by more than the rounding of its cells. */
function checkConstraints(sheet: Sheet, space: Space, rows: ReadRows, remedy: string): void {
  if ((space.definition.constraints ?? []).length === 0) return;
  const slack = roundingSlack(space, rows.decimals);
  rows.designs.forEach((design, row) => {
    const problem = space.problemWith(design);
    if (problem === undefined || space.satisfies(design, slack)) return;
    throw dataError(`${sheet.rowAt(row)}: ${problem}; ${remedy}`);
  });
}

/** A parameter's column with its values by code. */
interface ReadColumn {
  readonly column: SheetColumn;
  readonly parameter: Parameter;
  readonly values: readonly Value[];
}

/** Rows whose values all stand together in an earlier row; texts that spell one value are one. */
function countRepeats(rows: number, read: readonly ReadColumn[]): number {
  const ranks = read.map(({ values }) => {
    const rankOf = new Map<Value, number>();
    return Int32Array.from(values, (value) => {
      const rank = rankOf.get(value) ?? rankOf.size;
      rankOf.set(value, rank);
      return rank;
    });
  });
  const row = new Int32Array(read.length);
  const bytes = Buffer.from(row.buffer);
  const seen = new Set<string>();
  for (let at = 0; at < rows; at++) {
    read.forEach(({ column }, index) => {
      row[index] = ranks[index]?.[column.codes[at] ?? 0] ?? 0;
    });
    seen.add(bytes.toString('latin1'));
  }
  return rows - seen.size;
}

/**
 * The designs of a sheet. `columns` are in the order of the space's names. `remedy` ends the sentence about a value or row that the
 * space does not hold.
 */
export function readRows(sheet: Sheet, space: Space, columns: readonly SheetColumn[], remedy: string): ReadRows {
  const parameters = Object.values(space.definition.parameters);
  const read = columns.flatMap((column, at): ReadColumn[] => {
    const parameter = parameters[at];
    return parameter === undefined ? [] : [{ column, parameter, values: valuesOf(sheet, column, parameter, remedy) }];
  });
  const make = designMaker(space.names);
  const designs = Array.from({ length: sheet.rows }, (_, row) =>
    make((at) => {
      const entry = read[at];
      return entry?.values[entry.column.codes[row] ?? 0] ?? '';
    }),
  );
  const decimals = Object.fromEntries(
    read.flatMap(({ column, parameter, values }) => columnDecimals(column, parameter, values)),
  );
  const rows = { designs, repeats: countRepeats(sheet.rows, read), decimals };
  checkConstraints(sheet, space, rows, remedy);
  return rows;
}
