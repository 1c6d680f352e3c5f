import { basename } from 'node:path';
import { UserError, dataError, usageError } from '../base/index.ts';
import type { Design } from '../space/index.ts';

const placeholder = /\{\{|\}\}|\{([^{}]*)\}/g;
const interpreters = /^(ba|da|z|k|fi)?sh$|^(python|ruby|perl)[\d.]*$|^node$|^(cmd|powershell|pwsh)(\.exe)?$/i;
const codeFlag = /^-\w*[ce]$|^\/c$|^--eval$|^-command$/i;

/** The names of the placeholders in an argument; empty for `{}`. */
function namesIn(argument: string): readonly string[] {
  return [...argument.matchAll(placeholder)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** Whether an interpreter reads the word as code: `sh -c WORD`. */
function isCode(words: readonly string[], at: number): boolean {
  const interpreter = words.slice(0, at).findLastIndex((word) => interpreters.test(basename(word)));
  if (interpreter < 0 || !codeFlag.test(words[at - 1] ?? '')) return false;
  return words.slice(interpreter + 1, at).every((word) => /^[-/]/.test(word));
}

/**
 * Throws a usage error for a placeholder that cannot be filled in (where the names of the parameters are given), or must not be: as
 * the program itself, and in code for a shell or another interpreter.
 */
export function checkPlaceholders(words: readonly string[], names?: readonly string[]): void {
  words.forEach((word, at) => {
    const found = namesIn(word);
    if (found.length > 0 && at === 0) throw usageError(`the program ${word} holds a placeholder; only arguments may`);
    if (found.length > 0 && isCode(words, at)) {
      throw usageError(
        `{${found[0]}} stands where ${words.slice(0, at).join(' ')} reads code, which a value must not become; ` +
          `pass it as an argument behind the code`,
      );
    }
    for (const name of found) {
      if (name === '' || names === undefined || names.includes(name)) continue;
      throw usageError(`{${name}} is no parameter; the parameters are ${names.join(', ')}`);
    }
  });
}

function valueIn(design: Design, name: string): string {
  if (name === '') return JSON.stringify(design);
  const value = Object.hasOwn(design, name) ? design[name] : undefined;
  if (value !== undefined) return String(value);
  throw new UserError('stopped', `{${name}} is no parameter; the design has ${Object.keys(design).join(', ')}`);
}

/** Throws a data error for values that a program would not take for values. */
function checkArgument(argument: string, filled: string): void {
  if (filled.includes('\0')) throw dataError(`a value in ${argument} holds a zero byte, which no argument can`);
  if (argument.startsWith('-') || !/^-(?!\.?\d)/.test(filled)) return;
  throw dataError(`${filled} would be read as an option; write the argument as --name=${argument}`);
}

/**
 * The argument with a design's values in place of `{name}`, and the design as JSON in place of `{}`; `{{` and `}}` stand for braces.
 * One argument stays one argument, whatever the values are, and a value is not searched for placeholders. Throws a data error where
 * values make an argument that starts with `-` and is no number.
 */
export function fillIn(argument: string, design: Design): string {
  const filled = argument.replace(placeholder, (found, name: string | undefined) =>
    name === undefined ? found[0]! : valueIn(design, name),
  );
  checkArgument(argument, filled);
  return filled;
}
