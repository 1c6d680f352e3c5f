import { fromCoordinate, toCoordinate } from './axis.ts';
import type { Codec } from './codec.ts';
import { createLattice, type Lattice } from './lattice.ts';
import { parseNumber, shown } from './numbers.ts';
import type { Axis, IntegerParameter, RealParameter, Value } from './types.ts';

type Numeric = RealParameter | IntegerParameter;

/** Parts of a step that a measured value may miss its step by: what text and arithmetic lose, not what a scale does. */
const stepTolerance = 1e-6;

export function isLog(parameter: Numeric): boolean {
  return parameter.scale === 'log';
}

/** The codec of a real or integer parameter whose steps are `step` apart, or that has no steps. */
export function numericCodec(parameter: Numeric, step: number | undefined): Codec {
  const { min, max } = parameter;
  if (step === undefined) return continuousCodec(parameter);
  const lattice = createLattice(min, step, max);
  return steppedCodec(parameter, lattice, {
    low: min,
    high: lattice.valueAt(lattice.count - 1),
    log: isLog(parameter),
  });
}

/** The codec of a real parameter of which only the values of a lattice are wanted, its coordinates unchanged. */
export function griddedCodec(parameter: RealParameter, lattice: Lattice): Codec {
  return steppedCodec(parameter, lattice, { low: parameter.min, high: parameter.max, log: isLog(parameter) });
}

function accepts({ type, min, max, step }: Numeric): string {
  const steps = step === undefined ? '' : ` in steps of ${step}`;
  return `a ${type === 'integer' ? 'whole ' : ''}number from ${min} to ${max}${steps}`;
}

function rangeProblem({ min, max }: Numeric, value: unknown): string | undefined {
  if (value === undefined) return 'is missing';
  if (typeof value !== 'number') return `is ${shown(value)}, not a number`;
  if (!Number.isFinite(value)) return `is ${value}, not a finite number`;
  return value < min || value > max ? `is ${value}, outside ${min} to ${max}` : undefined;
}

function asNumber(value: Value): number {
  return typeof value === 'number' ? value : Number(value);
}

function continuousCodec(parameter: RealParameter | IntegerParameter): Codec {
  const { min, max } = parameter;
  const axis: Axis = { low: min, high: max, log: isLog(parameter) };
  return {
    shape: { kind: 'scalar', axis },
    width: 1,
    count: min === max ? 1 : Infinity,
    lattice: undefined,
    accepts: accepts(parameter),
    valueAt: () => min,
    indexOf: () => 0,
    problemWith: (value) => rangeProblem(parameter, value),
    normalize: (value) => value,
    coerce: parseNumber,
    encode: (value, target, offset) => {
      target[offset] = toCoordinate(axis, asNumber(value));
    },
    decode: (vector, offset) => fromCoordinate(axis, vector[offset]!),
  };
}

function stepProblem(parameter: Numeric, lattice: Lattice, value: unknown): string | undefined {
  const outside = rangeProblem(parameter, value);
  if (outside !== undefined || typeof value !== 'number') return outside;
  const distance = Math.abs(lattice.valueAt(lattice.nearest(value)) - value);
  if (distance <= stepTolerance * lattice.step) return undefined;
  if (parameter.type === 'integer' && !Number.isInteger(value)) return `is ${value}, not a whole number`;
  return `is ${value}, not a whole number of steps of ${lattice.step} from ${parameter.min}`;
}

function steppedCodec(parameter: Numeric, lattice: Lattice, axis: Axis): Codec {
  return {
    shape: { kind: 'scalar', axis },
    width: 1,
    count: lattice.count,
    lattice,
    accepts: accepts(parameter),
    valueAt: lattice.valueAt,
    indexOf: (value) => lattice.nearest(asNumber(value)),
    problemWith: (value) => stepProblem(parameter, lattice, value),
    normalize: (value) => lattice.valueAt(lattice.nearest(asNumber(value))),
    coerce: parseNumber,
    encode: (value, target, offset) => {
      target[offset] = toCoordinate(axis, asNumber(value));
    },
    decode: (vector, offset) => lattice.valueAt(lattice.nearest(fromCoordinate(axis, vector[offset]!))),
  };
}
