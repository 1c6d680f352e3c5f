export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

/**
 * JSON text on one line from which every finite number is read again exactly, minus zero too. NaN and the infinities become the texts
 * "NaN", "Infinity" and "-Infinity"; keys whose value is undefined are left out.
 */
export function toJson(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  return `{${entries.map(([key, content]) => `${JSON.stringify(key)}:${toJson(content)}`).join(',')}}`;
}
