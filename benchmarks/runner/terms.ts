export const suiteNames = ['quick', 'standard', 'full'] as const;
export type SuiteName = (typeof suiteNames)[number];

/** Experiments on data with a known truth, at the sizes of the papers and small: programs of their own, not tasks x methods. */
export const theorySuites = ['theory', 'theory-small'] as const;
export type TheorySuite = (typeof theorySuites)[number];

/** Seconds that a method may take in a cell. */
export const defaultCap = 600;
