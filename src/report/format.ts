const minus = '\u2212';

function typeset(text: string): string {
  return text.replace(/-/g, minus);
}

/** A whole number with thousands separated. */
export function formatCount(count: number): string {
  return typeset(String(count).replace(/\B(?=(\d{3})+$)/g, ','));
}

/** A measured or predicted number with `digits` significant digits, whole digits never rounded away, without trailing zeros. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '\u221e' : `${minus}\u221e`;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
    return typeset(`${Number(mantissa)}e${exponent.replace('+', '')}`);
  }
  const whole = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  return typeset(String(Number(value.toPrecision(Math.max(whole, digits)))));
}

/** A number with a fixed count of decimals, or, without one, `formatNumber`'s six digits. */
export function formatDecimals(value: number, decimals: number | undefined): string {
  return decimals === undefined ? formatNumber(value, 6) : typeset(value.toFixed(Math.min(decimals, 20)));
}

/** Mean and standard deviation with the decimals that two significant digits of the deviation need. */
export function formatUncertain(mean: number, std: number): string {
  if (!(std > 0) || !Number.isFinite(std) || !Number.isFinite(mean)) return formatNumber(mean);
  const decimals = 1 - Math.floor(Math.log10(std));
  if (decimals > 8 || decimals < -6) return `${formatNumber(mean)} \u00b1 ${formatNumber(std, 2)}`;
  return typeset(`${mean.toFixed(Math.max(0, decimals))} \u00b1 ${std.toFixed(Math.max(0, decimals))}`);
}

export function formatShare(share: number): string {
  return share > 0 && share < 0.0005 ? '<\u00a00.1\u00a0%' : `${Number((share * 100).toFixed(1))}\u00a0%`;
}

/** "1 row", "2 rows". */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
