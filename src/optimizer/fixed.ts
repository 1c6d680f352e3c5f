import type { FixedCoordinates } from '../diffusion/index.ts';
import type { Space } from '../space/index.ts';

/** The coordinates of a space's fixed parameters, as a sampler holds them; undefined where nothing is fixed. */
export function fixedCoordinates(space: Space): FixedCoordinates | undefined {
  if (Object.keys(space.fixed).length === 0) return undefined;
  const held = space.decode(new Float64Array(space.dimension));
  if (held === undefined) return undefined;
  const values = space.encode(held);
  const mask = new Float64Array(space.dimension);
  for (const { name, offset, width } of space.columns) {
    if (space.fixed[name] !== undefined) mask.fill(1, offset, offset + width);
  }
  return { values, mask };
}
