import type { Space } from '../space/index.ts';
import type { WeightingName } from '../diffusion/index.ts';
import { freeNumbers } from './fixed.ts';
import type { Refinement } from './refine.ts';
import type { VariationName } from './variations.ts';

export const defaultCount = 96;

/** How rows are weighted in training, unless told otherwise. */
export const defaultWeighting: WeightingName = 'exponential';

/** Guidance of samples from a saved model. */
export const defaultGuidance = 1.5;

/** How many samples to draw before the best are kept: so many for every proposal, within bounds. */
export const poolRule = { perProposal: 64, least: 4096, most: 16384 } as const;

export function defaultPool(count: number): number {
  return Math.min(poolRule.most, Math.max(poolRule.least, poolRule.perProposal * count));
}

/** Search around the best samples. */
export const defaultRefinement: Refinement = { generations: 10, parents: 256, children: 1024 };

/** How far apart proposals are kept, in distances that neighbours in the table have: farther in spaces of `numbers` free numbers or more,
 *  where each differs little at the same distance: docs/decisions.md. */
export const diversityRule = { few: 0.02, numbers: 30, many: 0.2 } as const;

export function defaultDiversity(space: Space): number {
  return freeNumbers(space).length < diversityRule.numbers ? diversityRule.few : diversityRule.many;
}

export const defaultVariations: readonly VariationName[] = ['columns', 'slope', 'renoise'];

/**
 * Shares of the proposals: the best samples that only the denoiser made; as they come, samples that the surrogate pulled, and samples asked
 * for the farthest target, since off the data the denoiser's guess may be better than the surrogate's; in rounds, designs that differ from
 * the best measured one in a single choice. The rest are the best of all, found by search or drawn: docs/decisions.md.
 */
export const shares = { samples: 0.1875, pulled: 0.125, bold: 0.0625, neighbours: 0.125 } as const;

/** In the rounds of an optimizer that is told what came of its designs: optimism, and how far apart designs of one round are kept. */
export const defaultOnline = { exploration: 1, diversity: 0.5 } as const;

/**
 * In rounds, from so many known designs for each free parameter on: the share of a batch that is looked for where the best designs are not, in so many parts of the space.
 * An option is worth it that was tried in less than this share of what each would have, were all tried alike; with fewer than `leastTrials` that is nothing. Parameters of more than `mostValues` values have no options:
 * docs/decisions.md.
 */
export const excursionRule = {
  knownPerParameter: 50,
  share: 0.5,
  parts: 2,
  fairShare: 0.5,
  leastTrials: 10,
  mostValues: 26,
} as const;

/** Models are fitted from so many measured designs on, if their rewards differ. */
export const leastMeasured = 5;

/** From so many measured designs on a round is made quick: another one follows soon. */
export const manyMeasured = 200;
/** What chooses the hyperparameters of the Gaussian process in a quick round. */
export const quickProcess = { hyperparameterRows: 200, iterations: 20 } as const;

/** Of the Gaussian process of a round: what it takes for alike there is measured, and known better in the next. docs/decisions.md. */
export const roundProcess = { alikeOptions: true, harmonics: 2400 } as const;
