import { usageError, type Observer } from '../base/index.ts';
import type { DenoiserTraining, SamplerName, WeightingName } from '../diffusion/index.ts';
import type { RuntimeName } from '../graph/index.ts';
import type { FitSurrogate } from '../reward/index.ts';
import type { Design, Space } from '../space/index.ts';

/**
 * How far designs may move, how often each is tried, in how many steps, and what is asked for. Guidance is 1, Bayes' rule: more would
 * move designs beyond what the strength allows (docs/method.md).
 */
export const defaultRepair = {
  strength: 0.4,
  draws: 32,
  samplerSteps: 12,
  guidances: [1],
  stretches: [0, 1],
} as const;

/** Less noise is less than the least a denoiser is trained on. */
export const leastStrength = 0.001;

export interface RepairOptions {
  /** How far designs may move, from 0.001 to 1: the share of noise in a noised design's variance. Near 0 little changes, 1 forgets the
   *  design (0.4). */
  readonly strength?: number;
  /** The reward to ask for, own units; the best measured one and one beyond it without it. */
  readonly target?: number;
  /** Guidance weights to sample with (1). */
  readonly guidances?: readonly number[];
  /** Values that every repaired design gets. */
  readonly fix?: Design;
  /** Parameters that keep the value that each design has. */
  readonly keep?: readonly string[];
  /** Samples tried for each design, at least one for each target and guidance (32). */
  readonly draws?: number;
  readonly sampler?: SamplerName;
  readonly samplerSteps?: number;
  readonly weighting?: WeightingName;
  readonly training?: Partial<DenoiserTraining>;
  readonly surrogate?: FitSurrogate;
  readonly seed?: number;
  readonly runtime?: RuntimeName;
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** Throws a usage error for the first option that is not what it should be. */
export function checkRepairOptions({ names }: Space, designs: readonly Design[], options: RepairOptions): void {
  const { strength, target, guidances, draws, samplerSteps, threads, keep = [], fix = {} } = options;
  if (designs.length === 0) throw usageError('no design is given, at least one was expected');
  if (strength !== undefined && !(strength >= leastStrength && strength <= 1)) {
    throw usageError(`strength is ${strength}, a number from ${leastStrength} to 1 was expected`);
  }
  if (target !== undefined && !Number.isFinite(target)) {
    throw usageError(`target is ${target}, a finite number was expected`);
  }
  for (const [name, value] of Object.entries({ draws, samplerSteps, threads })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
      throw usageError(`${name} is ${value}, a whole number of at least 1 was expected`);
    }
  }
  if (guidances?.length === 0) throw usageError('no guidance is given, at least one was expected');
  const wrong = guidances?.find((value) => !(value >= 0 && value <= 20));
  if (wrong !== undefined) throw usageError(`guidance is ${wrong}, a number from 0 to 20 was expected`);
  for (const name of keep) {
    if (!names.includes(name)) {
      throw usageError(`there is no parameter ${JSON.stringify(name)} to keep; the parameters are ${names.join(', ')}`);
    }
    if (Object.hasOwn(fix, name)) {
      throw usageError(`${name} cannot both keep its value and be fixed at ${JSON.stringify(fix[name])}`);
    }
  }
}
