import type { RandomStream } from '../../src/base/index.ts';
import { createSpace, type Design, type Space } from '../../src/space/index.ts';
import { boxSpace, designAt, nameOf, pointAt } from '../functions/problem.ts';
import { rover, type Point, type Rover } from '../functions/rover.ts';
import type { Rows } from '../tasks/task.ts';

const points = 30;
const dimension = 2 * points;

/** The obstacles, start and goal of the task `rover-60`. */
export const course: Rover = rover({ points });

/** x1, y1, x2, y2, ... of 30 points as x1 to x60. */
export const space: Space = createSpace(boxSpace(course.bounds));

/** The first point at the start, the last one at the goal. */
export const ends: Design = {
  [nameOf(0)]: course.start.x,
  [nameOf(1)]: course.start.y,
  [nameOf(dimension - 2)]: course.goal.x,
  [nameOf(dimension - 1)]: course.goal.y,
};

export function costOf(design: Design): number {
  return course.evaluate(pointAt(design, dimension));
}

/** Where the path of a design goes. */
export function pathOf(design: Design): readonly Point[] {
  return course.path(pointAt(design, dimension));
}

/** L1 distance of a design's ends from start and goal. */
export function missOf(design: Design): number {
  return Object.entries(ends).reduce((sum, [name, value]) => sum + Math.abs(Number(design[name]) - Number(value)), 0);
}

/** The same path but for its first and last point. */
export function endsMoved(design: Design): Design {
  return { ...design, ...ends };
}

/** Waves of a path; the k-th has amplitude 1 / k, as the modes of a Brownian bridge have. */
const waves = 3;

/** Standard deviation of an end's coordinates. */
const spread = 0.05;

/** Paths swing by up to so much, each by another amount: some are nearly straight. */
const mostSwing = 0.4;

/** Values as tables have them. */
const resolution = 1e4;

/**
 * A random smooth path: a line between two places near start and goal, and a Gaussian bridge upon it, the sum of sine waves with
 * normal amplitudes. Cut to the bounds, four decimals.
 */
export function randomPath(stream: RandomStream): Design {
  const swing = mostSwing * stream.uniform();
  const along = (from: number, to: number): Float64Array => {
    const [first, last] = [from + spread * stream.normal(), to + spread * stream.normal()];
    const heights = Float64Array.from({ length: waves }, (_, k) => (swing * stream.normal()) / (k + 1));
    return Float64Array.from({ length: points }, (_, at) => {
      const t = at / (points - 1);
      const bridge = heights.reduce((sum, height, k) => sum + height * Math.sin((k + 1) * Math.PI * t), 0);
      return first + (last - first) * t + bridge;
    });
  };
  const xs = along(course.start.x, course.goal.x);
  const ys = along(course.start.y, course.goal.y);
  return designAt(
    course.bounds.map(([min, max], j) => {
      const value = (j % 2 === 0 ? xs : ys)[Math.floor(j / 2)]!;
      return Math.round(resolution * Math.min(max, Math.max(min, value))) / resolution;
    }),
  );
}

/** n random paths with what they cost, missed ends included. */
export function randomPaths(count: number, stream: RandomStream): Rows {
  const designs = Array.from({ length: count }, (_, row) => randomPath(stream.split(row)));
  return { designs, rewards: Float64Array.from(designs, costOf) };
}
