import type { RandomStream } from '../base/index.ts';
import { sobolSequence } from './sobol.ts';
import type { Design, EncodedColumn, ScalarColumn, Space } from './types.ts';

/** The distance from a number to its next value, in places of its list for an ordinal one; undefined where any is one. */
export function stepOf({ parameter }: ScalarColumn): number | undefined {
  if (parameter.type === 'ordinal') return 1;
  const { step = parameter.type === 'integer' ? 1 : undefined } = parameter as { readonly step?: number };
  return step;
}

/** Steps between the ends of an evenly spaced axis; undefined for a real without steps, and on a log scale. */
export function stepsOf(column: ScalarColumn): number | undefined {
  const { low, high, log } = column.axis;
  const step = stepOf(column);
  return log || step === undefined ? undefined : Math.round((high - low) / step);
}

/** Coordinates of the unit cube that a column takes: one for a number or a choice, one for each letter. */
function unitsOf(column: EncodedColumn): number {
  return column.kind === 'scalar' ? 1 : column.positions;
}

/** Fills a column from numbers in [0, 1): every step, choice and letter has an equal share. */
function fillColumn(vector: Float64Array, column: EncodedColumn, units: Float64Array): void {
  if (column.kind === 'scalar') {
    const steps = stepsOf(column);
    const [unit] = units;
    vector[column.offset] =
      steps === undefined ? 2 * unit! - 1 : steps === 0 ? 0 : (2 * Math.floor(unit! * (steps + 1))) / steps - 1;
    return;
  }
  const { offset, width, choices } = column;
  vector.fill(-1, offset, offset + width);
  units.forEach((unit, position) => (vector[offset + position * choices + Math.floor(unit * choices)] = 1));
}

/** The design nearest to a point of the unit cube; undefined when no repair was found. */
function designAtUnits(space: Space, point: Float64Array): Design | undefined {
  const vector = new Float64Array(space.dimension);
  let from = 0;
  for (const column of space.columns) {
    const units = unitsOf(column);
    fillColumn(vector, column, point.subarray(from, from + units));
    from += units;
  }
  return space.decode(vector);
}

/** Designs that are spread evenly, one a call: a Sobol sequence over the space, with fixed values and constraints obeyed by the nearest
 *  design. They may repeat; undefined where no repair was found. */
export function spreadDesigns(space: Space, stream: RandomStream): () => Design | undefined {
  const units = space.columns.reduce((sum, column) => sum + unitsOf(column), 0);
  const next = sobolSequence(units, stream);
  return () => designAtUnits(space, next());
}
