/**
 * A noise schedule in terms of the noise's standard deviation sigma (Karras et al. 2022, arXiv:2206.00364): which sigmas a sampler
 * visits and which a denoiser is trained on. A variance-preserving process is the same process seen through x / sqrt(1 + sigma^2),
 * so its schedules are lists of sigmas too.
 */
export interface NoiseSchedule {
  readonly name: NoiseScheduleName;
  /** `steps` falling sigmas, the largest first; a sampler goes on from the last one to 0. `steps` at least 1. */
  sigmas(steps: number): Float64Array;
  /** A training sigma for a standard normal draw. */
  trainingSigma(normal: number): number;
}

export type NoiseScheduleName = 'karras' | 'vp-linear' | 'vp-cosine';

export interface SigmaRange {
  readonly min: number;
  readonly max: number;
}

/** For data of unit variance: below `min` a design is decided, above `max` nothing of it is left. */
export const defaultRange: SigmaRange = { min: 0.01, max: 40 };

export interface LogNormal {
  readonly mean: number;
  readonly std: number;
}

/** ln sigma in training (Karras et al. 2022, table 1, shifted to data of unit variance). */
export const defaultTrainingNoise: LogNormal = { mean: -0.6, std: 1.4 };

/** Karras et al. (2022), equation 5 with rho = 7; training sigmas log-normal. */
export function karrasSchedule(
  { min, max }: SigmaRange = defaultRange,
  training: LogNormal = defaultTrainingNoise,
  rho = 7,
): NoiseSchedule {
  const [from, to] = [max ** (1 / rho), min ** (1 / rho)];
  return {
    name: 'karras',
    sigmas: (steps) =>
      Float64Array.from({ length: steps }, (_, i) => (from + (i / Math.max(1, steps - 1)) * (to - from)) ** rho),
    trainingSigma: (normal) => clampTo(Math.exp(training.mean + training.std * normal), { min, max }),
  };
}

/** beta from 0.1 to 20 over t in [0, 1] (Song et al. 2021): sigma^2 = exp(integral of beta) - 1. */
export function vpLinearSchedule(betaMin = 0.1, betaMax = 20): NoiseSchedule {
  const sigmaAt = (t: number): number => Math.sqrt(Math.expm1(betaMin * t + 0.5 * (betaMax - betaMin) * t * t));
  return vpSchedule('vp-linear', sigmaAt, 1e-3);
}

/** alpha-bar = cos^2 of the time (Nichol and Dhariwal 2021, equation 17), cut where sigma would exceed 100. */
export function vpCosineSchedule(offset = 0.008): NoiseSchedule {
  const angle = (t: number): number => (((t + offset) / (1 + offset)) * Math.PI) / 2;
  const sigmaAt = (t: number): number => Math.min(100, Math.sqrt((Math.cos(angle(0)) / Math.cos(angle(t))) ** 2 - 1));
  return vpSchedule('vp-cosine', sigmaAt, 1e-2);
}

/** Uniform times, in sampling and in training. */
function vpSchedule(name: NoiseScheduleName, sigmaAt: (t: number) => number, tMin: number): NoiseSchedule {
  const timeAt = (share: number): number => 1 + share * (tMin - 1);
  return {
    name,
    sigmas: (steps) => Float64Array.from({ length: steps }, (_, i) => sigmaAt(timeAt(i / Math.max(1, steps - 1)))),
    trainingSigma: (normal) => sigmaAt(timeAt(1 - normalCdf(normal))),
  };
}

function clampTo(value: number, { min, max }: SigmaRange): number {
  return Math.min(max, Math.max(min, value));
}

/** The standard normal distribution function (Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * poly * Math.exp(-z * z);
  return x > 0 ? 1 - tail : tail;
}

export const noiseSchedules: { readonly [Name in NoiseScheduleName]: () => NoiseSchedule } = {
  karras: () => karrasSchedule(),
  'vp-linear': () => vpLinearSchedule(),
  'vp-cosine': () => vpCosineSchedule(),
};
