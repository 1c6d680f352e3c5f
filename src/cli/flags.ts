import { usageError } from '../base/index.ts';

/** Headings of the help, in their order. */
export const flagGroups = ['Data', 'Oracle', 'What to ask for', 'When to stop', 'Output', 'Computing'] as const;
export type FlagGroup = (typeof flagGroups)[number];

/** One flag of a command. */
export interface Flag<T> {
  readonly group: FlagGroup;
  readonly help: string;
  /** Its default, as the help shows it. */
  readonly fallback?: string;
  readonly required?: true;
  /** Whether a value follows it. */
  readonly valued: boolean;
  /** The value of the texts that were given, one per use of the flag. Throws a usage error. */
  readonly read: (texts: readonly string[], name: string) => T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The flags that give values of these types. */
export type FlagsOf<V> = { readonly [K in keyof V]: Flag<V[K]> };

type Shown = Pick<Flag<unknown>, 'group' | 'help' | 'fallback'>;

/** Reads one text: the flag's value. */
type Reader<T> = (text: string, name: string) => T;

/** The sentence for a flag whose value is not what was expected. */
export function badValue(name: string, text: string, expected: string): Error {
  return usageError(`--${name} is ${JSON.stringify(text)}; expected ${expected}`);
}

function single(texts: readonly string[], name: string): string | undefined {
  if (texts.length > 1) throw usageError(`--${name} is given ${texts.length} times; give it once`);
  return texts[0];
}

const readText: Reader<string> = (text, name) => {
  if (text === '') throw badValue(name, text, 'a text that is not empty');
  return text;
};

function optional<T>(shown: Shown, read: Reader<T>): Flag<T | undefined> {
  return {
    ...shown,
    valued: true,
    read: (texts, name) => {
      const text = single(texts, name);
      return text === undefined ? undefined : read(text, name);
    },
  };
}

/** A flag that is given or not. */
export function switchFlag(shown: Shown): Flag<boolean> {
  return { ...shown, valued: false, read: (texts) => texts.length > 0 };
}

/** A text, such as a file or a column. */
export function textFlag(shown: Shown): Flag<string | undefined> {
  return optional(shown, readText);
}

export function requiredTextFlag(shown: Shown): Flag<string> {
  return {
    ...shown,
    valued: true,
    required: true,
    read: (texts, name) => {
      const text = single(texts, name);
      if (text === undefined) throw usageError(`--${name} is missing: ${shown.help}`);
      return readText(text, name);
    },
  };
}

/** One of a list of words. */
export function choiceFlag<T extends string>(shown: Shown, choices: readonly T[]): Flag<T | undefined> {
  return optional(shown, (text, name) => {
    const choice = choices.find((word) => word === text);
    if (choice === undefined) throw badValue(name, text, `one of ${choices.join(', ')}`);
    return choice;
  });
}

/** What a number must be: `words` says it, `holds` checks it. */
export interface NumberRule {
  readonly words: string;
  readonly holds: (value: number) => boolean;
}

export const anyNumber: NumberRule = { words: 'a number', holds: Number.isFinite };
export const wholeNumber: NumberRule = { words: 'a whole number', holds: Number.isSafeInteger };
export const wholeFromZero: NumberRule = {
  words: 'a whole number of at least 0',
  holds: (value) => Number.isSafeInteger(value) && value >= 0,
};
export const wholeFromOne: NumberRule = {
  words: 'a whole number of at least 1',
  holds: (value) => Number.isSafeInteger(value) && value >= 1,
};

export function numberBetween(low: number, high: number): NumberRule {
  return { words: `a number from ${low} to ${high}`, holds: (value) => value >= low && value <= high };
}

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function readNumber({ words, holds }: NumberRule): Reader<number> {
  return (text, name) => {
    const value = numeral.test(text.trim()) ? Number(text) : NaN;
    if (!holds(value)) throw badValue(name, text, words);
    return value;
  };
}

export function numberFlag(shown: Shown, rule: NumberRule): Flag<number | undefined> {
  return optional(shown, readNumber(rule));
}

/** Numbers with commas between them. */
export function numbersFlag(shown: Shown, rule: NumberRule): Flag<readonly number[] | undefined> {
  const one = readNumber(rule);
  return optional(shown, (text, name) => text.split(',').map((part) => one(part, name)));
}

/** A flag that may be used several times: its texts as they are. */
export function repeatedFlag(shown: Shown): Flag<readonly string[]> {
  return { ...shown, valued: true, read: (texts, name) => texts.map((text) => readText(text, name)) };
}

/** The values of all flags of a command. */
export function readFlags<V>(flags: FlagsOf<V>, texts: Readonly<Record<string, readonly string[]>>): V {
  const entries = Object.entries(flags as Flags).map(
    ([name, flag]) => [name, flag.read(texts[name] ?? [], name)] as const,
  );
  return Object.fromEntries(entries) as V;
}
