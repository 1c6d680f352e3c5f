import type { RandomStream } from '../../src/base/index.ts';
import type { Design, Parameter, SpaceDefinition, Value } from '../../src/space/index.ts';
import { matched, shuffledLabels } from './levels.ts';
import type { BoxFunction, Interval, TestFunction } from './function.ts';

/** A cost over the designs of a space, to be minimized, as an oracle sees it. */
export interface Problem {
  readonly name: string;
  readonly space: SpaceDefinition;
  /** What one measurement of a design says; undefined where it fails. A noisy problem draws from the stream and from nothing else. */
  readonly measure: (design: Design, stream: RandomStream) => number | undefined;
  /** Whether measuring a design again says something else (no, where absent). */
  readonly noisy?: boolean;
  /** The cost without noise and failures. */
  readonly truth: (design: Design) => number;
  /** A design of the least cost, and that cost, where they are known. */
  readonly optimum?: Design;
  readonly optimalValue?: number;
}

/** How a coordinate of a function becomes a parameter: as it is, or as one of n evenly spaced values, in order or not. */
export type CoordinateKind = 'real' | { readonly integer: number } | { readonly categorical: number };

interface Coordinate {
  readonly parameter: Parameter;
  readonly place: (value: Value) => number;
  readonly best?: Value;
}

export function nameOf(coordinate: number): string {
  return `x${coordinate + 1}`;
}

/** x1, x2, ... as a design. */
export function designAt(point: ArrayLike<number>): Design {
  return Object.fromEntries(Array.from(point, (value, j) => [nameOf(j), value]));
}

/** The values of x1, x2, ... */
export function pointAt(design: Design, dimension: number): Float64Array {
  return Float64Array.from({ length: dimension }, (_, j) => Number(design[nameOf(j)]));
}

/** Real parameters x1, x2, ... */
export function boxSpace(bounds: readonly Interval[]): SpaceDefinition {
  return spaceOf(bounds.map(([min, max]) => ({ type: 'real', min, max })));
}

function spaceOf(parameters: readonly Parameter[]): SpaceDefinition {
  return { parameters: Object.fromEntries(parameters.map((parameter, j) => [nameOf(j), parameter])) };
}

function coordinateOf(kind: CoordinateKind, [min, max]: Interval, j: number, optimum: number | undefined): Coordinate {
  if (kind === 'real') {
    return {
      parameter: { type: 'real', min, max },
      place: Number,
      ...(optimum === undefined ? {} : { best: optimum }),
    };
  }
  const levels = matched('integer' in kind ? kind.integer : kind.categorical, [min, max], optimum);
  const best = optimum === undefined ? -1 : levels.indexOf(optimum);
  if ('integer' in kind) {
    const parameter: Parameter = { type: 'integer', min: 0, max: levels.length - 1 };
    return { parameter, place: (value) => levels[Number(value)]!, ...(best < 0 ? {} : { best }) };
  }
  const labels = shuffledLabels(levels.length, j);
  const parameter: Parameter = { type: 'categorical', values: labels.toSorted() };
  return {
    parameter,
    place: (value) => levels[labels.indexOf(String(value))]!,
    ...(best < 0 ? {} : { best: labels[best]! }),
  };
}

/**
 * A function as a problem without noise. With `kinds`, coordinates are discretised: the values of a discrete coordinate are evenly
 * spaced over its interval and moved together by less than half a step so that the optimum's is one of them. So the optimum stays.
 */
export function problemOf(
  source: BoxFunction | TestFunction,
  kinds: (coordinate: number) => CoordinateKind = () => 'real',
): Problem {
  const { name, bounds, evaluate } = source;
  const known = 'optimum' in source ? source : undefined;
  const coordinates = bounds.map((interval, j) => coordinateOf(kinds(j), interval, j, known?.optimum[j]));
  const truth = (design: Design): number =>
    evaluate(Float64Array.from(coordinates, ({ place }, j) => place(design[nameOf(j)]!)));
  return {
    name,
    space: spaceOf(coordinates.map(({ parameter }) => parameter)),
    measure: truth,
    truth,
    ...(known === undefined
      ? {}
      : {
          optimum: Object.fromEntries(coordinates.map(({ best }, j) => [nameOf(j), best!])),
          optimalValue: known.optimalValue,
        }),
  };
}
