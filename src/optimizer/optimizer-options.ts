import { usageError, type Observer } from '../base/index.ts';
import type { Direction } from '../table/index.ts';
import { checkOptions, type ProposeOptions } from './options.ts';

/** How designs are looked for and chosen, as in `propose`. */
export type SearchOptions = Omit<ProposeOptions, 'count' | 'target' | 'quantile' | 'observer' | 'signal'>;

/**
 * Of `SearchOptions`, `pool` is 10 samples for each design asked for and 1024 at least, `generations` is 3, `diversity` 0.5, and fewer
 * targets are asked for; the surrogate is a Gaussian process, except of sequences, and sees rewards on another scale (`warpFor`); what is
 * predicted is on their own. From 50 tried designs for each parameter on, half of a batch may be looked for with options held that are hardly
 * tried (`excursionsFrom`), each from a pool of a quarter of the size, two at most, beside the rest. Among `candidates` nothing is generated: no denoiser is trained, the surrogate is always a Gaussian process,
 * and a batch is chosen by expected improvement; one after the other, where the surrogate has covariances, `diversity` is not given and at
 * most 256 are asked for.
 */
export interface OptimizerOptions extends SearchOptions {
  /** Whether more or less reward is better (maximize). */
  readonly direction?: Direction;
  /** How many designs are asked for at a time, as a rule (96). */
  readonly batch?: number;
  /** Designs that are measured or pending before models propose (twice the number of parameters, `batch` at most, 10 at least). */
  readonly initial?: number;
  /** How many standard deviations a prediction gains before designs are compared, 0 to 100 (1); of expected improvement, what deviations
   *  are multiplied by. */
  readonly exploration?: number;
  /** Reals without a `step` have so few decimals that their range is parted into so many steps or up to ten times as many, where no data say to
   *  how many decimals they can be set (all decimals). On a log scale it is the least value that is parted so. A real that this gives more than ten decimals has all. */
  readonly realSteps?: number;
  /** `stop` says `budget` when so many designs that were asked for have a result. */
  readonly evaluations?: number;
  /** `stop` says `target` when the best reward is this one or better, own units. */
  readonly target?: number;
  /** `stop` says `stagnation` when so many results that were asked for came after the best one. */
  readonly stagnation?: number;
}

export interface AskOptions {
  readonly observer?: Observer;
  /** Ends the work; `ask` rejects with its reason, and nothing was asked. */
  readonly signal?: AbortSignal;
  /** Called, in rounds that train a denoiser, with what makes it a model file (see `modelFile`), given the reward's name. */
  readonly onModel?: (file: (reward: string) => Uint8Array) => void;
}

/** Throws a usage error for a number that is not whole or below 1. */
export function checkPositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw usageError(`${name} is ${value}, a whole number of at least 1 was expected`);
}

/** Throws a usage error for the first option that is not what it should be. */
export function checkOptimizerOptions(options: OptimizerOptions): void {
  checkOptions(options);
  const { direction = 'maximize', exploration = 0, seed = 0 } = options;
  for (const name of ['batch', 'initial', 'realSteps', 'evaluations', 'stagnation'] as const)
    checkPositive(name, options[name]);
  if (!(exploration >= 0 && exploration <= 100)) {
    throw usageError(`exploration is ${exploration}, a number from 0 to 100 was expected`);
  }
  if (!Number.isFinite(seed)) throw usageError(`seed is ${seed}, a finite number was expected`);
  if (!['maximize', 'minimize'].includes(direction)) {
    throw usageError(`direction is ${JSON.stringify(direction)}, maximize or minimize was expected`);
  }
}
