import { randomStream } from '../../../src/base/index.ts';
import { spreadDesigns } from '../../../src/space/index.ts';
import { createKnown } from './designs.ts';
import type { PromptMethod } from './method.ts';

/** A scrambled Sobol sequence over the space. */
export const sobol: PromptMethod = (space, { seed }) => {
  const next = spreadDesigns(space, randomStream(seed).split('sobol'));
  const known = createKnown(space);
  return {
    ask: (count) => Array.from({ length: count }, () => known.fresh(() => next()!)),
    tell: (told) => told.forEach(({ design }) => known.add(design)),
  };
};
