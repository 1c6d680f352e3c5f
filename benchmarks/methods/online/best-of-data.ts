import { randomStream } from '../../../src/base/index.ts';
import type { Design } from '../../../src/space/index.ts';
import { mutationOf } from '../mutate.ts';
import { uniformDesign } from '../random.ts';
import { createElite, createKnown, decoded } from './designs.ts';
import type { PromptMethod } from './method.ts';

/** Designs from the best on that are mutated. */
const parents = 16;

/** One-step mutations of the best designs told, uniform ones until there are any. */
export const bestOfData: PromptMethod = (space, { seed }) => {
  const stream = randomStream(seed).split('best of data');
  const mutation = mutationOf(space.columns);
  const known = createKnown(space);
  const elite = createElite(space, parents);
  const draw = (): Design => {
    const members = elite.members();
    if (members.length === 0) return uniformDesign(space, stream);
    const vector = members[stream.integer(members.length)]!.vector.slice();
    mutation.one(vector, stream);
    return decoded(space, vector);
  };
  return {
    ask: (count) => Array.from({ length: count }, () => known.fresh(draw)),
    tell: (told) => {
      told.forEach(({ design }) => known.add(design));
      elite.tell(told);
    },
  };
};
