import type { Design } from '../space/index.ts';
import { isAllowed } from './allowed.ts';
import type { ProposeContext } from './context.ts';
import { createPopulation, type Population } from './population.ts';

/** The rows of a catalogue that were not tried and are allowed. */
export function catalogue({ space, tried, learned }: ProposeContext, designs: readonly Design[]): Population {
  // Nothing is rounded: a proposal is a row of the catalogue.
  const population = createPopulation(space, tried, {}, learned.judge);
  for (const design of designs) if (isAllowed(space, design)) population.pool.addDesign(design);
  return population;
}
