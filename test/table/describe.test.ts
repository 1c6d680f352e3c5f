import { expect, it } from 'vitest';
import { describeSpace, formatSpace } from '../../src/table/describe.ts';
import type { SpaceDefinition } from '../../src/space/index.ts';

const definition: SpaceDefinition = {
  parameters: {
    temperature: { type: 'real', min: 20, max: 90, step: 0.5 },
    loading: { type: 'real', min: 0.001, max: 1, scale: 'log' },
    layers: { type: 'integer', min: 3, max: 3 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    solvent: { type: 'categorical', values: ['a', 'b\n', 'c', 'd', 'e', 'f', 'g'.repeat(50)] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 8 },
    ['__proto__']: { type: 'real', min: 0, max: 1 },
  },
  constraints: [
    { sum: ['temperature', 'layers'], equals: 50 },
    { linear: { temperature: 2, layers: -1 }, atMost: 10, atLeast: 0 },
  ],
};

it('describes a space line by line', () => {
  expect(describeSpace(definition).split('\n')).toEqual([
    'temperature  real         20 to 90 in steps of 0.5',
    'loading      real         0.001 to 1, log scale',
    'layers       integer      always 3',
    'grade        ordinal      3 values: 8, 16, 32',
    'solvent      categorical  7 values: a, b\\n, c, d, e, f and 1 more',
    'guide        sequence     8 letters of ACGT',
    '__proto__    real         0 to 1',
    'temperature + layers = 50',
    '2 temperature + -1 layers >= 0, <= 10',
  ]);
});

it('formats a space as JSON with a line per parameter, which says the same', () => {
  const text = formatSpace(definition);
  const read = JSON.parse(text) as SpaceDefinition;
  expect(read).toEqual(definition);
  expect(Object.keys(read.parameters)).toEqual(Object.keys(definition.parameters));
  expect(text.split('\n')).toHaveLength(1 + 1 + 7 + 1 + 1 + 2 + 1 + 1 + 1);
  expect(text).toContain('    "temperature": { "type": "real", "min": 20, "max": 90, "step": 0.5 },\n');
});

it('formats a space without constraints', () => {
  expect(formatSpace({ parameters: { a: { type: 'integer', min: 0, max: 1 } } })).toBe(
    '{\n  "parameters": {\n    "a": { "type": "integer", "min": 0, "max": 1 }\n  }\n}\n',
  );
});
