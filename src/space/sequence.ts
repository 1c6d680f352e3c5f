import { largestOf, writeChoice } from './choice.ts';
import type { Codec } from './codec.ts';
import { shown } from './numbers.ts';
import type { SequenceParameter, Value } from './types.ts';

/** The letters of a text: whole code points. */
export function lettersOf(text: string): string[] {
  return Array.from(text);
}

function sequenceProblem(
  { alphabet, length }: SequenceParameter,
  ranks: ReadonlyMap<string, number>,
  value: unknown,
): string | undefined {
  if (value === undefined) return 'is missing';
  if (typeof value !== 'string') return `is ${shown(value)}, not a text`;
  const letters = lettersOf(value);
  const stranger = letters.find((letter) => !ranks.has(letter));
  if (stranger !== undefined) return `is ${shown(value)}, where ${shown(stranger)} is not a letter of ${alphabet}`;
  return letters.length === length ? undefined : `is ${shown(value)}, of length ${letters.length} instead of ${length}`;
}

/** One one-hot group per position. Values are ordered as words are, by the alphabet's order. */
export function sequenceCodec(parameter: SequenceParameter): Codec {
  const { length } = parameter;
  const letters = lettersOf(parameter.alphabet);
  const choices = letters.length;
  const ranks = new Map(letters.map((letter, rank) => [letter, rank]));
  const ranksOf = (value: Value): number[] => lettersOf(String(value)).map((letter) => ranks.get(letter) ?? 0);
  return {
    shape: { kind: 'onehot', positions: length, choices },
    width: length * choices,
    count: choices ** length,
    lattice: undefined,
    accepts: `a text of ${length} letters from ${parameter.alphabet}`,
    valueAt: (index) => {
      let text = '';
      for (let i = 0, rest = index; i < length; i++, rest = Math.floor(rest / choices))
        text = letters[rest % choices]! + text;
      return text;
    },
    indexOf: (value) => ranksOf(value).reduce((index, rank) => index * choices + rank, 0),
    problemWith: (value) => sequenceProblem(parameter, ranks, value),
    normalize: (value) => value,
    coerce: (text) => text.trim(),
    encode: (value, target, offset) => {
      ranksOf(value).forEach((rank, position) => writeChoice(target, offset + position * choices, choices, rank));
    },
    decode: (vector, offset) => {
      let text = '';
      for (let i = 0; i < length; i++) text += letters[largestOf(vector, offset + i * choices, choices)]!;
      return text;
    },
  };
}
