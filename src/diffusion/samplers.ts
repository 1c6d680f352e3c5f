import { add, constant, gather, loop, multiply, reshape, subtract, type Tensor } from '../graph/index.ts';

/** The denoised estimate of x ([n, d]) at noise level sigma ([1]), guidance and constraints included. */
export type Estimate = (x: Tensor, sigma: Tensor) => Tensor;

export interface SamplerInputs {
  /** Standard normals, [n, d]. */
  readonly noise: Tensor;
  /** Falling noise levels; sampling ends at 0 after the last. */
  readonly sigmas: Float64Array;
  /** Standard normals, [steps, n, d], for samplers that are stochastic. */
  readonly stepNoise?: Tensor;
}

/** Turns noise into designs: [n, d] from [n, d]. All samplers end by taking the estimate at the last sigma as the design. */
export type Sampler = (estimate: Estimate, inputs: SamplerInputs) => Tensor;

type Step = (
  estimate: Estimate,
  x: Tensor,
  at: (values: (i: number) => number) => Tensor,
  memory: Tensor,
  noise: Tensor | undefined,
) => { readonly x: Tensor; readonly memory: Tensor };

/** The loop that samplers share. `at` looks up a number that depends on the step: a constant table, gathered by the iteration. */
function sampleWith(step: Step, stochastic = false): Sampler {
  return (estimate, { noise, sigmas, stepNoise }) => {
    const transitions = sigmas.length - 1;
    const start = multiply(noise, sigmas[0]!);
    const last = constant([sigmas[transitions]!]);
    if (transitions === 0) return estimate(start, last);
    if (stochastic && stepNoise === undefined) throw new Error('Expected step noise for a stochastic sampler');
    const { state } = loop(transitions, [start, start], (iteration, [x, memory]) => {
      const at = (values: (i: number) => number): Tensor =>
        reshape(gather(constant(Float64Array.from({ length: transitions }, (_, i) => values(i))), iteration), [1]);
      const drawn = stochastic ? gather(stepNoise!, iteration) : undefined;
      const next = step(estimate, x!, at, memory!, drawn);
      return { state: [next.x, next.memory] };
    });
    return estimate(state[0]!, last);
  };
}

/** Linear interpolation towards the estimate is what an Euler step of dx/dsigma = (x - D) / sigma amounts to. */
function blend(x: Tensor, estimate: Tensor, keep: Tensor): Tensor {
  return add(multiply(x, keep), multiply(estimate, subtract(1, keep)));
}

/** Euler's method (Karras et al. 2022, Algorithm 1 without the correction). Order 1. */
export function euler(estimate: Estimate, inputs: SamplerInputs): Tensor {
  const { sigmas } = inputs;
  return sampleWith((denoised, x, at, memory) => ({
    x: blend(
      x,
      denoised(
        x,
        at((i) => sigmas[i]!),
      ),
      at((i) => sigmas[i + 1]! / sigmas[i]!),
    ),
    memory,
  }))(estimate, inputs);
}

/** Heun's method (Karras et al. 2022, Algorithm 1): two estimates a step. Order 2. */
export function heun(estimate: Estimate, inputs: SamplerInputs): Tensor {
  const { sigmas } = inputs;
  return sampleWith((denoised, x, at, memory) => {
    const slopeAt = (point: Tensor, offset: number): Tensor => {
      const sigma = at((i) => sigmas[i + offset]!);
      return multiply(
        subtract(point, denoised(point, sigma)),
        at((i) => 1 / sigmas[i + offset]!),
      );
    };
    const change = at((i) => sigmas[i + 1]! - sigmas[i]!);
    const slope = slopeAt(x, 0);
    const corrected = slopeAt(add(x, multiply(slope, change)), 1);
    return { x: add(x, multiply(add(slope, corrected), multiply(change, 0.5))), memory };
  })(estimate, inputs);
}

/** DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, Algorithm 2), with lambda = -ln sigma. Order 2 with one estimate a step. */
export function dpmSolver2M(estimate: Estimate, inputs: SamplerInputs): Tensor {
  const { sigmas } = inputs;
  const stepSize = (i: number): number => Math.log(sigmas[i]! / sigmas[i + 1]!);
  const extrapolation = (i: number): number => (i === 0 ? 0 : stepSize(i) / (2 * stepSize(i - 1)));
  return sampleWith((denoised, x, at, memory) => {
    const now = denoised(
      x,
      at((i) => sigmas[i]!),
    );
    const ahead = add(now, multiply(subtract(now, memory), at(extrapolation)));
    return {
      x: blend(
        x,
        ahead,
        at((i) => sigmas[i + 1]! / sigmas[i]!),
      ),
      memory: now,
    };
  })(estimate, inputs);
}

/** Euler with fresh noise at every step, as DDPM's ancestral sampling in terms of sigma (Song et al. 2021, VE form, eta = 1). */
export function eulerAncestral(estimate: Estimate, inputs: SamplerInputs): Tensor {
  const { sigmas } = inputs;
  const up = (i: number): number => {
    const [from, to] = [sigmas[i]! ** 2, sigmas[i + 1]! ** 2];
    return Math.sqrt((to * (from - to)) / from);
  };
  const down = (i: number): number => Math.sqrt(Math.max(0, sigmas[i + 1]! ** 2 - up(i) ** 2));
  return sampleWith((denoised, x, at, memory, noise) => {
    const drift = blend(
      x,
      denoised(
        x,
        at((i) => sigmas[i]!),
      ),
      at((i) => down(i) / sigmas[i]!),
    );
    return { x: add(drift, multiply(noise!, at(up))), memory };
  }, true)(estimate, inputs);
}

export type SamplerName = 'euler' | 'heun' | 'dpm-solver-2m' | 'euler-ancestral';

export interface NamedSampler {
  readonly sample: Sampler;
  readonly stochastic: boolean;
}

export const samplers: { readonly [Name in SamplerName]: NamedSampler } = {
  euler: { sample: euler, stochastic: false },
  heun: { sample: heun, stochastic: false },
  'dpm-solver-2m': { sample: dpmSolver2M, stochastic: false },
  'euler-ancestral': { sample: eulerAncestral, stochastic: true },
};
