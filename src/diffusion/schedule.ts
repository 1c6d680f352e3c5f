/**
 * A noise schedule in terms of the noise's standard deviation sigma (Karras et al. 2022, arXiv:2206.00364): which sigmas a sampler
 * visits and which a denoiser is trained on. A variance-preserving process is the same process seen through x / sqrt(1 + sigma^2),
 * so its schedules are lists of sigmas too.
 */
export interface NoiseSchedule {
  readonly name: NoiseScheduleName;
  /** `steps` falling sigmas; a sampler goes on from the last one to 0. `steps` at least 1. The first is the largest of the schedule, or
   *  `from`, which must be above the smallest (RangeError) and is cut to the largest. */
  sigmas(steps: number, from?: number): Float64Array;
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
  const root = (sigma: number): number => sigma ** (1 / rho);
  return {
    name: 'karras',
    sigmas: (steps, from = max) =>
      evenly(steps, root(startWithin(from, { min, max })), root(min)).map((value) => value ** rho),
    trainingSigma: (normal) => clampTo(Math.exp(training.mean + training.std * normal), { min, max }),
  };
}

/** beta from 0.1 to 20 over t in [0, 1] (Song et al. 2021): sigma^2 = exp(integral of beta) - 1. */
export function vpLinearSchedule(betaMin = 0.1, betaMax = 20): NoiseSchedule {
  const sigmaAt = (t: number): number => Math.sqrt(Math.expm1(betaMin * t + 0.5 * (betaMax - betaMin) * t * t));
  // ln(1 + sigma^2) = betaMin t + (betaMax - betaMin) t^2 / 2, solved for t without cancellation.
  const timeOf = (sigma: number): number => {
    const total = Math.log1p(sigma ** 2);
    return (2 * total) / (betaMin + Math.sqrt(betaMin ** 2 + 2 * (betaMax - betaMin) * total));
  };
  return vpSchedule('vp-linear', { sigmaAt, timeOf }, 1e-3);
}

/** alpha-bar = cos^2 of the time (Nichol and Dhariwal 2021, equation 17), cut where sigma would exceed 100. */
export function vpCosineSchedule(offset = 0.008): NoiseSchedule {
  const angle = (t: number): number => (((t + offset) / (1 + offset)) * Math.PI) / 2;
  const sigmaAt = (t: number): number => Math.min(100, Math.sqrt((Math.cos(angle(0)) / Math.cos(angle(t))) ** 2 - 1));
  const timeOf = (sigma: number): number =>
    (Math.acos(Math.cos(angle(0)) / Math.sqrt(1 + sigma ** 2)) * 2 * (1 + offset)) / Math.PI - offset;
  return vpSchedule('vp-cosine', { sigmaAt, timeOf }, 1e-2);
}

/** sigma at a time in [0, 1], and the time of a sigma. */
interface TimeMap {
  readonly sigmaAt: (t: number) => number;
  readonly timeOf: (sigma: number) => number;
}

/** Uniform times, in sampling and in training. */
function vpSchedule(name: NoiseScheduleName, { sigmaAt, timeOf }: TimeMap, tMin: number): NoiseSchedule {
  const range: SigmaRange = { min: sigmaAt(tMin), max: sigmaAt(1) };
  const startTime = (from: number): number => (from >= range.max ? 1 : timeOf(startWithin(from, range)));
  return {
    name,
    sigmas: (steps, from = range.max) => evenly(steps, startTime(from), tMin).map(sigmaAt),
    trainingSigma: (normal) => sigmaAt(1 + (1 - normalCdf(normal)) * (tMin - 1)),
  };
}

/** `steps` numbers with even distances, both ends among them; one number is the first. */
function evenly(steps: number, first: number, last: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => first + (i / Math.max(1, steps - 1)) * (last - first));
}

function startWithin(from: number, { min, max }: SigmaRange): number {
  if (!(from > min)) throw new RangeError(`Expected a sigma above ${min} to start from, got ${from}`);
  return Math.min(from, max);
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
