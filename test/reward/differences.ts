import { expect } from 'vitest';
import type { Hyperparameters, Inputs } from '../../src/reward/kernel.ts';
import { logPosterior } from '../../src/reward/marginal-likelihood.ts';

/** Expects the gradient of the log posterior to be that of central differences. */
export async function expectGradient(inputs: Inputs, theta: Hyperparameters, y: Float64Array): Promise<void> {
  const { gradient } = (await logPosterior(inputs, theta, y))!;
  expect(gradient).toHaveLength(theta.length);
  for (let k = 0; k < theta.length; k++) {
    const at = (by: number) =>
      logPosterior(
        inputs,
        theta.map((value, i) => (i === k ? value + by : value)),
        y,
      );
    const difference = ((await at(1e-5))!.value - (await at(-1e-5))!.value) / 2e-5;
    expect(gradient[k]).toBeCloseTo(difference, 5);
  }
}
