import type { Rows } from './projection.ts';

/** By how much the multipliers show that the rows and the box exclude each other, in units of the multipliers; 0 for no proof. */
export function proofGap(rows: Rows, low: Float64Array, high: Float64Array, proof: Float64Array): number {
  const { count, size, weights } = rows;
  let asked = 0;
  const combined = new Float64Array(size);
  for (let r = 0; r < count; r++) {
    const y = proof[r]!;
    if (y === 0) continue;
    asked += y * (y > 0 ? rows.lower[r]! : rows.upper[r]!);
    for (let i = 0; i < size; i++) combined[i]! += y * weights[r * size + i]!;
  }
  const reached = combined.reduce((sum, c, i) => sum + c * (c > 0 ? high[i]! : low[i]!), 0);
  return Math.max(asked - reached, 0);
}
