import type { FixedCoordinates } from '../diffusion/index.ts';
import { createSpace, type ScalarColumn, type Space } from '../space/index.ts';

/** The coordinates of a space's fixed parameters, as a sampler holds them; undefined where nothing is fixed. */
export function fixedCoordinates({ definition, columns, dimension, fixed }: Space): FixedCoordinates | undefined {
  const parameters = Object.entries(definition.parameters).filter(([name]) => fixed[name] !== undefined);
  if (parameters.length === 0) return undefined;
  const part = createSpace({ parameters: Object.fromEntries(parameters) });
  const encoded = part.encode(fixed);
  const values = new Float64Array(dimension);
  const mask = new Float64Array(dimension);
  for (const { name, offset, width } of part.columns) {
    const start = columns.find((column) => column.name === name)!.offset;
    values.set(encoded.subarray(offset, offset + width), start);
    mask.fill(1, start, start + width);
  }
  return { values, mask };
}

/** The columns of numbers that are not fixed. */
export function freeNumbers(space: Pick<Space, 'columns' | 'fixed'>): readonly ScalarColumn[] {
  return space.columns.filter(
    (column): column is ScalarColumn => column.kind === 'scalar' && space.fixed[column.name] === undefined,
  );
}
