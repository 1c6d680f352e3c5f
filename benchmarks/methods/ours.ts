import { propose } from '../../src/optimizer/index.ts';
import type { Method } from './method.ts';

/** This package with the defaults of everything that is not asked for. */
export const ours: Method = async ({ table, count, seed }) => {
  const { proposals } = await propose(table, { count, seed });
  return proposals.map(({ design }) => design);
};
