import { quantile } from '../base/index.ts';
import { denoisingErrors } from '../diffusion/index.ts';
import type { Predictions } from '../reward/index.ts';
import type { ProposeContext } from './context.ts';

/** Rows of the table that the support of designs is held against. */
const supportRows = 2048;

/** How fast doubt grows beyond the table: docs/decisions.md. */
export const doubtWeight = 5;

/**
 * What the surrogate predicts of n x d encoded designs, with doubt where the denoiser finds a design unlike the data: the standard
 * deviation is multiplied by 1 + weight (e - q95) / (q95 - q50) where a denoising error e exceeds the 95 % quantile of the table's rows.
 */
export async function predictWithDoubt(context: ProposeContext, designs: Float32Array): Promise<Predictions> {
  const { table, space, trained, surrogate, runtime, stream } = context;
  const { mean, std } = await surrogate.predict(designs);
  const reference = stream.split('support rows').permutation(table.designs.length).subarray(0, supportRows);
  const rows = space.encodeAll(Array.from(reference, (row) => table.designs[row]!));
  const usual = await denoisingErrors(runtime, trained.model, rows, stream.split('support of rows'));
  const errors = await denoisingErrors(runtime, trained.model, designs, stream.split('support of designs'));
  const [middle, most] = [quantile(usual, 0.5), quantile(usual, 0.95)];
  const excess = errors.map((error) => Math.max(0, error - most) / Math.max(1e-9, most - middle));
  return { mean, std: std.map((value, i) => value * (1 + doubtWeight * excess[i]!)) };
}
