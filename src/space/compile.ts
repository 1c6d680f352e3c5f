import type { Codec } from './codec.ts';
import { createCodec } from './codecs.ts';
import { exactTolerance, linearRow, type LinearRow } from './constraints.ts';
import { encodeRow, rowScales } from './coupling.ts';
import type { Axis, Design, EncodedColumn, EncodedConstraint, Parameter, SpaceDefinition, Value } from './types.ts';

/** A column with its parameter's codec. */
export interface CompiledColumn {
  readonly column: EncodedColumn;
  readonly codec: Codec;
}

/** A definition worked out: columns in order, and constraints as rows with the size of each. */
export interface Compiled {
  readonly definition: SpaceDefinition;
  readonly names: readonly string[];
  readonly dimension: number;
  readonly columns: readonly CompiledColumn[];
  readonly byName: ReadonlyMap<string, CompiledColumn>;
  readonly rows: readonly LinearRow[];
  readonly scales: readonly number[];
}

type CodecOf = (name: string, parameter: Parameter) => Codec;

function compileColumns(definition: SpaceDefinition, codecOf: CodecOf): CompiledColumn[] {
  let offset = 0;
  return Object.entries(definition.parameters).map(([name, parameter]) => {
    const codec = codecOf(name, parameter);
    const column: EncodedColumn = { name, parameter, offset, width: codec.width, ...codec.shape };
    offset += codec.width;
    return { column, codec };
  });
}

/** Needs a valid definition. `codecOf` may give some parameters other values than their own. */
export function compile(
  definition: SpaceDefinition,
  codecOf: CodecOf = (_, parameter) => createCodec(parameter),
): Compiled {
  const columns = compileColumns(definition, codecOf);
  const byName = new Map(columns.map((entry) => [entry.column.name, entry]));
  const rows = (definition.constraints ?? []).map(linearRow);
  const last = columns.at(-1)?.column;
  return {
    definition,
    names: columns.map(({ column }) => column.name),
    dimension: last === undefined ? 0 : last.offset + last.width,
    columns,
    byName,
    rows,
    scales: rowScales(rows, (name) => axisOf(byName, name)),
  };
}

export function axisOf(byName: ReadonlyMap<string, CompiledColumn>, name: string): Axis {
  const column = byName.get(name)?.column;
  return column?.kind === 'scalar' ? column.axis : { low: 0, high: 0, log: false };
}

/** The tolerance within which each row of a design to be printed holds. */
export function exactTolerances({ scales }: Compiled): number[] {
  return scales.map(exactTolerance);
}

/** The rows over the whole encoded vector; rows over parameters of one value only are left out. */
export function encodedConstraints({ rows, byName, dimension }: Compiled): EncodedConstraint[] {
  return rows.flatMap((row) => {
    const encoded = encodeRow(row, (name) => axisOf(byName, name));
    const weights = new Float64Array(dimension);
    row.names.forEach((name, i) => (weights[byName.get(name)!.column.offset] = encoded.weights[i]!));
    return weights.every((weight) => weight === 0) ? [] : [{ weights, lower: encoded.lower, upper: encoded.upper }];
  });
}

/** A design in the order of the columns. */
export function designOf(names: readonly string[], values: readonly Value[]): Design {
  const design: Record<string, Value> = {};
  for (let i = 0; i < names.length; i++) design[names[i]!] = values[i]!;
  return design;
}
