import type { DenoiserTraining } from '../../../src/diffusion/index.ts';
import type { TheorySuite } from '../../runner/terms.ts';
import type { Variation } from './model.ts';
import type { ProblemSizes } from './subspace.ts';

/** Sizes of the experiments. */
export interface TheorySettings extends ProblemSizes {
  readonly labelled: number;
  readonly unlabelled: number;
  /** Designs drawn for each request. */
  readonly samples: number;
  /** Runs, each with a subspace, data and training of its own. */
  readonly runs: number;
  /** Runs of the ways of training that are compared. */
  readonly variationRuns: number;
  /** Rewards asked for. */
  readonly targets: readonly number[];
  /** The one that choices are compared at. */
  readonly target: number;
  /** One with many rows near it, that errors are measured at. */
  readonly within: number;
  /** How many times steeper than on the subspace a guiding reward is across it. */
  readonly steepness: number;
  /** Numbers of training rows, all with measured rewards. */
  readonly rows: readonly number[];
  readonly rounds: number;
  /** Designs drawn in a round. */
  readonly roundSamples: number;
  /** In rounds after each of which the denoiser is trained on the samples: how many these are, and for how many steps. */
  readonly following: { readonly samples: number; readonly steps: number };
  /** What the denoiser's training differs in from the package's own sizes. */
  readonly training: Partial<DenoiserTraining>;
  /** Ways of training that differ from the base in one thing. */
  readonly variations: readonly Variation[];
}

/** The training that the others differ from in one thing. */
export const base: Variation = { name: 'base', weighting: 'uniform', training: {} };

/** As in Li et al. (2024), section 7, and Guo et al. (2024), where they say; noise and penalty are ours. */
const paper: TheorySettings = {
  ...{ ambient: 64, latent: 16, noise: 0.1, penalty: 1 },
  ...{ labelled: 8192, unlabelled: 65_536, samples: 2048, runs: 5, variationRuns: 2 },
  ...{ targets: [0, 1, 2, 3, 4, 6, 8, 12], target: 4, within: 2, steepness: 9 },
  rows: [256, 1024, 4096, 16_384],
  ...{ rounds: 12, roundSamples: 256, following: { samples: 1024, steps: 200 } },
  training: {},
  variations: [
    { ...base, name: 'weighting exponential', weighting: 'exponential' },
    { ...base, name: 'weighting binned', weighting: 'binned' },
    { ...base, name: 'width 64', training: { width: 64 } },
    { ...base, name: 'width 320', training: { width: 320 } },
    { ...base, name: 'steps 6000', training: { steps: 6000 } },
    { ...base, name: 'noise vp-cosine', noise: 'vp-cosine' },
    { ...base, name: 'noise ln sigma 0.4 ± 1.6', noise: { mean: 0.4, std: 1.6 } },
  ],
};

/** Everything once, small: that it works, not how well. */
const small: TheorySettings = {
  ...paper,
  ...{ ambient: 8, latent: 2, labelled: 128, unlabelled: 256, samples: 64, runs: 1, variationRuns: 1 },
  ...{ targets: [0, 2, 4], target: 2, within: 1, rows: [64, 256], rounds: 3, roundSamples: 32 },
  following: { samples: 64, steps: 50 },
  training: { width: 32, blocks: 1, steps: 200 },
  variations: [{ ...base, name: 'width 16', training: { width: 16 } }],
};

export const theorySettings: Readonly<Record<TheorySuite, TheorySettings>> = { theory: paper, 'theory-small': small };
