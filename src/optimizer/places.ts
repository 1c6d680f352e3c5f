import { messageOf, usageError } from '../base/index.ts';
import type { Design, Space } from '../space/index.ts';
import { printableRounder } from './printable.ts';

/** Where repairs of one design may lie, and how a vector becomes the nearest of them that can be printed. */
export interface Place {
  readonly space: Space;
  readonly nearest: (vectors: ArrayLike<number>, offset: number) => Design | undefined;
}

type Decimals = Readonly<Record<string, number | undefined>>;

/** The place of each design: the space with the design's kept values fixed. Designs that keep the same values share one. */
export function placesOf(
  space: Space,
  designs: readonly Design[],
  keep: readonly string[],
  decimals: Decimals,
): readonly Place[] {
  const places = new Map<string, Place>();
  return designs.map((design, index) => {
    const kept = Object.fromEntries(keep.map((name) => [name, design[name]!]));
    const key = JSON.stringify(kept);
    const known = places.get(key) ?? placeWith(space, kept, index, decimals);
    places.set(key, known);
    return known;
  });
}

function placeWith(space: Space, kept: Design, index: number, decimals: Decimals): Place {
  const own = fixKept(space, kept, index);
  const printable = printableRounder(own, decimals);
  return {
    space: own,
    nearest: (vectors, offset) => {
      const design = own.decode(vectors, offset);
      return design && printable(design);
    },
  };
}

function fixKept(space: Space, kept: Design, index: number): Space {
  if (Object.keys(kept).length === 0) return space;
  try {
    return space.fix({ ...space.fixed, ...kept });
  } catch (cause) {
    throw usageError(`design ${index + 1} cannot keep its ${Object.keys(kept).join(', ')}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
