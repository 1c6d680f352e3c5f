import { usageError, type Observer } from '../base/index.ts';
import type { DenoiserTraining, SamplerName, WeightingName } from '../diffusion/index.ts';
import type { RuntimeName } from '../graph/index.ts';
import type { FitSurrogate } from '../reward/index.ts';
import type { Design } from '../space/index.ts';
import type { VariationName } from './variations.ts';

export interface ProposeOptions {
  /** Number of proposals, at least 1 (96). */
  readonly count?: number;
  /** The reward to ask for, own units; chosen from the data without it. */
  readonly target?: number;
  /** Asks for a quantile of the measured rewards, in [0, 1], counted towards the better end. */
  readonly quantile?: number;
  /** How far apart proposals are kept, in distances that neighbours in the table have, 0 to 1, as long as there are enough (0.02; 0.2 from 30
   *  free numbers on). */
  readonly diversity?: number;
  /** Values that every proposal keeps. */
  readonly fix?: Design;
  /** A catalogue: proposals are taken from it. */
  readonly candidates?: readonly Design[];
  /** Samples drawn before the best are kept (`poolRule`). */
  readonly pool?: number;
  /** Generations of search around the best samples, 0 for none. */
  readonly generations?: number;
  /** How the best are varied in that search. */
  readonly variations?: readonly VariationName[];
  /** Guidance weights to sample with. */
  readonly guidances?: readonly number[];
  /** How far beyond the best measured reward to ask, in distances from the median to the best
   *  (-1000 to 1000); not with `target` or `quantile`. */
  readonly stretches?: readonly number[];
  readonly sampler?: SamplerName;
  readonly samplerSteps?: number;
  readonly weighting?: WeightingName;
  /** How many standard deviations a prediction gives up before designs are compared, at least 0. */
  readonly caution?: number;
  /** Overrides of what is chosen from the numbers of rows and columns. */
  readonly training?: Partial<DenoiserTraining>;
  readonly surrogate?: FitSurrogate;
  readonly seed?: number;
  readonly runtime?: RuntimeName;
  /** Processor threads; denoiser and surrogate train side by side from 2 on. */
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

function checkWhole(name: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= least)) {
    throw usageError(`${name} is ${value}, a whole number of at least ${least} was expected`);
  }
}

function checkBetween(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(value >= least && value <= most)) {
    throw usageError(`${name} is ${value}, a number from ${least} to ${most} was expected`);
  }
}

function checkEach(name: string, values: readonly number[] | undefined, least: number, most: number): void {
  if (values?.length === 0) throw usageError(`no ${name} is given, at least one was expected`);
  for (const value of values ?? []) checkBetween(name, value, least, most);
}

/** Throws a usage error for the first option that is not what it should be. */
export function checkOptions(options: ProposeOptions): void {
  const { target, quantile } = options;
  for (const name of ['count', 'pool', 'samplerSteps', 'threads'] as const) checkWhole(name, options[name], 1);
  checkWhole('generations', options.generations, 0);
  if (target !== undefined && !Number.isFinite(target)) {
    throw usageError(`target is ${target}, a finite number was expected`);
  }
  checkBetween('quantile', quantile, 0, 1);
  checkBetween('diversity', options.diversity, 0, 1);
  checkBetween('caution', options.caution, 0, 100);
  if (target !== undefined && quantile !== undefined) {
    throw usageError('target and quantile both say what to ask for; give one of them');
  }
  checkEach('guidance', options.guidances, 0, 20);
  checkEach('stretch', options.stretches, -1000, 1000);
}
