import { add, constant, gather, loop, multiply, reshape, subtract, type Tensor } from '../graph/index.ts';

/** The denoised estimate of x ([n, d]) at noise level sigma ([1]), guidance and constraints included. */
export type Estimate = (x: Tensor, sigma: Tensor) => Tensor;

export interface SamplerInputs {
  /** Standard normals, [n, d]. */
  readonly noise: Tensor;
  /** Designs that the noise is added to, [n, d] (SDEdit, Meng et al. 2022, arXiv:2108.01073); without them sampling starts from noise. */
  readonly origin?: Tensor;
  /** Falling noise levels, at least one; sampling ends at 0 after the last. */
  readonly sigmas: Float64Array;
  /** Standard normals for samplers that are stochastic, [steps, n, d]; the step to 0 needs none, so the last are not used. */
  readonly stepNoise?: Tensor;
}

/** Turns noise into designs: [n, d] from [n, d]. All samplers end by taking the estimate at the last sigma as the design. */
export type Sampler = (estimate: Estimate, inputs: SamplerInputs) => Tensor;

/** One step from sigma to the next smaller one. */
interface Transition {
  readonly estimate: Estimate;
  readonly x: Tensor;
  /** What the step before left in `memory`; x itself in the first step. */
  readonly memory: Tensor;
  readonly sigma: Tensor;
  readonly next: Tensor;
  /** A number of this step, [1], from a formula of the step's number i; the step goes from sigmas[i] to sigmas[i + 1]. */
  readonly at: (formula: (sigmas: Float64Array, i: number) => number) => Tensor;
  /** This step's own normals, [n, d]; for stochastic samplers only. */
  readonly noise: () => Tensor;
}

/** The next x, and what the following step needs to remember ([n, d]), if anything. */
type Step = (transition: Transition) => { readonly x: Tensor; readonly memory?: Tensor };

/** The loop that samplers share. */
function sampleWith(step: Step): Sampler {
  return (estimate, { noise, origin, sigmas, stepNoise }) => {
    const transitions = sigmas.length - 1;
    const scaled = multiply(noise, sigmas[0]!);
    const start = origin === undefined ? scaled : add(origin, scaled);
    const last = constant([sigmas[transitions]!]);
    if (transitions === 0) return estimate(start, last);
    const { state } = loop(transitions, [start, start], (iteration, [x, memory]) => {
      // A constant table, looked up by the iteration.
      const at: Transition['at'] = (formula) => {
        const table = Float64Array.from({ length: transitions }, (_, i) => formula(sigmas, i));
        return reshape(gather(constant(table), iteration), [1]);
      };
      const result = step({
        estimate,
        x: x!,
        memory: memory!,
        sigma: at((levels, i) => levels[i]!),
        next: at((levels, i) => levels[i + 1]!),
        at,
        noise: () => {
          if (stepNoise === undefined) throw new Error('Expected step noise for a stochastic sampler');
          return gather(stepNoise, iteration);
        },
      });
      return { state: [result.x, result.memory ?? memory!] };
    });
    return estimate(state[0]!, last);
  };
}

const ratio = (sigmas: Float64Array, i: number): number => sigmas[i + 1]! / sigmas[i]!;

/** keep x + (1 - keep) estimate: an Euler step of dx/dsigma = (x - D) / sigma, where keep is the ratio of the sigmas. */
function blend(x: Tensor, estimate: Tensor, keep: Tensor): Tensor {
  return add(multiply(x, keep), multiply(estimate, subtract(1, keep)));
}

/** Euler's method (Karras et al. 2022, Algorithm 1 without the correction). Order 1. */
export const euler: Sampler = sampleWith(({ estimate, x, sigma, at }) => ({
  x: blend(x, estimate(x, sigma), at(ratio)),
}));

/** Heun's method (Karras et al. 2022, Algorithm 1): two estimates a step. Order 2. */
export const heun: Sampler = sampleWith(({ estimate, x, sigma, next, at }) => {
  const slope = multiply(
    subtract(x, estimate(x, sigma)),
    at((sigmas, i) => 1 / sigmas[i]!),
  );
  const change = subtract(next, sigma);
  const trial = add(x, multiply(slope, change));
  const slopeThere = multiply(
    subtract(trial, estimate(trial, next)),
    at((sigmas, i) => 1 / sigmas[i + 1]!),
  );
  return { x: add(x, multiply(add(slope, slopeThere), multiply(change, 0.5))) };
});

/** DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, Algorithm 2), with lambda = -ln sigma. Order 2 with one estimate a step. */
export const dpmSolver2M: Sampler = sampleWith(({ estimate, x, memory, sigma, at }) => {
  const stepSize = (sigmas: Float64Array, i: number): number => -Math.log(ratio(sigmas, i));
  const extrapolation = at((sigmas, i) => (i === 0 ? 0 : stepSize(sigmas, i) / (2 * stepSize(sigmas, i - 1))));
  const present = estimate(x, sigma);
  const ahead = add(present, multiply(subtract(present, memory), extrapolation));
  return { x: blend(x, ahead, at(ratio)), memory: present };
});

/** Euler with fresh noise at every step, as DDPM's ancestral sampling in terms of sigma (Song et al. 2021, VE form, eta = 1). */
export const eulerAncestral: Sampler = sampleWith(({ estimate, x, sigma, at, noise }) => {
  // With r = next / sigma, the step goes down to next r without noise, then up to next: next^2 = (next r)^2 + next^2 (1 - r^2).
  const down = at((sigmas, i) => ratio(sigmas, i) ** 2);
  const up = at((sigmas, i) => sigmas[i + 1]! * Math.sqrt(1 - ratio(sigmas, i) ** 2));
  return { x: add(blend(x, estimate(x, sigma), down), multiply(noise(), up)) };
});

export type SamplerName = 'euler' | 'heun' | 'dpm-solver-2m' | 'euler-ancestral';

export interface NamedSampler {
  readonly sample: Sampler;
  /** Whether it needs `stepNoise`. */
  readonly stochastic: boolean;
}

export const samplers: { readonly [Name in SamplerName]: NamedSampler } = {
  euler: { sample: euler, stochastic: false },
  heun: { sample: heun, stochastic: false },
  'dpm-solver-2m': { sample: dpmSolver2M, stochastic: false },
  'euler-ancestral': { sample: eulerAncestral, stochastic: true },
};
