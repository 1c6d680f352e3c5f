import { usageError } from '../../../src/base/index.ts';
import { box, type TestFunction } from '../function.ts';
import { bentCigar, differentPowers, discus, ellipsoid, sharpRidge } from './ill-conditioned.ts';
import type { MakeShape } from './instance.ts';
import { attractiveSector, rosenbrock, rotatedRosenbrock, stepEllipsoid } from './moderate.ts';
import { griewankRosenbrock, illConditionedSchaffers, rastrigin, schaffers, weierstrass } from './multimodal.ts';
import { optimalValue } from './random.ts';
import { buecheRastrigin, linearSlope, separableEllipsoid, separableRastrigin, sphere } from './separable.ts';
import { gallagher101, gallagher21, katsuura, lunacekBiRastrigin, schwefel } from './weak-structure.ts';

export const bbobGroupNames = [
  'separable',
  'moderate conditioning',
  'high conditioning',
  'multimodal',
  'weak structure',
] as const;
export type BbobGroup = (typeof bbobGroupNames)[number];

interface Entry {
  readonly title: string;
  readonly group: BbobGroup;
  readonly make: MakeShape;
  /** The function whose optimum and offset are shared; the function itself by default. */
  readonly seededAs?: number;
}

/** f1 to f24 in order. */
const entries: readonly Entry[] = [
  { title: 'Sphere', group: 'separable', make: sphere },
  { title: 'Separable ellipsoid', group: 'separable', make: separableEllipsoid },
  { title: 'Separable Rastrigin', group: 'separable', make: separableRastrigin },
  { title: 'Büche-Rastrigin', group: 'separable', make: buecheRastrigin, seededAs: 3 },
  { title: 'Linear slope', group: 'separable', make: linearSlope },
  { title: 'Attractive sector', group: 'moderate conditioning', make: attractiveSector },
  { title: 'Step ellipsoid', group: 'moderate conditioning', make: stepEllipsoid },
  { title: 'Rosenbrock', group: 'moderate conditioning', make: rosenbrock },
  { title: 'Rotated Rosenbrock', group: 'moderate conditioning', make: rotatedRosenbrock },
  { title: 'Ellipsoid', group: 'high conditioning', make: ellipsoid },
  { title: 'Discus', group: 'high conditioning', make: discus },
  { title: 'Bent cigar', group: 'high conditioning', make: bentCigar },
  { title: 'Sharp ridge', group: 'high conditioning', make: sharpRidge },
  { title: 'Different powers', group: 'high conditioning', make: differentPowers },
  { title: 'Rastrigin', group: 'multimodal', make: rastrigin },
  { title: 'Weierstrass', group: 'multimodal', make: weierstrass },
  { title: 'Schaffers F7', group: 'multimodal', make: schaffers },
  { title: 'Ill-conditioned Schaffers F7', group: 'multimodal', make: illConditionedSchaffers, seededAs: 17 },
  { title: 'Griewank-Rosenbrock', group: 'multimodal', make: griewankRosenbrock },
  { title: 'Schwefel', group: 'weak structure', make: schwefel },
  { title: 'Gallagher, 101 peaks', group: 'weak structure', make: gallagher101 },
  { title: 'Gallagher, 21 peaks', group: 'weak structure', make: gallagher21 },
  { title: 'Katsuura', group: 'weak structure', make: katsuura },
  { title: 'Lunacek bi-Rastrigin', group: 'weak structure', make: lunacekBiRastrigin },
];

export const bbobCount: number = entries.length;

function entryOf(number: number): Entry {
  const entry = entries[number - 1];
  if (entry !== undefined) return entry;
  throw usageError(`BBOB has no function ${number}; expected a whole number from 1 to ${bbobCount}.`);
}

/** What a function is called, and the group it is reported in. Throws a usage error unless `number` is one of 1 to 24. */
export function describeBbob(number: number): { readonly title: string; readonly group: BbobGroup } {
  const { title, group } = entryOf(number);
  return { title, group };
}

/**
 * A noiseless BBOB function (Hansen, Finck, Ros and Auger 2009, INRIA report RR-6829), the same as COCO's, in `dimension` >= 2
 * coordinates of [-5, 5]. Points outside the box have a cost too. Throws a usage error for a function that is not one of 1 to 24, an
 * instance below 1 or a dimension below 2.
 */
export function bbob(number: number, instance: number, dimension: number): TestFunction {
  const { make, seededAs = number } = entryOf(number);
  requireWhole('instance', instance, 1);
  requireWhole('dimension', dimension, 2);
  const seed = seededAs + 10_000 * instance;
  const { optimum, cost } = make({ dimension, seed });
  const offset = optimalValue(seed);
  return {
    name: `bbob-f${number}-i${instance}-${dimension}`,
    bounds: box(dimension, -5, 5),
    evaluate: (x) => cost(x) + offset,
    optimum,
    optimalValue: offset,
  };
}

function requireWhole(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw usageError(`A BBOB function has ${what} ${value}; expected a whole number of at least ${least}.`);
}
