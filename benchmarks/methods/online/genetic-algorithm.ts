import { randomStream } from '../../../src/base/index.ts';
import type { Design } from '../../../src/space/index.ts';
import { cross, select } from '../crossover.ts';
import { mutationOf } from '../mutate.ts';
import { uniformDesign } from '../random.ts';
import { createElite, createKnown, decoded } from './designs.ts';
import type { PromptMethod } from './method.ts';

const leastPopulation = 20;

/**
 * A genetic algorithm (Holland 1975) with elitism: the population is the best of all designs told, as many as a batch but at least 20;
 * tournaments of three choose parents, children are crossed and mutated. Uniform designs until as many were told.
 */
export const geneticAlgorithm: PromptMethod = (space, { seed, batch }) => {
  const stream = randomStream(seed).split('genetic algorithm');
  const mutation = mutationOf(space.columns);
  const known = createKnown(space);
  const size = Math.max(leastPopulation, batch);
  const elite = createElite(space, size);
  let told = 0;
  const parent = (): Float64Array => elite.members()[select(elite.members().length, stream)]!.vector;
  const draw = (): Design => {
    if (told < size || elite.members().length === 0) return uniformDesign(space, stream);
    const child = cross(parent(), parent(), space.columns, stream);
    mutation.each(child, stream);
    return decoded(space, child);
  };
  return {
    ask: (count) => Array.from({ length: count }, () => known.fresh(draw)),
    tell: (evaluations) => {
      told += evaluations.length;
      evaluations.forEach(({ design }) => known.add(design));
      elite.tell(evaluations);
    },
  };
};
