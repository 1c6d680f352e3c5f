import { usageError } from '../../src/base/index.ts';

/** A whole number from `least` on. Throws a usage error that names the flag. */
export function readCount(flag: string, text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw usageError(`--${flag} holds ${JSON.stringify(text)}; expected a whole number of at least ${least}.`);
}

/** Seeds: whole numbers with commas between them, or `first..last`. Throws a usage error. */
export function readSeeds(text: string): readonly number[] {
  const ends = text.split('..');
  if (ends.length !== 2) return [...new Set(text.split(',').map((seed) => readCount('seeds', seed, 0)))];
  const first = readCount('seeds', ends[0] ?? '', 0);
  const last = readCount('seeds', ends[1] ?? '', first);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Names with commas between them, in the order of those known. Throws a usage error for an unknown one. */
export function readNames<Name extends string>(flag: string, text: string, known: readonly Name[]): readonly Name[] {
  const asked = text.split(',');
  const unknown = asked.find((name) => !known.some((other) => other === name));
  if (unknown !== undefined) {
    throw usageError(`--${flag} holds ${JSON.stringify(unknown)}; expected some of ${known.join(', ')}.`);
  }
  return known.filter((name) => asked.includes(name));
}
