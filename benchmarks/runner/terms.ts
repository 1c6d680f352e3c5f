export const suiteNames = ['quick', 'standard', 'full'] as const;
export type SuiteName = (typeof suiteNames)[number];

/** Seconds that a method may take in a cell. */
export const defaultCap = 600;
