import type { z } from 'zod';
import { listed, shown } from './numbers.ts';
import { acceptedKeys, parameterTypes } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** A place in the definition as a user would write it: parameters.temperature.min, constraints[0].sum. */
export function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? String(key) : `.${String(key)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

const nouns: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function expectation(expected: string, value: unknown): string {
  return expected === 'number' && typeof value === 'number' ? 'a finite number' : (nouns[expected] ?? expected);
}

function found(place: string, value: unknown): string {
  return value === undefined ? `${place} is missing` : `${place} is ${shown(value)}`;
}

/** One zod issue as the part of a sentence after the file's name. `base` is where `input` stands in the definition. */
export function issueText(issue: Issue, input: unknown, base: readonly PropertyKey[] = []): string {
  const path = [...base, ...issue.path];
  const value = valueAt(input, issue.path);
  const place = path.length === 0 ? 'the definition' : placeOf(path);
  if (issue.code === 'unrecognized_keys') {
    const accepted = listed(acceptedKeys(path, value));
    return `${place} has the unknown key ${listed(issue.keys.map((key) => JSON.stringify(key)))}; the accepted keys are ${accepted}`;
  }
  if (issue.code === 'invalid_type') return `${found(place, value)}; expected ${expectation(issue.expected, value)}`;
  if (issue.code === 'invalid_union') {
    const choice = path.at(-1) === 'type' ? `one of ${listed(parameterTypes)}` : 'a number or a text that is not empty';
    return `${found(place, value)}; expected ${choice}`;
  }
  if (issue.code === 'invalid_value')
    return `${found(place, value)}; expected one of ${listed(issue.values.map(String))}`;
  if (issue.code === 'too_small') {
    if (issue.origin === 'array' || issue.origin === 'string') return `${place} is empty`;
    return `${found(place, value)}; expected ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`;
  }
  if (issue.code === 'too_big') return `${found(place, value)}; expected at most ${issue.maximum}`;
  if (issue.code === 'invalid_key') return `${placeOf(path.slice(0, -1))} has an entry without a name`;
  if (issue.code === 'custom') return `${place} ${issue.message}`;
  return `${place} is not valid (${issue.message})`;
}
