import { usageError } from '../base/index.ts';

/** A program and its arguments: as words, or as a text that is split into words. */
export type CommandWords = string | readonly string[];

/** Words that mean something to a shell only. */
const shellOperators = /^([|&;<>]|\|\||&&|\d*[<>]{1,2}(&\d)?|[|&]>|&>>?)$/;

/** One piece of a word: a quoted text, an escaped character, or a run of plain ones. */
const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(["'\\\s])|([^\s'"\\]+|\\)/sy;

/**
 * The words of a command line, without a shell. Blanks separate words; '...' and "..." hold a word, or a part of one, together; a
 * backslash before a quote, a blank or a backslash takes its meaning away (not within '...'), any other is a plain character.
 * Nothing else is special: no variables, no patterns, no pipes. Throws a usage error for a quote that is never closed, and for a
 * word such as `|` that was clearly meant for a shell.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let plain = true;
  const finish = (): void => {
    if (word === undefined) return;
    if (plain && shellOperators.test(word)) throw needsShell(word, text);
    words.push(word);
    word = undefined;
    plain = true;
  };
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at]!)) {
      finish();
      at++;
      continue;
    }
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (match === null) throw usageError(`the quote ${text[at]} in ${text} is never closed`);
    const [all, single, double, escaped, bare] = match;
    word = (word ?? '') + (single ?? double?.replace(/\\(["'\\\s])/g, '$1') ?? escaped ?? bare ?? '');
    plain &&= bare !== undefined;
    at += all.length;
  }
  finish();
  return words;
}

function needsShell(word: string, text: string): Error {
  return usageError(
    `${word} in ${text} means something to a shell only, and none is used; quote it, or run sh -c '...'`,
  );
}

/** A text that `splitWords` splits into these words. */
export function joinWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`))
    .join(' ');
}

/** The program and its arguments. Throws a usage error where there is no program. */
export function commandWords(command: CommandWords): readonly [string, ...string[]] {
  const [file = '', ...args] = typeof command === 'string' ? splitWords(command) : command;
  if (file !== '') return [file, ...args];
  throw usageError('the command is empty, and a program with its arguments was expected');
}
