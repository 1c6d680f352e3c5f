import type { Design, Space } from '../space/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import { formatShare } from './format.ts';
import { extent, fittingTicks, frameFor, padded, scale, ticksOf, type Frame, type Scales } from './frame.ts';
import { fitProjection, project } from './projection.ts';
import { join, type Markup } from './svg.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Designs on the two directions along which some of them vary most. */
export interface Plane {
  readonly frame: Frame;
  readonly scales: Scales;
  readonly axes: Markup;
  /** Of the designs that decided the directions. */
  readonly places: readonly Place[];
  readonly others: readonly Place[];
  /** Share of the variance along both directions, 0 to 1. */
  readonly explained: number;
}

function encoded(space: Space, designs: readonly Design[]): Float32Array {
  return designs.length === 0 ? new Float32Array(0) : space.encodeAll(designs);
}

/** The plane of `designs`, with room for `others`. */
export function planeOf(space: Space, designs: readonly Design[], others: readonly Design[]): Plane {
  const matrix = encoded(space, designs);
  const projection = fitProjection(matrix, space.dimension);
  const places = project(projection, matrix);
  const more = project(projection, encoded(space, others));
  const everything = [...places, ...more];
  const yDomain = padded(extent(everything.map(({ y }) => y)), 0.05);
  const ticks = ticksOf(scale('linear', yDomain, [1, 0]), 5);
  const frame = frameFor(540, 380, ticks, true);
  const x = scale('linear', padded(extent(everything.map((place) => place.x)), 0.04), [frame.left, frame.right]);
  const y = scale('linear', yDomain, [frame.bottom, frame.top]);
  const [first, second] = projection.explained;
  return {
    frame,
    scales: { x, y },
    axes: join(
      leftAxis(frame, y, ticks, `second component, ${formatShare(second)} of variance`),
      bottomAxis(frame, x, fittingTicks(x, 6), `first component, ${formatShare(first)} of variance`),
    ),
    places,
    others: more,
    explained: first + second,
  };
}
