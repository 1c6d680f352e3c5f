import type { RandomStream } from '../base/index.ts';
import { createDesignSet, spreadDesigns, type Design, type Rounder, type Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import { newDesigns } from './generate.ts';
import { printableRounder } from './printable.ts';

/** Points of the sequence that are looked at before a finite space is listed, or the rest given up. */
const draws = { perDesign: 20, least: 1000 } as const;

/** What one design takes of the range of a real, with those that count as the same (`createDesignSet`). */
const takenShare = 2e-3;

/** Whether a range holds far more numbers of 64 bits than designs that count as different. */
function isContinuum({ min, max }: { readonly min: number; readonly max: number }): boolean {
  return max - min > 1e6 * Number.EPSILON * Math.max(Math.abs(min), Math.abs(max));
}

/** Whether so many designs, wherever they are, leave at least half of the space: surely not everything was tried. */
export function leavesRoom({ columns, fixed, constraints }: Space, designs: number): boolean {
  if (constraints.length > 0) return false;
  const reals = columns.filter(
    (column) =>
      column.kind === 'scalar' &&
      column.parameter.type === 'real' &&
      column.parameter.step === undefined &&
      isContinuum(column.parameter) &&
      fixed[column.name] === undefined,
  );
  return reals.length > 0 && designs * takenShare ** reals.length < 0.5;
}

/** The first of a sequence, and how it is printed. */
interface Sequence {
  readonly points: number;
  readonly stream: RandomStream;
  readonly printable: Rounder;
}

/** New designs in an order that depends on nothing but the seed. */
function* inOrder(
  space: Space,
  tried: readonly Design[],
  candidates: readonly Design[] | undefined,
  { points, stream, printable }: Sequence,
): Generator<Design, void, undefined> {
  if (candidates !== undefined) {
    const order = Array.from(stream.permutation(candidates.length), (row) => candidates[row]!);
    return yield* newDesigns(space, tried, order);
  }
  const known = createDesignSet(space, tried);
  const next = spreadDesigns(space, stream);
  const taken: Design[] = [];
  for (let point = 0; point < points; point++) {
    const drawn = next();
    const design = drawn && printable(drawn);
    if (design === undefined || !known.addNew(design)) continue;
    taken.push(design);
    yield design;
  }
  if (Number.isFinite(space.size)) yield* newDesigns(space, [...tried, ...taken], undefined);
}

/**
 * The first `count` designs that were not tried of a Sobol sequence over the space, or of the candidates in a random order; fewer where
 * no more are found. Numbers of the sequence are rounded to `decimals`, as `printableRounder` says.
 */
export function initialDesigns(
  space: Space,
  tried: readonly Design[],
  candidates: readonly Design[] | undefined,
  count: number,
  stream: RandomStream,
  decimals: Table['decimals'] = {},
): readonly Design[] {
  const printable = printableRounder(space, decimals);
  const points = Math.max(draws.least, draws.perDesign * (tried.length + count));
  const designs: Design[] = [];
  if (count === 0) return designs;
  for (const design of inOrder(space, tried, candidates, { points, stream, printable })) {
    designs.push(design);
    if (designs.length === count) break;
  }
  return designs;
}
