import { basename } from 'node:path';
import { UserError, dataError, usageError } from '../base/index.ts';
import type { Design } from '../space/index.ts';

const placeholder = /\{\{|\}\}|\{([^{}]*)\}/g;
const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'fish', 'cmd', 'cmd.exe', 'powershell', 'pwsh']);

/** The names of the placeholders in an argument; empty for `{}`. */
function namesIn(argument: string): readonly string[] {
  return [...argument.matchAll(placeholder)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function isShellScript([file = '', ...args]: readonly string[], at: number): boolean {
  return shells.has(basename(file).toLowerCase()) && /^[-/]\w*c$/i.test(args[at - 2] ?? '');
}

/**
 * Throws a usage error for a placeholder that cannot be filled in (where the names of the parameters are given), or must not be: as
 * the program itself, and within a shell's script, where a value would be read as code.
 */
export function checkPlaceholders(words: readonly string[], names?: readonly string[]): void {
  words.forEach((word, at) => {
    const found = namesIn(word);
    if (found.length > 0 && at === 0) throw usageError(`the program ${word} holds a placeholder; only arguments may`);
    if (found.length > 0 && isShellScript(words, at)) {
      throw usageError(
        `{${found[0]}} stands in a script of ${words[0]}, where a value would be read as code; ` +
          `pass it behind the script and use "$1" there`,
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

/** Throws a data error for a text that a program would not take for a value. */
function checkText(argument: string, name: string, design: Design, filled: string): void {
  const value = design[name];
  if (typeof value !== 'string') return;
  if (value.includes('\0')) throw dataError(`the value of ${name} holds a zero byte, which no argument can`);
  if (value.startsWith('-') && filled.startsWith(value) && argument.startsWith(`{${name}}`)) {
    throw dataError(
      `the value ${value} of ${name} would be read as an option; write the argument as --${name}={${name}}`,
    );
  }
}

/**
 * The argument with a design's values in place of `{name}`, and the design as JSON in place of `{}`; `{{` and `}}` stand for braces.
 * One argument stays one argument, whatever the values are, and a value is not searched for placeholders. Throws a data error for
 * a text that starts with `-` at the start of the argument.
 */
export function fillIn(argument: string, design: Design): string {
  const filled = argument.replace(placeholder, (found, name: string | undefined) =>
    name === undefined ? found[0]! : valueIn(design, name),
  );
  for (const name of namesIn(argument)) checkText(argument, name, design, filled);
  return filled;
}
