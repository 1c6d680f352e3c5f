import type { RandomStream } from '../../../src/base/index.ts';
import { createSpace, type Design, type SpaceDefinition } from '../../../src/space/index.ts';
import type { Direction } from '../../../src/table/index.ts';
import { braninFunction } from '../../functions/classic.ts';
import { boxSpace, pointAt } from '../../functions/problem.ts';
import { uniformDesign } from '../../methods/random.ts';
import { coatingDirection, coatingReward, coatingSpace, layersOf, meanReflectance } from '../../tasks/coating.ts';

/** A space in a part of which experiments fail, by a rule that no method is told. */
export interface FailingSpace {
  readonly space: SpaceDefinition;
  readonly reward: string;
  readonly direction: Direction;
  /** Rows of the table, failed ones included. */
  readonly rows: number;
  /** The rule in words. */
  readonly rule: string;
  readonly truth: (design: Design) => number;
  readonly fails: (design: Design) => boolean;
}

/** One optimum of Branin, and the way up from it. */
const valley = { from: [Math.PI, 2.275], to: [Math.PI, 7.5], radius: 2 } as const;

/** Distance of a point of the plane to the segment between two others. */
export function distanceToSegment(
  [x, y]: readonly [number, number],
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
): number {
  const [dx, dy] = [bx - ax, by - ay];
  const place = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
  const nearest = Math.min(1, Math.max(0, place));
  return Math.hypot(x - ax - nearest * dx, y - ay - nearest * dy);
}

const branin: FailingSpace = {
  space: boxSpace(braninFunction.bounds),
  reward: 'y',
  direction: 'minimize',
  rows: 200,
  rule: 'within 2 of one of the three optima or of the way up from it',
  truth: (design) => braninFunction.evaluate(pointAt(design, 2)),
  fails: (design) => {
    const [x1 = NaN, x2 = NaN] = pointAt(design, 2);
    return distanceToSegment([x1, x2], valley.from, valley.to) < valley.radius;
  },
};

const coating = {
  space: coatingSpace,
  reward: coatingReward,
  direction: coatingDirection,
  rows: 400,
  truth: meanReflectance,
} as const;

const mostThickness = 650;

export const failingSpaceNames = ['branin', 'branin, little', 'coating, thick', 'coating, neighbours'] as const;
export type FailingSpaceName = (typeof failingSpaceNames)[number];

export const failingSpaces: { readonly [Name in FailingSpaceName]: FailingSpace } = {
  branin,
  'branin, little': { ...branin, rows: 40 },
  'coating, thick': {
    ...coating,
    rule: `more than ${mostThickness} nm in all`,
    fails: (design) => layersOf(design).reduce((sum, { thickness }) => sum + thickness, 0) > mostThickness,
  },
  'coating, neighbours': {
    ...coating,
    rule: 'two neighbouring layers of one material, as 84 % of the best hundredth have',
    fails: (design) => {
      const layers = layersOf(design);
      return layers.some(({ material }, at) => material === layers[at - 1]?.material);
    },
  },
};

/** Uniform designs. */
export function drawnDesigns({ space }: FailingSpace, count: number, stream: RandomStream): readonly Design[] {
  const compiled = createSpace(space);
  return Array.from({ length: count }, () => uniformDesign(compiled, stream));
}
