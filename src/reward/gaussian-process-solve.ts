import { ascend } from './lbfgs.ts';
import type { Hyperparameters, Inputs } from './kernel.ts';
import { condition, logPosterior, startingHyperparameters, type Conditioned } from './marginal-likelihood.ts';

/** Designs and their standardised rewards. */
export interface Standardised {
  readonly inputs: Inputs;
  readonly y: Float64Array;
}

/** Hyperparameters are chosen on `part`, and the process is conditioned on `known`. */
export interface ProcessTask {
  readonly part: Standardised;
  readonly known: Standardised;
  readonly iterations: number;
}

export interface Solved {
  readonly theta: Hyperparameters;
  readonly conditioned: Conditioned;
}

export interface Watch {
  readonly onIteration: (iteration: number, logPosterior: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Throws an Error where the covariance is not positive definite, and the signal's reason. */
export type Solve = (task: ProcessTask, watch: Watch) => Promise<Solved>;

export const solveHere: Solve = async ({ part, known, iterations }, { onIteration, signal }) => {
  const theta = await ascend(
    (at) => logPosterior(part.inputs, at, part.y, signal),
    startingHyperparameters(part.inputs),
    {
      iterations,
      firstStep: 0.5,
      smallestGain: 1e-3,
      onIteration,
    },
  );
  const conditioned = await condition(known.inputs, theta, known.y, signal);
  if (conditioned === undefined) throw new Error('The covariance of the Gaussian process is not positive definite');
  return { theta, conditioned };
};
