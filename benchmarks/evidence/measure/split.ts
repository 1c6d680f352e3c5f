import { columnScaling, scaleColumns, type RandomStream } from '../../../src/base/index.ts';
import { createSpace, type SpaceDefinition } from '../../../src/space/index.ts';
import type { Direction } from '../../../src/table/index.ts';
import { signOf } from '../../methods/method.ts';
import { byReward, rowsAt, type Rows } from '../../tasks/task.ts';

/** Rows to be split, each design once. */
export interface SplitRows extends Rows {
  readonly space: SpaceDefinition;
  readonly direction: Direction;
}

export const splitNames = ['random', 'edge', 'best'] as const;
export type SplitName = (typeof splitNames)[number];

/** Share of the rows that is held out. */
export const heldOutShare = 0.2;

/** Power iterations: more than enough where a component leads, and any direction does where none does. */
const iterations = 200;

/** Where n rows of d columns lie along their leading principal component, columns standardised. Which end is positive is drawn. */
export function leadingComponent(rows: Float32Array, dimension: number, stream: RandomStream): Float64Array {
  const scaled = scaleColumns(rows, columnScaling(rows, dimension));
  const n = rows.length / dimension;
  const along = (direction: Float64Array): Float64Array =>
    Float64Array.from({ length: n }, (_, i) =>
      direction.reduce((sum, weight, j) => sum + weight * scaled[i * dimension + j]!, 0),
    );
  let direction = stream.fillNormal(new Float64Array(dimension));
  for (let iteration = 0; iteration < iterations; iteration++) {
    const places = along(direction);
    const next = new Float64Array(dimension);
    for (let i = 0; i < n; i++) for (let j = 0; j < dimension; j++) next[j]! += places[i]! * scaled[i * dimension + j]!;
    const length = Math.hypot(...next);
    direction = next.map((weight) => weight / length);
  }
  return along(direction);
}

/** What rows are held out by: those where it is largest. */
const scores: { readonly [Name in SplitName]: (rows: SplitRows, stream: RandomStream) => ArrayLike<number> } = {
  random: ({ rewards }, stream) => stream.permutation(rewards.length),
  edge: ({ space, designs }, stream) => {
    const compiled = createSpace(space);
    return leadingComponent(compiled.encodeAll(designs), compiled.dimension, stream);
  },
  best: ({ rewards, direction }) => rewards.map((reward) => signOf[direction] * reward),
};

/** Holds a fifth of the rows out: random ones, those at one end of the leading principal component, or those with the best rewards. */
export function splitRows(
  name: SplitName,
  rows: SplitRows,
  stream: RandomStream,
): { readonly shown: Rows; readonly heldOut: Rows } {
  const order = byReward(scores[name](rows, stream), 'maximize');
  const count = Math.round(heldOutShare * order.length);
  return { shown: rowsAt(rows, order.subarray(count).sort()), heldOut: rowsAt(rows, order.subarray(0, count).sort()) };
}
