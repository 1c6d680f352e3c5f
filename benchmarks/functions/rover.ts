import { randomStream } from '../../src/base/index.ts';
import { box, type BoxFunction } from './function.ts';
import { naturalSpline } from './spline.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface RoverOptions {
  /** Points that the path passes through; the dimension is twice as large. */
  readonly points?: number;
  /** Draws the obstacles. */
  readonly seed?: number;
}

export interface Rover extends BoxFunction {
  readonly start: Point;
  readonly goal: Point;
  /** Centres of the square obstacles. */
  readonly obstacles: readonly Point[];
  /** Half the side of an obstacle. */
  readonly halfSide: number;
  /** Where the path of a point of the box goes, from its first point to its last. */
  readonly path: (x: Float64Array) => readonly Point[];
  /** No path costs less: the straight way, were it free. */
  readonly lowerBound: number;
}

const start: Point = { x: 0.05, y: 0.05 };
const goal: Point = { x: 0.95, y: 0.95 };
const samples = 1000;
const obstacleCount = 113;
const halfSide = 0.025;
const costs = { everywhere: 0.05, inside: 20, miss: 10 } as const;

function inSquare({ x, y }: Point, centre: Point, half: number): boolean {
  return Math.abs(x - centre.x) <= half && Math.abs(y - centre.y) <= half;
}

/** Uniform centres, none of whose squares is near the start or the goal. */
function drawObstacles(seed: number): readonly Point[] {
  const stream = randomStream(seed).split('rover obstacles');
  const centres: Point[] = [];
  while (centres.length < obstacleCount) {
    const centre = { x: stream.uniform(), y: stream.uniform() };
    if (![start, goal].some((end) => inSquare(end, centre, 2 * halfSide))) centres.push(centre);
  }
  return centres;
}

function miss(a: Point, b: Point): number {
  return costs.miss * (Math.abs(a.x - b.x) + Math.abs(a.y - b.y));
}

/**
 * Rover trajectory planning after Wang, Gehring, Kohli and Jegelka (2018, section 5.3): a smooth path in the unit square from (0.05,
 * 0.05) to (0.95, 0.95). A length of path costs 0.05 per unit, 20.05 inside one of 113 squares of side 0.05 or outside the unit square;
 * missing start or goal costs 10 per unit of L1 distance. The 2 x 30 coordinates are x1, y1, x2, y2, ... in [-0.1, 1.1].
 *
 * Not the paper's own instance: the obstacles are drawn from the seed, and the path is a natural cubic spline through the points, where
 * the paper's program fits a smoothing spline to them. So values compare only among runs of this one. The paper's reward is 5 - cost.
 */
export function rover({ points = 30, seed = 0 }: RoverOptions = {}): Rover {
  const obstacles = drawObstacles(seed);
  const spline = naturalSpline(points, samples);
  const path = (x: Float64Array): readonly Point[] => {
    const xs = spline(x.filter((_, at) => at % 2 === 0));
    const ys = spline(x.filter((_, at) => at % 2 === 1));
    return Array.from(xs, (value, at) => ({ x: value, y: ys[at]! }));
  };
  const blocked = (point: Point): boolean =>
    !inSquare(point, { x: 0.5, y: 0.5 }, 0.5) || obstacles.some((centre) => inSquare(point, centre, halfSide));
  const costAt = (point: Point): number => costs.everywhere + (blocked(point) ? costs.inside : 0);
  const evaluate = (x: Float64Array): number => {
    const way = path(x);
    let total = miss(way[0]!, start) + miss(way.at(-1)!, goal);
    let before = costAt(way[0]!);
    for (let at = 1; at < way.length; at++) {
      const after = costAt(way[at]!);
      const length = Math.hypot(way[at]!.x - way[at - 1]!.x, way[at]!.y - way[at - 1]!.y);
      total += (length * (before + after)) / 2;
      before = after;
    }
    return total;
  };
  return {
    name: `rover-${2 * points}`,
    bounds: box(2 * points, -0.1, 1.1),
    evaluate,
    start,
    goal,
    obstacles,
    halfSide,
    path,
    lowerBound: costs.everywhere * Math.hypot(goal.x - start.x, goal.y - start.y),
  };
}
