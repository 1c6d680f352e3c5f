import { usageError } from '../base/index.ts';
import { createCodec } from './codecs.ts';
import { unknownName } from './space.ts';
import type { Parameter, Space, Value } from './types.ts';

/**
 * The value that a text spells: a number for real and integer parameters, the listed value (as it stands in the list) for ordinal
 * and categorical ones, the text itself for a sequence. Undefined when it is no number or is not listed; bounds, steps and letters
 * are `problemWith`'s.
 */
export function coerce(parameter: Parameter, text: string): Value | undefined {
  return createCodec(parameter).coerce(text);
}

/** What a parameter accepts, as a noun: "a number from 20 to 90 in steps of 0.5", "one of A, B". */
export function acceptedValues(parameter: Parameter): string {
  return createCodec(parameter).accepts;
}

/** The value of the named parameter that a text spells. Throws a usage error that says what is allowed. */
export function parseValue(space: Space, name: string, text: string): Value {
  const parameter = space.names.includes(name) ? space.definition.parameters[name] : undefined;
  if (parameter === undefined) throw usageError(unknownName(space, name));
  const codec = createCodec(parameter);
  const value = codec.coerce(text);
  if (value === undefined || codec.problemWith(value) !== undefined) {
    throw usageError(`${name} is given as ${JSON.stringify(text)}; expected ${codec.accepts}`);
  }
  return codec.normalize(value);
}
