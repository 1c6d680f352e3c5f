import { quantile, randomStream } from '../../src/base/index.ts';
import type { Design, Parameter, SpaceDefinition, Value } from '../../src/space/index.ts';
import { median } from '../statistics.ts';

/** Rows of the data whose distance to their nearest other row is looked at. */
const sampledRows = 500;

/** Coordinates of a value: 1 apart for the two ends of a range, and for two different choices. */
const coordinates: {
  readonly [K in Parameter['type']]: (parameter: Extract<Parameter, { type: K }>, value: Value) => readonly number[];
} = {
  real: (parameter, value) => [fraction(parameter, Number(value))],
  integer: (parameter, value) => [fraction(parameter, Number(value))],
  ordinal: ({ values }, value) => [values.indexOf(value) / Math.max(1, values.length - 1)],
  categorical: ({ values }, value) => values.map((choice) => (choice === value ? Math.SQRT1_2 : 0)),
  sequence: ({ alphabet }, value) =>
    Array.from(String(value)).flatMap((letter) =>
      Array.from(alphabet, (choice) => (choice === letter ? Math.SQRT1_2 : 0)),
    ),
};

interface Range {
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log';
}

function fraction({ min, max, scale }: Range, value: number): number {
  const place = scale === 'log' ? Math.log : (x: number): number => x;
  return max > min ? (place(value) - place(min)) / (place(max) - place(min)) : 0;
}

function coordinatesOf<K extends Parameter['type']>(
  parameter: Extract<Parameter, { type: K }>,
  value: Value,
): readonly number[] {
  const rule: (parameter: Extract<Parameter, { type: K }>, value: Value) => readonly number[] =
    coordinates[parameter.type];
  return rule(parameter, value);
}

function pointOf({ parameters }: SpaceDefinition, design: Design): Float64Array {
  return Float64Array.from(
    Object.entries(parameters).flatMap(([name, parameter]) => coordinatesOf(parameter, design[name] ?? '')),
  );
}

/** Distance from a point to the nearest of some points that is not at the same place. */
function nearestOther(point: Float64Array, points: readonly Float64Array[]): number {
  let least = Infinity;
  for (const other of points) {
    let square = 0;
    for (let j = 0; j < point.length && square < least; j++) square += (point[j]! - other[j]!) ** 2;
    if (square > 0 && square < least) least = square;
  }
  return Math.sqrt(least);
}

/**
 * How far designs lie from the data: the median of their distances to the nearest row, in units of what 95 % of the rows stay below
 * in their distance to the nearest other row. Above 1 a design is lonelier than nearly all rows.
 */
export function distanceToData(
  definition: SpaceDefinition,
  designs: readonly Design[],
  rows: readonly Design[],
): number {
  const points = rows.map((row) => pointOf(definition, row));
  const sample = randomStream(0).split('distance').permutation(points.length).subarray(0, sampledRows);
  const usual = Array.from(sample, (row) => nearestOther(points[row]!, points));
  const distances = designs.map((design) => nearestOther(pointOf(definition, design), points));
  return median(distances) / quantile(usual, 0.95);
}
