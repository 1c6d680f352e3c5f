/** Decimals in the shortest text of a number: 0.25 has 2, 1e-7 has 7, 300 has 0. */
export function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  return Math.max(0, fraction.length - Number(exponent));
}

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The finite decimal number that a text spells, blanks around it ignored, or undefined. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!numeral.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** A value as sentences show it: texts in quotes, numbers as they are. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

/** A computed number without the noise of its last bits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(10));
}

/** The first `limit` items with commas, and how many more there are. */
export function listed(items: readonly (string | number)[], limit = 20): string {
  const head = items.slice(0, limit).join(', ');
  return items.length > limit ? `${head} and ${items.length - limit} more` : head;
}
