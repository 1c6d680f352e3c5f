import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { createSpace, parseSpace, type SpaceDefinition } from '../../src/space/index.ts';
import { drawnSpace } from './spaces.ts';

const unit = { type: 'real', min: 0, max: 1 };
const types = 'one of real, integer, ordinal, categorical, sequence';

function sentenceOf(source: unknown): string {
  try {
    parseSpace(source, 'space.json');
  } catch (error) {
    if (error instanceof UserError && error.kind === 'data') return error.message;
    throw error;
  }
  throw new Error('the definition was accepted');
}

const withA = (a: unknown, rest: object = {}): unknown => ({ parameters: { a }, ...rest });
const withConstraints = (...constraints: unknown[]): unknown => ({
  parameters: {
    a: unit,
    b: unit,
    c: unit,
    n: { type: 'integer', min: 0, max: 10 },
    even: { type: 'integer', min: 0, max: 10, step: 2 },
    log: { type: 'real', min: 0.1, max: 1, scale: 'log' },
    grade: { type: 'ordinal', values: [1, 2] },
  },
  constraints,
});

describe('parseSpace', () => {
  test('reads a definition back from its JSON', () => {
    fc.assert(
      fc.property(drawnSpace, ({ parameters }) => {
        const definition = JSON.parse(JSON.stringify({ parameters })) as SpaceDefinition;
        expect(parseSpace(JSON.stringify({ parameters }), 'space.json')).toEqual(definition);
      }),
      { numRuns: 100 },
    );
  });

  test('accepts a byte order mark, and keeps constraints', () => {
    const definition = { parameters: { a: unit }, constraints: [{ sum: ['a'], atMost: 0.5 }] };
    expect(parseSpace(`\uFEFF${JSON.stringify(definition)}`, 'space.json')).toEqual(definition);
  });

  test.each<[string, unknown, string]>([
    ['broken JSON', '{\n  "parameters": {,\n}', "not valid JSON at line 2, column 18: Expected property name or '}'"],
    ['a list', [], 'the definition is a list; expected an object'],
    ['no parameters', {}, 'parameters is missing; expected an object'],
    ['empty parameters', { parameters: {} }, 'parameters is empty; a space has one parameter at least'],
    [
      'an unknown key',
      withA(unit, { x: 1 }),
      'the definition has the unknown key "x"; the accepted keys are parameters, constraints',
    ],
    [
      'an unknown key of a parameter',
      withA({ ...unit, stepp: 1 }),
      'parameters.a has the unknown key "stepp"; the accepted keys are type, min, max, scale, step',
    ],
    [
      'a key of another kind',
      withA({ type: 'sequence', alphabet: 'AB', length: 2, min: 1 }),
      'parameters.a has the unknown key "min"; the accepted keys are type, alphabet, length',
    ],
    ['a parameter that is no object', withA(3), 'parameters.a is 3; expected an object'],
    ['no type', withA({ min: 0, max: 1 }), `parameters.a.type is missing; expected ${types}`],
    ['an unknown type', withA({ type: 'float' }), `parameters.a.type is "float"; expected ${types}`],
    ['a missing bound', withA({ type: 'real', min: 0 }), 'parameters.a.max is missing; expected a number'],
    ['a bound in quotes', withA({ type: 'real', min: '0', max: 1 }), 'parameters.a.min is "0"; expected a number'],
    [
      'a bound that is not finite',
      withA({ type: 'real', min: 0, max: Infinity }),
      'parameters.a.max is Infinity; expected a finite number',
    ],
    ['min above max', withA({ type: 'real', min: 2, max: 1 }), 'parameters.a has min 2 above max 1'],
    [
      'a range too wide',
      withA({ type: 'real', min: -1.7e308, max: 1.7e308 }),
      'parameters.a has the range -1.7e+308 to 1.7e+308, which is too wide for floating-point numbers',
    ],
    [
      'a log scale from 0',
      withA({ ...unit, scale: 'log' }),
      'parameters.a has a log scale, which needs min above 0, but min is 0',
    ],
    ['an unknown scale', withA({ ...unit, scale: 'ln' }), 'parameters.a.scale is "ln"; expected one of linear, log'],
    ['a step of 0', withA({ ...unit, step: 0 }), 'parameters.a.step is 0; expected more than 0'],
    [
      'a step too fine',
      withA({ ...unit, step: 1e-17 }),
      'parameters.a has a step of 1e-17, which is too fine for the range 0 to 1',
    ],
    [
      'an integer with a fraction',
      withA({ type: 'integer', min: 0.5, max: 1 }),
      'parameters.a.min is 0.5; expected a whole number',
    ],
    [
      'an integer with half steps',
      withA({ type: 'integer', min: 0, max: 1, step: 0.5 }),
      'parameters.a.step is 0.5; expected a whole number',
    ],
    ['no values', withA({ type: 'ordinal', values: [] }), 'parameters.a.values is empty'],
    ['a value twice', withA({ type: 'categorical', values: [8, '8'] }), 'parameters.a.values holds "8" twice'],
    ['an empty value', withA({ type: 'categorical', values: ['x', ''] }), 'parameters.a.values[1] is empty'],
    [
      'a value that is true',
      withA({ type: 'categorical', values: [true] }),
      'parameters.a.values[0] is true; expected a number or a text that is not empty',
    ],
    [
      'a letter twice',
      withA({ type: 'sequence', alphabet: 'ABA', length: 2 }),
      'parameters.a.alphabet holds the letter "A" twice',
    ],
    [
      'half a letter',
      withA({ type: 'sequence', alphabet: 'A\uD83D', length: 2 }),
      'parameters.a.alphabet holds "\\ud83d", which is no letter',
    ],
    ['no letters', withA({ type: 'sequence', alphabet: '', length: 2 }), 'parameters.a.alphabet is empty'],
    [
      'length 0',
      withA({ type: 'sequence', alphabet: 'AB', length: 0 }),
      'parameters.a.length is 0; expected at least 1',
    ],
    ['a parameter without a name', { parameters: { '': unit } }, 'parameters has an entry without a name'],
    [
      'a reserved name',
      '{"parameters":{"__proto__":{"type":"real","min":0,"max":1}}}',
      'parameters has a parameter named "__proto__", which JavaScript reserves',
    ],
  ])('refuses %s', (_, source, sentence) => {
    expect(sentenceOf(source)).toBe(`space.json: ${sentence}`);
  });

  test.each<[string, unknown, string]>([
    ['constraints that are no list', withA(unit, { constraints: {} }), 'constraints is an object; expected a list'],
    [
      'neither kind',
      withConstraints({ equals: 1 }),
      'constraints[0] has neither "sum" nor "linear"; give it one of them',
    ],
    [
      'both kinds',
      withConstraints({ sum: ['a'], linear: { a: 1 } }),
      'constraints[0] has both "sum" and "linear"; give it one of them',
    ],
    [
      'an unknown key',
      withConstraints({ sum: ['a'], max: 1 }),
      'constraints[0] has the unknown key "max"; the accepted keys are sum, equals, atMost, atLeast',
    ],
    [
      'no bound',
      withConstraints({ sum: ['a', 'b'] }),
      'constraints[0] has no bound; give it equals, atMost or atLeast',
    ],
    ['an empty sum', withConstraints({ sum: [], equals: 1 }), 'constraints[0].sum is empty'],
    [
      'an unknown name',
      withConstraints({ sum: ['a'], equals: 1 }, { sum: ['z'], equals: 1 }),
      'constraints[1] names "z", which is no parameter; the parameters are a, b, c, n, even, log, grade',
    ],
    [
      'an inherited name',
      withConstraints({ sum: ['toString'], equals: 1 }),
      'constraints[0] names "toString", which is no parameter; the parameters are a, b, c, n, even, log, grade',
    ],
    ['a name twice', withConstraints({ sum: ['a', 'a'], equals: 1 }), 'constraints[0] names a twice'],
    [
      'a list parameter',
      withConstraints({ sum: ['grade', 'a'], equals: 1 }),
      'constraints[0] names grade, which is ordinal; constraints need real or integer parameters',
    ],
    [
      'a log scale',
      withConstraints({ sum: ['log', 'a'], equals: 1 }),
      'constraints[0] names log, which has a log scale; constraints need a linear scale',
    ],
    ['zero weights', withConstraints({ linear: { a: 0 }, equals: 1 }), 'constraints[0] has no weight other than 0'],
    [
      'a weight in quotes',
      withConstraints({ linear: { a: '1' }, equals: 1 }),
      'constraints[0].linear.a is "1"; expected a number',
    ],
    [
      'a contradiction in itself',
      withConstraints({ sum: ['a', 'b'], atLeast: 1, atMost: 0.5 }),
      'constraints[0] contradicts itself: a + b >= 1 and <= 0.5',
    ],
    [
      'one that the bounds exclude',
      withConstraints({ sum: ['a', 'b'], atLeast: 2.5 }),
      'constraints[0] (a + b >= 2.5) cannot hold, since a + b lies between 0 and 2',
    ],
    [
      'two that exclude each other',
      withConstraints(
        { sum: ['a', 'c'], atMost: 1 },
        { sum: ['a', 'b'], equals: 1.5 },
        { linear: { a: 1, b: -1 }, atLeast: 0.75 },
      ),
      'constraints[1] (a + b = 1.5) and constraints[2] (a - b >= 0.75) contradict each other within the bounds of a, b',
    ],
    [
      'three that exclude each other',
      withConstraints(
        { sum: ['a', 'b'], atMost: 0.9 },
        { sum: ['b', 'c'], atMost: 0.9 },
        { sum: ['a', 'b', 'c'], atLeast: 2 },
      ),
      'constraints[1] (b + c <= 0.9) and constraints[2] (a + b + c >= 2) contradict each other within the bounds of b, c, a',
    ],
    [
      'steps that cannot meet a sum',
      withConstraints({ linear: { n: 2, even: 3 }, equals: 7 }),
      'constraints[0] (2 n + 3 even = 7) cannot hold, since the steps of n, even do not meet it',
    ],
    [
      'steps that miss a narrow band',
      withConstraints({ linear: { n: 2, even: 3 }, atLeast: 6.2, atMost: 7.8 }, { sum: ['a'], atMost: 1 }),
      'no choice of the steps of n, even satisfies constraints[0] (2 n + 3 even >= 6.2 and <= 7.8)',
    ],
  ])('refuses constraints with %s', (_, source, sentence) => {
    expect(sentenceOf(source)).toBe(`space.json: ${sentence}`);
  });
});

describe('createSpace', () => {
  test('checks what it is given, and names it', () => {
    const bad = { parameters: { a: { type: 'real', min: 3, max: 1 } } } as const;
    expect(() => createSpace(bad)).toThrow('space: parameters.a has min 3 above max 1');
    expect(() => createSpace(bad, 'table.csv')).toThrow('table.csv: parameters.a has min 3 above max 1');
  });

  test('does not change with the object that it was made from', () => {
    const parameters: Record<string, { type: 'integer'; min: number; max: number }> = {
      a: { type: 'integer', min: 0, max: 4 },
    };
    const space = createSpace({ parameters });
    parameters['a']!.max = 9;
    expect(space.definition.parameters['a']).toEqual({ type: 'integer', min: 0, max: 4 });
    expect(space.decode([1])).toEqual({ a: 4 });
  });

  test('accepts constraints that hold in one point only', () => {
    const tight = createSpace({
      parameters: {
        a: { type: 'real', min: 0, max: 0.1 },
        b: { type: 'real', min: 0, max: 0.1 },
        c: { type: 'real', min: 0, max: 0.1 },
      },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 0.3 }],
    });
    for (const value of Object.values(tight.decode([-1, 0, 1])!)) expect(value).toBeCloseTo(0.1, 14);
  });

  test('accepts a constraint said twice, and one that follows from others', () => {
    const space = createSpace({
      parameters: { a: { type: 'real', min: 0, max: 1 }, b: { type: 'real', min: 0, max: 1 } },
      constraints: [
        { sum: ['a', 'b'], equals: 1 },
        { linear: { a: 3, b: 3 }, equals: 3 },
        { linear: { a: 1, b: -1 }, equals: 0.5 },
        { linear: { a: 2 }, equals: 1.5 },
      ],
    });
    const design = space.decode([1, 1])!;
    expect(design['a']).toBeCloseTo(0.75, 12);
    expect(design['b']).toBeCloseTo(0.25, 12);
  });
});
