import { dataError } from '../base/index.ts';
import { axisOf, designOf, type Compiled } from './compile.ts';
import { createCoupling, type CoupledVariable } from './coupling.ts';
import { contradictionOf } from './feasibility.ts';
import { createRepairer } from './repair.ts';
import type { Design, Value } from './types.ts';

export interface Decoder {
  /** The nearest design that obeys everything; undefined when no repair was found. */
  decode(vector: ArrayLike<number>, offset: number): Design | undefined;
  /** Why there is no feasible design, as far as it can be proven. */
  readonly contradiction: string | undefined;
}

/** Nodes of search spent on one design. */
const searchNodes = 400;
/** Coordinates further out than this are taken to lie here: doubles could not hold both them and a sum. */
const farthest = 8;

function coupledVariables({ rows, byName, names }: Compiled, fixed: Design): CoupledVariable[] {
  const named = new Set(rows.flatMap((row) => row.names));
  return names
    .filter((name) => named.has(name))
    .map((name) => {
      const value = fixed[name];
      const { codec } = byName.get(name)!;
      const single = codec.count === 1 ? codec.valueAt(0) : undefined;
      const only = value ?? single;
      return {
        name,
        axis: axisOf(byName, name),
        lattice: codec.lattice,
        fixed: typeof only === 'number' ? only : undefined,
      };
    });
}

/** Writes the coupled values of a vector to `values` (by column); false when no repair was found. */
type Couple = (vector: ArrayLike<number>, offset: number, values: Value[]) => boolean;

function createCouple(compiled: Compiled, fixed: Design): { couple: Couple; contradiction: string | undefined } {
  const variables = coupledVariables(compiled, fixed);
  if (variables.length === 0) return { couple: () => true, contradiction: undefined };
  const coupling = createCoupling(variables, compiled.rows);
  const repairer = createRepairer(coupling);
  const columns = variables.map(({ name }) => compiled.names.indexOf(name));
  const offsets = columns.map((at) => compiled.columns[at]!.column.offset);
  const target = new Float64Array(variables.length);
  const couple: Couple = (vector, offset, values) => {
    for (let i = 0; i < target.length; i++) {
      target[i] = Math.min(Math.max(vector[offset + offsets[i]!]!, -farthest), farthest);
    }
    const result = repairer.repair(target, searchNodes);
    if (!result.found) return false;
    columns.forEach((at, i) => (values[at] = result.values[i]!));
    return true;
  };
  return { couple, contradiction: contradictionOf(coupling) };
}

function checkFinite({ columns, dimension }: Compiled, vector: ArrayLike<number>, offset: number): void {
  if (vector.length < offset + dimension) {
    throw new RangeError(`A design has ${dimension} coordinates; ${vector.length - offset} were given.`);
  }
  for (let i = 0; i < dimension; i++) {
    const x = vector[offset + i]!;
    if (Number.isFinite(x)) continue;
    const name = columns.find(({ column }) => i < column.offset + column.width)!.column.name;
    throw dataError(`coordinate ${i} of a design (${name}) is ${x}, not a finite number`);
  }
}

export function createDecoder(compiled: Compiled, fixed: Design): Decoder {
  const { couple, contradiction } = createCouple(compiled, fixed);
  const { columns, names } = compiled;
  const coupled = new Set(compiled.rows.flatMap((row) => row.names));
  const parts = columns.map(({ column, codec }) => ({
    codec,
    offset: column.offset,
    fixed: fixed[column.name],
    coupled: coupled.has(column.name),
  }));
  return {
    contradiction,
    decode(vector, offset) {
      checkFinite(compiled, vector, offset);
      const values = parts.map((part): Value => {
        if (part.fixed !== undefined) return part.fixed;
        return part.coupled ? 0 : part.codec.decode(vector, offset + part.offset);
      });
      return couple(vector, offset, values) ? designOf(names, values) : undefined;
    },
  };
}
