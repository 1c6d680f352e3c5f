const numeral = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(nan|inf|infinity|1\.#(inf|ind|qnan|snan))$/i;
const missingMark = /^(#?n\/?a|#n\/a|null|none|nil|missing|-+|\?)$/i;

/** A number with decimals after a comma, or after a point. */
export const commaNumeral: RegExp = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;
export const pointNumeral: RegExp = /^[+-]?\d*\.\d+([eE][+-]?\d+)?$/;

export const withDecimalPoint = (text: string): string => (commaNumeral.test(text) ? text.replace(',', '.') : text);
export const withDecimalComma = (text: string): string => (pointNumeral.test(text) ? text.replace('.', ',') : text);

/** The finite decimal number that a text spells, blanks around it ignored, or undefined. Minus zero is zero. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!numeral.test(trimmed)) return undefined;
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return undefined;
  return value === 0 ? 0 : value;
}

/** True for NaN and the infinities in their usual spellings, and for a number beyond float64. */
export function isNotFinite(text: string): boolean {
  const trimmed = text.trim();
  return notFinite.test(trimmed) || (numeral.test(trimmed) && !Number.isFinite(Number(trimmed)));
}

/** True for what people write into a cell that has no number: NA, null, a dash. */
export function isMissingMark(text: string): boolean {
  return missingMark.test(text.trim());
}

/** Decimals of a number as it is written: "12.50" has 2, "1e-05" has 5, "3" none. */
export function decimalsIn(text: string): number {
  const [mantissa = '', exponent = '0'] = text.trim().toLowerCase().split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  return Math.max(0, fraction.length - Number(exponent));
}

/** Digits that float64 keeps of any decimal number. */
const safeDigits = 15;
/** Decimals up to which people pad numbers with zeros; a column with more was written by a program or in exponents. */
const mostPadding = 6;

/**
 * A value as a cell: a text as it is, a number rounded to `decimals` (0 or more). Up to 6 decimals are padded with zeros, unless that
 * would show digits that float64 does not keep; else the shortest text of the rounded number, as when `decimals` is not given.
 */
export function formatCell(value: number | string, decimals?: number): string {
  if (typeof value === 'string') return value;
  if (decimals === undefined || decimals > 100 || !Number.isFinite(value)) return String(value === 0 ? 0 : value);
  const padded = value.toFixed(decimals);
  const rounded = Number(padded);
  const digits = padded.replace(/^-?[0.]*|\./g, '').length;
  if (decimals > mostPadding || digits > safeDigits) return String(rounded === 0 ? 0 : rounded);
  return rounded === 0 ? (0).toFixed(decimals) : padded;
}
