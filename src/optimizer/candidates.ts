import type { Design } from '../space/index.ts';
import { keepsFixed, type ProposeContext } from './context.ts';
import { createPopulation, type Population } from './population.ts';
import type { Judge } from './judge.ts';

/** The rows of a catalogue that were not measured. */
export function catalogue({ space, measured }: ProposeContext, judge: Judge, designs: readonly Design[]): Population {
  // Nothing is rounded: a proposal is a row of the catalogue.
  const population = createPopulation(space, measured, {}, judge);
  for (const design of designs) if (keepsFixed(design, space)) population.pool.addDesign(design);
  return population;
}
