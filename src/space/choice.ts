import { fromCoordinate, toCoordinate } from './axis.ts';
import type { Codec } from './codec.ts';
import { listed, parseNumber, shown } from './numbers.ts';
import type { Axis, CategoricalParameter, OrdinalParameter, Value } from './types.ts';

/** The number of the largest of `count` coordinates, the first of equals. */
export function largestOf(vector: ArrayLike<number>, offset: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (vector[offset + i]! > vector[offset + best]!) best = i;
  return best;
}

/** +1 at the choice, -1 at the other `count` - 1. */
export function writeChoice(target: Float64Array | Float32Array, offset: number, count: number, choice: number): void {
  target.fill(-1, offset, offset + count);
  target[offset + choice] = 1;
}

/** What list parameters share: values are found by their text, so that 8 and "8" are one. */
function listOf(values: readonly Value[]): Omit<Codec, 'shape' | 'width' | 'encode' | 'decode'> {
  const positions = new Map(values.map((value, index) => [String(value), index]));
  const find = (value: unknown): number | undefined =>
    typeof value === 'number' || typeof value === 'string' ? positions.get(String(value)) : undefined;
  const findText = (text: string): number | undefined => {
    const number = parseNumber(text);
    const index = find(text) ?? find(text.trim());
    return index ?? values.findIndex((value) => typeof value === 'number' && value === number);
  };
  return {
    count: values.length,
    lattice: undefined,
    accepts: `one of ${listed(values)}`,
    valueAt: (index) => values[index]!,
    indexOf: (value) => find(value) ?? 0,
    problemWith: (value) => {
      if (value === undefined) return 'is missing';
      return find(value) === undefined ? `is ${shown(value)}, not one of ${listed(values)}` : undefined;
    },
    normalize: (value) => values[find(value) ?? 0]!,
    coerce: (text) => values[findText(text) ?? -1],
  };
}

/** One-hot, since no value is between two others. */
export function choiceCodec({ values }: CategoricalParameter): Codec {
  const list = listOf(values);
  const count = values.length;
  return {
    ...list,
    shape: { kind: 'onehot', positions: 1, choices: count },
    width: count,
    encode: (value, target, offset) => writeChoice(target, offset, count, list.indexOf(value)),
    decode: (vector, offset) => values[largestOf(vector, offset, count)]!,
  };
}

/** The position in the list as one coordinate. */
export function ordinalCodec({ values }: OrdinalParameter): Codec {
  const list = listOf(values);
  const axis: Axis = { low: 0, high: values.length - 1, log: false };
  return {
    ...list,
    shape: { kind: 'scalar', axis },
    width: 1,
    encode: (value, target, offset) => {
      target[offset] = toCoordinate(axis, list.indexOf(value));
    },
    decode: (vector, offset) => values[Math.round(fromCoordinate(axis, vector[offset]!))]!,
  };
}
