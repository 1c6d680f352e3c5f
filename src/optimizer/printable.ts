import { createRounder, type Design, type Rounder, type Space } from '../space/index.ts';

type Decimals = Readonly<Record<string, number | undefined>>;

/** Decimals beyond those of the data that fixed values and constraints may ask for. */
const mostExtraDecimals = 6;

/** Places of the cube, as shares of its half width, where designs are looked for to try a rounder on. */
const probePlaces = [0, 0.37, -0.37, 0.81, -0.81];

function probes(space: Space): readonly Design[] {
  return probePlaces.flatMap((place) => {
    const design = space.decode(new Float64Array(space.dimension).fill(place));
    return design === undefined ? [] : [design];
  });
}

function finer(decimals: Decimals, extra: number): Decimals {
  return Object.fromEntries(
    Object.entries(decimals).map(([name, count]) => [name, count === undefined ? undefined : count + extra]),
  );
}

/**
 * Rounds designs to what is printed: to the decimals of the data, or to as few more as a fixed value or a constraint needs (a sum of
 * 1 with one part fixed at 0.125 cannot be printed with two decimals). Where that is not enough designs stay as they are.
 */
export function printableRounder(space: Space, decimals: Decimals): Rounder {
  if (Object.values(decimals).every((count) => count === undefined)) return (design) => design;
  const tried = probes(space);
  for (let extra = 0; extra <= mostExtraDecimals; extra++) {
    const rounder = createRounder(space, finer(decimals, extra));
    if (tried.length === 0 || tried.some((design) => rounder(design) !== undefined)) return rounder;
  }
  return (design) => design;
}
