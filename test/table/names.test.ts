import { expect, it } from 'vitest';
import { asArgument, closestName, editDistance, listNames } from '../../src/table/names.ts';

it.each([
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
  ['flaw', 'lawn', 2],
  ['same', 'same', 0],
])('%s is %s after %d edits or more', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits);
  expect(editDistance(to, from)).toBe(edits);
});

it.each([
  ['yeild', 'yield'],
  ['Yield ', 'yield'],
  ['X', 'x'],
  ['y', undefined],
  ['strength', undefined],
])('%j is taken for %s', (name, meant) => {
  expect(closestName(name, ['time', 'yield', 'x'])).toBe(meant);
});

it('suggests nothing where there is nothing', () => expect(closestName('a', [])).toBeUndefined());

it('lists many names short', () => {
  expect(listNames(['a', 'b', 'c'], 2)).toBe('"a", "b" and 1 more');
  expect(listNames(['a', 'b'], 2)).toBe('"a", "b"');
});

it.each([
  ['yield_1', 'yield_1'],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['-x', "'-x'"],
  ['$HOME', "'$HOME'"],
])('%j is the argument %s', (name, argument) => expect(asArgument(name)).toBe(argument));
