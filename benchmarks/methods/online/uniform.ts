import { randomStream, usageError } from '../../../src/base/index.ts';
import type { Design } from '../../../src/space/index.ts';
import { uniformDesign } from '../random.ts';
import { createKnown, keyOf } from './designs.ts';
import type { PromptMethod } from './method.ts';

/** Designs of the whole space, or candidates, each as likely as any other. Throws a usage error when no candidate is left. */
export const uniformRandom: PromptMethod = (space, { seed, candidates }) => {
  const stream = randomStream(seed).split('uniform');
  if (candidates !== undefined) {
    const order = Array.from(stream.permutation(candidates.length), (row) => candidates[row]!);
    const known = new Set<string>();
    const draw = (): Design => {
      for (let next = order.pop(); next !== undefined; next = order.pop()) {
        if (!known.has(keyOf(space, next))) return next;
      }
      throw usageError('no candidate is left to ask for');
    };
    return {
      ask: (count) => Array.from({ length: count }, draw),
      tell: (told) => told.forEach(({ design }) => known.add(keyOf(space, design))),
    };
  }
  const known = createKnown(space);
  return {
    ask: (count) => Array.from({ length: count }, () => known.fresh(() => uniformDesign(space, stream))),
    tell: (told) => told.forEach(({ design }) => known.add(design)),
  };
};
