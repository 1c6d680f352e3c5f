import type { Design } from '../space/index.ts';
import { keepsFixed, type Choice, type ProposeContext } from './context.ts';
import { predictWithDoubt } from './doubt.ts';
import { createPool } from './pool.ts';

/** The rows of a catalogue that were not measured, with predicted rewards. */
export async function chooseAmong(context: ProposeContext, catalogue: readonly Design[]): Promise<Choice> {
  const { space, measured } = context;
  // Nothing is rounded: a proposal is a row of the catalogue.
  const pool = createPool(space, measured, {});
  for (const design of catalogue) if (keepsFixed(design, space)) pool.addDesign(design);
  const { candidates, counts } = pool;
  const predictions = await predictWithDoubt(context, space.encodeAll(candidates.map(({ design }) => design)));
  return { candidates, counts, outcomes: [], predictions };
}
