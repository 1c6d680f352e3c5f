import { choiceCodec, ordinalCodec } from './choice.ts';
import type { Codec } from './codec.ts';
import { numericCodec } from './numeric.ts';
import { sequenceCodec } from './sequence.ts';
import type { Parameter } from './types.ts';

type Rules = { readonly [K in Parameter['type']]: (parameter: Extract<Parameter, { type: K }>) => Codec };

const rules: Rules = {
  real: (parameter) => numericCodec(parameter, parameter.step),
  integer: (parameter) => numericCodec(parameter, parameter.step ?? 1),
  ordinal: ordinalCodec,
  categorical: choiceCodec,
  sequence: sequenceCodec,
};

export function createCodec<K extends Parameter['type']>(parameter: Extract<Parameter, { type: K }>): Codec {
  const rule = rules[parameter.type] as (parameter: Extract<Parameter, { type: K }>) => Codec;
  return rule(parameter);
}
