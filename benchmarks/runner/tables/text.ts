import { deviation, mean, median } from '../../statistics.ts';
import type { BenchmarkCell, Status } from '../cells.ts';

/** Decimals that show so many digits of numbers of this size. */
function decimalsFor(size: number, digits: number): number {
  return size > 0 && Number.isFinite(size)
    ? Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(size))))
    : digits;
}

/** Four digits; powers of ten where there would be many zeros. */
export function numberText(value: number, digits: number = 4): string {
  if (!Number.isFinite(value)) return '';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(digits - 1);
  return value.toFixed(decimalsFor(size, digits));
}

/** Mean and, of two or more values, its standard error. */
export function meanAndError(values: readonly number[], decimals?: number): string {
  if (values.length === 0) return '';
  const text = (value: number): string => (decimals === undefined ? numberText(value, 4) : value.toFixed(decimals));
  const centre = text(mean(values));
  if (values.length < 2) return centre;
  const error = deviation(values) / Math.sqrt(values.length);
  return `${centre} ± ${decimals === undefined ? numberText(error, 2) : error.toFixed(decimals)}`;
}

export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Milliseconds for each evaluation, or seconds from one on. */
export function durationText(seconds: number): string {
  if (Number.isNaN(seconds)) return '';
  return seconds >= 1 ? `${numberText(seconds, 2)} s` : `${numberText(1000 * seconds, 2)} ms`;
}

function many<C extends BenchmarkCell>(cells: readonly C[], status: Status): readonly C[] {
  return cells.filter((cell) => cell.status === status);
}

/** What did not go as planned: `1 of 3 failed`, `2 of 3 capped at 340 evaluations (median)`, `missing`. */
export function remarks(cells: readonly BenchmarkCell[]): string {
  const capped = many(cells, 'capped');
  const reached = capped.flatMap((cell) => (cell.part === 'online' ? [cell.curve.at(-1)?.evaluations ?? 0] : []));
  const at =
    reached.length === 0 ? '' : ` at ${median(reached).toFixed(0)} evaluations${reached.length > 1 ? ' (median)' : ''}`;
  const share = (part: number, word: string): string =>
    part === cells.length ? word : `${part} of ${cells.length} ${word}`;
  const parts = [
    ...(many(cells, 'missing').length === 0 ? [] : [share(many(cells, 'missing').length, 'missing')]),
    ...(many(cells, 'failed').length === 0 ? [] : [share(many(cells, 'failed').length, 'failed')]),
    ...(capped.length === 0 ? [] : [`${share(capped.length, 'capped')}${at}`]),
  ];
  return parts.join(', ');
}

/** Things by a key, in the order in which keys first come. */
export function groupedBy<T>(things: readonly T[], key: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(key(thing));
    if (group === undefined) groups.set(key(thing), [thing]);
    else group.push(thing);
  }
  return groups;
}
