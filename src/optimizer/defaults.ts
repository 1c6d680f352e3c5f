export const defaultCount = 96;

/** How many samples to draw before the best are kept: so many for every proposal, within bounds. */
export const poolRule = { perProposal: 128, least: 4096, most: 16384 } as const;

export function defaultPool(count: number): number {
  return Math.min(poolRule.most, Math.max(poolRule.least, poolRule.perProposal * count));
}
