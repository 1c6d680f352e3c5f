import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinWords, splitWords } from '../../src/oracle/index.ts';
import { checkPlaceholders, fillIn } from '../../src/oracle/placeholders.ts';

describe('splitting a command line', () => {
  test.each([
    ['python3 oracle.py --fast', ['python3', 'oracle.py', '--fast']],
    ['  a \t b\nc ', ['a', 'b', 'c']],
    [`run 'two words' "and 'these'"`, ['run', 'two words', "and 'these'"]],
    [`a"b c"'d e'f`, ['ab cd ef']],
    [`say "a \\"quote\\" and \\\\ one"`, ['say', 'a "quote" and \\ one']],
    [`'a\\b' my\\ file \\"x`, ['a\\b', 'my file', '"x']],
    ['C:\\tools\\run.exe x\\', ['C:\\tools\\run.exe', 'x\\']],
    [`a "" '' b`, ['a', '', '', 'b']],
    ['a $HOME *.csv `id` #no {x}', ['a', '$HOME', '*.csv', '`id`', '#no', '{x}']],
    [`a '|' "&&" x>y`, ['a', '|', '&&', 'x>y']],
    ['', []],
  ])('%j', (text, words) => expect(splitWords(text)).toEqual(words));

  test('is undone by joining, whatever the words hold', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitWords(joinWords(words))).toEqual(words);
      }),
    ));

  test.each(['a | b', 'a && b', 'a > out.txt', 'a 2>&1', 'a ; b', 'a &', 'a < in', 'a >> b', 'a 2> b'])(
    'what only a shell understands is refused: %s',
    (text) => expect(() => splitWords(text)).toThrow('none is used'),
  );

  test.each([`a "b`, `a 'b`, `'`, `"a\\"`])('a quote that is never closed is an error: %s', (text) =>
    expect(() => splitWords(text)).toThrow('never closed'),
  );
});

describe('placeholders', () => {
  const name = fc.constantFrom('x', 'solvent', 'the "wet", part', '__proto__', '$&');
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }).filter((text) => !text.startsWith('-') && !text.includes('\0')),
    fc.constantFrom('{x}', '{}', '{{', '$(rm)', '"; rm', "' '", '\n', '$1', '$&', 'a b'),
  );

  test('an argument is its plain parts with the values as they are: none is searched, split or escaped', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z=, "'$\\-]*$/), name, value)),
        fc.string({ unit: 'grapheme-ascii' }).map((text) => text.replace(/[{}]/g, '')),
        (parts, end) => {
          // The last value of a name is the design's.
          const design = Object.fromEntries(parts.map(([, key, held]) => [key, held]));
          const argument = parts.map(([plain, key]) => `${plain}{${key}}`).join('') + end;
          const expected = parts.map(([plain, key]) => plain + String(design[key])).join('') + end;
          // Empty values may bring a later - to the front.
          fc.pre(argument.startsWith('-') || !/^-(?!\.?\d)/.test(expected));
          expect(fillIn(argument, design)).toBe(expected);
        },
      ),
    ));

  test('{} is the design as JSON, doubled braces are braces', () => {
    const design = { x: 0.5, solvent: 'a "b"' };
    expect(JSON.parse(fillIn('{}', design))).toEqual(design);
    expect(fillIn('{{x}}={x} {{{x}}} a}{b', design)).toBe('{x}=0.5 {0.5} a}{b');
  });

  test('a text that a program would read as an option is refused; a negative number and a part of an argument are not', () => {
    expect(() => fillIn('{s}', { s: '--help' })).toThrow(
      'would be read as an option; write the argument as --name={s}',
    );
    expect(() => fillIn('{a}{s}', { a: '', s: '-rf' })).toThrow('option');
    expect(() => fillIn('{s}', { s: '-' })).toThrow('option');
    expect(() => fillIn('{s}-{t}', { s: '', t: '' })).toThrow('option');
    expect(fillIn('{x},{s}', { x: -0.5, s: 'a' })).toBe('-0.5,a');
    expect(() => fillIn('a{s}', { s: 'a\0b' })).toThrow('zero byte');
    expect(fillIn('--s={s}', { s: '--help' })).toBe('--s=--help');
    expect(fillIn('{x}', { x: -0.5 })).toBe('-0.5');
  });

  test('are checked before anything runs', () => {
    const names = ['x'];
    expect(() => checkPlaceholders(['a', '{y}'], names)).toThrow('{y} is no parameter; the parameters are x');
    expect(() => checkPlaceholders(['{x}', 'a'], names)).toThrow('only arguments may');
    const code = [
      'sh -c "echo {x}"',
      '/bin/bash -ec "echo {x}"',
      'env A=1 bash -e -c {}',
      'python3.11 -c "f({x})"',
      'node --eval {x}',
    ];
    for (const line of code) expect(() => checkPlaceholders(splitWords(line))).toThrow('reads code');
    for (const line of ['python3 run.py -c {x}', 'node run.js -e {x}', 'simulate -c {x}', 'sh run.sh {x}']) {
      expect(() => checkPlaceholders(splitWords(line), names)).not.toThrow();
    }
    expect(() => checkPlaceholders(['sh', '-c', 'echo "$1"', 'sh', '{x}'], names)).not.toThrow();
    expect(() => checkPlaceholders(['a', '{{y}}', '{}'], names)).not.toThrow();
    expect(() => fillIn('{toString}', { x: 1 })).toThrow('the design has x');
  });
});
