import { randomStream } from '../../../src/base/index.ts';
import type { Design, EncodedColumn, Space } from '../../../src/space/index.ts';
import { stepsOf } from '../random.ts';
import { createKnown, decoded } from './designs.ts';
import type { PromptMethod } from './method.ts';
import { sobolSequence } from './sobol-sequence.ts';

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

/** The design at a point of the unit cube. */
function designAtUnits(space: Space, point: Float64Array): Design {
  const vector = new Float64Array(space.dimension);
  let from = 0;
  for (const column of space.columns) {
    const units = unitsOf(column);
    fillColumn(vector, column, point.subarray(from, from + units));
    from += units;
  }
  return decoded(space, vector);
}

/** A scrambled Sobol sequence over the space. */
export const sobol: PromptMethod = (space, { seed }) => {
  const units = space.columns.reduce((sum, column) => sum + unitsOf(column), 0);
  const next = sobolSequence(units, randomStream(seed).split('sobol'));
  const known = createKnown(space);
  return {
    ask: (count) => Array.from({ length: count }, () => known.fresh(() => designAtUnits(space, next()))),
    tell: (told) => told.forEach(({ design }) => known.add(design)),
  };
};
