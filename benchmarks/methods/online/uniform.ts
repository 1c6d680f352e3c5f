import { randomStream } from '../../../src/base/index.ts';
import { uniformDesign } from '../random.ts';
import { createKnown } from './designs.ts';
import type { PromptMethod } from './method.ts';

/** Designs of the whole space, each as likely as any other. */
export const uniformRandom: PromptMethod = (space, { seed }) => {
  const stream = randomStream(seed).split('uniform');
  const known = createKnown(space);
  return {
    ask: (count) => Array.from({ length: count }, () => known.fresh(() => uniformDesign(space, stream))),
    tell: (told) => told.forEach(({ design }) => known.add(design)),
  };
};
