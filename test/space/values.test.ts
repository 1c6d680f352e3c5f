import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { acceptedValues, coerce, createSpace, parseValue, type Parameter } from '../../src/space/index.ts';

const space = createSpace({
  parameters: {
    temperature: { type: 'real', min: 20, max: 90, step: 0.5 },
    loading: { type: 'real', min: 0.001, max: 1, scale: 'log' },
    layers: { type: 'integer', min: 1, max: 8 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    catalyst: { type: 'categorical', values: ['A', 'B', ' C', 7] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 4 },
    a: { type: 'real', min: 0, max: 1 },
    b: { type: 'real', min: 0, max: 1 },
  },
  constraints: [{ sum: ['a', 'b'], equals: 1 }],
});
const good = { temperature: 40.5, loading: 0.5, layers: 3, grade: 16, catalyst: 'B', guide: 'ACGT', a: 0.25, b: 0.75 };

function failureOf(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('problemWith', () => {
  test('is undefined for a design of the space', () => {
    expect(space.problemWith(good)).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>]>([
    ['temperature is 95, outside 20 to 90', { temperature: 95 }],
    ['temperature is 40.3, not a whole number of steps of 0.5 from 20', { temperature: 40.3 }],
    ['temperature is "hot", not a number', { temperature: 'hot' }],
    ['temperature is NaN, not a finite number', { temperature: NaN }],
    ['loading is 0, outside 0.001 to 1', { loading: 0 }],
    ['layers is 2.5, not a whole number', { layers: 2.5 }],
    ['grade is 9, not one of 8, 16, 32', { grade: 9 }],
    ['catalyst is "Z", not one of A, B,  C, 7', { catalyst: 'Z' }],
    ['guide is "ACGX", where "X" is not a letter of ACGT', { guide: 'ACGX' }],
    ['guide is "ACG", of length 3 instead of 4', { guide: 'ACG' }],
    ['guide is 12, not a text', { guide: 12 }],
    ['a is missing', { a: undefined }],
    ['a + b is 1.1, but constraints[0] asks for a + b = 1', { a: 0.35 }],
  ])('says: %s', (sentence, change) => {
    expect(space.problemWith({ ...good, ...change })).toBe(sentence);
  });

  test('forgives what text and arithmetic lose', () => {
    expect(space.problemWith({ ...good, temperature: 40.5 + 1e-9, a: 0.2500004 })).toBeUndefined();
    expect(space.problemWith({ ...good, a: 0.25001 })).toContain('constraints[0]');
  });

  test('speaks of fixed values', () => {
    expect(space.fix({ catalyst: 'A' }).problemWith(good)).toBe('catalyst is "B", but it is fixed at "A"');
  });

  test('does not take an inherited property for a value', () => {
    const integer: Parameter = { type: 'integer', min: 0, max: 3 };
    const odd = createSpace({ parameters: Object.fromEntries([['constructor', integer]]) });
    expect(odd.size).toBe(4);
    expect(odd.decode([1])).toEqual({ constructor: 3 });
    expect(odd.problemWith(Object.fromEntries([['constructor', 2]]))).toBeUndefined();
  });
});

describe('coerce and parseValue', () => {
  const coerced = (name: string, text: string): unknown => coerce(space.definition.parameters[name]!, text);

  test('read numbers and listed values from text', () => {
    expect(coerced('temperature', ' 40.5 ')).toBe(40.5);
    expect(coerced('temperature', '1e2')).toBe(100);
    expect(coerced('temperature', '')).toBeUndefined();
    expect(coerced('temperature', '0x10')).toBeUndefined();
    expect(coerced('temperature', 'Infinity')).toBeUndefined();
    expect(coerced('grade', '16')).toBe(16);
    expect(coerced('grade', '16.0')).toBe(16);
    expect(coerced('grade', '17')).toBeUndefined();
    expect(coerced('catalyst', '7')).toBe(7);
    expect(coerced('catalyst', ' B')).toBe('B');
    expect(coerced('catalyst', ' C')).toBe(' C');
    expect(coerced('catalyst', 'b')).toBeUndefined();
    expect(coerced('guide', ' ACGT')).toBe('ACGT');
  });

  test('take the value in the spelling of the space', () => {
    expect(parseValue(space, 'catalyst', '7')).toBe(7);
    expect(parseValue(space, 'temperature', '40.50000000001')).toBe(40.5);
  });

  test.each([
    [
      'colour',
      'red',
      'there is no parameter "colour"; the parameters are temperature, loading, layers, grade, catalyst, guide, a, b',
    ],
    ['temperature', '95', 'temperature is given as "95"; expected a number from 20 to 90 in steps of 0.5'],
    ['loading', 'x', 'loading is given as "x"; expected a number from 0.001 to 1'],
    ['layers', '1.5', 'layers is given as "1.5"; expected a whole number from 1 to 8'],
    ['grade', '9', 'grade is given as "9"; expected one of 8, 16, 32'],
    ['guide', 'AC', 'guide is given as "AC"; expected a text of 4 letters from ACGT'],
  ])('refuse %s=%s', (name, text, sentence) => {
    const failure = failureOf(() => parseValue(space, name, text));
    expect([failure.kind, failure.message]).toEqual(['usage', sentence]);
  });

  test('say what is accepted', () => {
    const many: Parameter = { type: 'categorical', values: Array.from({ length: 25 }, (_, i) => i) };
    expect(acceptedValues(many)).toMatch(/^one of 0, 1, .*, 19 and 5 more$/);
  });
});

describe('fix', () => {
  test('keeps values in the spelling of the space, and adds to earlier ones', () => {
    const fixed = space.fix({ grade: '16' }).fix({ a: 0.25 });
    expect(fixed.fixed).toEqual({ grade: 16, a: 0.25 });
    const design = fixed.decode(new Float64Array(space.dimension))!;
    expect([design['grade'], design['a']]).toEqual([16, 0.25]);
    expect(design['b']).toBeCloseTo(0.75, 14);
    expect(space.fixed).toEqual({});
  });

  test('still encodes designs with other values', () => {
    expect(space.fix({ grade: 8 }).encode(good)).toEqual(space.encode(good));
  });

  test.each<[string, Record<string, number | string>, string]>([
    ['an unknown name', { colour: 'red' }, 'there is no parameter "colour"; the parameters are temperature, loading,'],
    ['a value outside', { layers: 9 }, 'the fixed layers is 9, outside 1 to 8'],
    [
      'values that break a sum',
      { a: 0.5, b: 0.25 },
      'with a = 0.5, b = 0.25 fixed, constraints[0] (a + b = 1) cannot hold, since a + b is 0.75',
    ],
  ])('refuses %s', (_, values, sentence) => {
    const failure = failureOf(() => space.fix(values));
    expect(failure.kind).toBe('usage');
    expect(failure.message).toContain(sentence);
  });

  test('accepts values that satisfy a sum to the last bits', () => {
    const tenths = createSpace({
      parameters: { a: { type: 'real', min: 0, max: 1 }, b: { type: 'real', min: 0, max: 1 } },
      constraints: [{ sum: ['a', 'b'], equals: 0.3 }],
    });
    expect(tenths.fix({ a: 0.1, b: 0.2 }).decode([0, 0])).toEqual({ a: 0.1, b: 0.2 });
    expect(tenths.fix({ a: 0.1000000002, b: 0.2 }).decode([0, 0])).toEqual({ a: 0.1000000002, b: 0.2 });
  });
});
