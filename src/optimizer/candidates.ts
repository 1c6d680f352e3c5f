import { quantile } from '../base/index.ts';
import { denoisingErrors } from '../diffusion/index.ts';
import type { Design } from '../space/index.ts';
import { keepsFixed, type Choice, type ProposeContext } from './context.ts';
import { createPool } from './pool.ts';

/** Rows of the table that the support of candidates is held against. */
const supportRows = 2048;

/**
 * The rows of a catalogue that were not measured. A prediction for a design that the denoiser finds unlike the data deserves doubt:
 * its standard deviation grows with how far its denoising error exceeds what nearly all rows of the table have.
 */
export async function chooseAmong(context: ProposeContext, catalogue: readonly Design[]): Promise<Choice> {
  const { table, space, measured, trained, surrogate, runtime, stream } = context;
  // Nothing is rounded: a proposal is a row of the catalogue.
  const pool = createPool(space, measured, {});
  for (const design of catalogue) if (keepsFixed(design, space)) pool.addDesign(design);
  const { candidates, counts } = pool;
  const designs = space.encodeAll(candidates.map(({ design }) => design));
  const predictions = await surrogate.predict(designs);
  const reference = stream.split('support rows').permutation(table.designs.length).subarray(0, supportRows);
  const rows = space.encodeAll(Array.from(reference, (row) => table.designs[row]!));
  const usual = await denoisingErrors(runtime, trained.model, rows, stream.split('support of rows'));
  const errors = await denoisingErrors(runtime, trained.model, designs, stream.split('support of candidates'));
  const [middle, most] = [quantile(usual, 0.5), quantile(usual, 0.95)];
  const doubt = errors.map((error) => 1 + Math.max(0, error - most) / Math.max(1e-9, most - middle));
  return {
    candidates,
    counts,
    outcomes: [],
    predictions: { mean: predictions.mean, std: predictions.std.map((std, i) => std * doubt[i]!) },
  };
}
