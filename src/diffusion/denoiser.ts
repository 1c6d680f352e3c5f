import type { RandomStream } from '../base/index.ts';
import {
  add,
  concat,
  constant,
  cos,
  divide,
  expandLike,
  log,
  matMul,
  mean,
  multiply,
  silu,
  sin,
  sqrt,
  square,
  subtract,
  tanh,
  type NamedShapes,
  type NamedTensors,
  type NamedValues,
  type Tensor,
} from '../graph/index.ts';

/** Sizes of the network: a residual multi-layer perceptron. */
export interface DenoiserSize {
  readonly dimension: number;
  readonly width: number;
  readonly blocks: number;
}

/** What the network is told beside the noisy design; every tensor is [..., 1]. `missing` is 1 where the reward is unknown or
 *  withheld, a flag of its own: a withheld reward must not look like an average one. */
export interface Condition {
  readonly reward: Tensor;
  readonly missing: Tensor;
}

/** sigma_data of the preconditioning: designs are normalised to unit variance. */
const sigmaData = 1;
const noiseFrequencies = [0.25, 0.5, 1, 2, 4, 8];
/** Knots of the reward's embedding in standard deviations. Its features are monotone, so it extrapolates rather than repeats. */
const rewardKnots = [-2, -1, 0, 1, 2, 3, 4];
const featureCount = 2 * noiseFrequencies.length + 1 + rewardKnots.length + 1;
const embeddingWidth = 64;

/** Parameter names and shapes of the network. */
export function denoiserShapes({ dimension, width, blocks }: DenoiserSize): NamedShapes {
  const shapes: Record<string, readonly number[]> = {
    'embed.weight': [featureCount, embeddingWidth],
    'embed.bias': [embeddingWidth],
    'in.weight': [dimension, width],
    'in.bias': [width],
  };
  for (let block = 0; block < blocks; block++) {
    shapes[`${block}.first.weight`] = [width, width];
    shapes[`${block}.embed.weight`] = [embeddingWidth, width];
    shapes[`${block}.first.bias`] = [width];
    shapes[`${block}.second.weight`] = [width, width];
    shapes[`${block}.second.bias`] = [width];
  }
  shapes['out.weight'] = [width, dimension];
  shapes['out.bias'] = [dimension];
  return shapes;
}

/** Weights normal with variance 1 / inputs; biases, and the last matrix of each branch, zero, so that every block starts as the
 *  identity and the network's first estimate is the preconditioner's. */
export function initialDenoiser(size: DenoiserSize, stream: RandomStream): NamedValues {
  const entries = Object.entries(denoiserShapes(size)).map(([name, shape]) => {
    const data = new Float32Array(shape.reduce<number>((total, dim) => total * (dim as number), 1));
    const starts = shape.length === 2 && !name.endsWith('second.weight') && name !== 'out.weight';
    if (starts) {
      const std = 1 / Math.sqrt(shape[0] as number);
      stream.split(name).fillNormal(data);
      data.forEach((value, index) => (data[index] = value * std));
    }
    return [name, { shape: shape as readonly number[], data }] as const;
  });
  return Object.fromEntries(entries);
}

function linear(p: NamedTensors, name: string, x: Tensor): Tensor {
  return add(matMul(x, p[`${name}.weight`]!), p[`${name}.bias`]!);
}

/** x / rms(x) over the last axis (Zhang and Sennrich 2019, without a gain). */
function rmsNorm(x: Tensor): Tensor {
  return divide(x, sqrt(add(mean(square(x), [x.shape.length - 1], true), 1e-6)));
}

/** Fourier features of ln(sigma) / 4, the reward's embedding (zero where it is missing) and the flag: [..., features]. */
function conditionFeatures(sigma: Tensor, { reward, missing }: Condition): Tensor {
  const level = multiply(log(sigma), 0.25);
  const angles = multiply(level, constant(noiseFrequencies.map((f) => 2 * Math.PI * f)));
  const known = subtract(1, missing);
  const monotone = tanh(subtract(reward, constant(rewardKnots)));
  const last = reward.shape.length - 1;
  const rewardPart = multiply(concat([reward, monotone, expandLike(constant([1], [1]), reward)], last), known);
  // The last feature is 1 where the reward is known: the null flag, complemented.
  const shapedAngles = multiply(angles, expandLike(constant([1], [1]), reward));
  return concat([sin(shapedAngles), cos(shapedAngles), rewardPart], last);
}

function network(p: NamedTensors, blocks: number, x: Tensor, features: Tensor): Tensor {
  const embedding = silu(linear(p, 'embed', features));
  let hidden = linear(p, 'in', x);
  for (let block = 0; block < blocks; block++) {
    const told = matMul(embedding, p[`${block}.embed.weight`]!);
    const inner = silu(add(linear(p, `${block}.first`, rmsNorm(hidden)), told));
    hidden = add(hidden, linear(p, `${block}.second`, inner));
  }
  return linear(p, 'out', silu(rmsNorm(hidden)));
}

/**
 * The denoised estimate D(x; sigma, reward) of noisy designs x = z + sigma n ([..., d]); sigma [..., 1] or [1]. Preconditioning of
 * Karras et al. (2022), table 1: D = c_skip x + c_out F(c_in x, ln(sigma) / 4), so that F's input and target have unit variance.
 */
export function denoise(p: NamedTensors, blocks: number, x: Tensor, sigma: Tensor, condition: Condition): Tensor {
  const variance = square(sigma);
  const total = add(variance, sigmaData ** 2);
  const skip = divide(sigmaData ** 2, total);
  const out = divide(multiply(sigma, sigmaData), sqrt(total));
  const scaled = divide(x, sqrt(total));
  return add(multiply(skip, x), multiply(out, network(p, blocks, scaled, conditionFeatures(sigma, condition))));
}

/** lambda(sigma) c_out^2 = 1: the loss weight that makes every noise level count the same at the start of training. */
export function lossWeight(sigma: Tensor): Tensor {
  const variance = square(sigma);
  return divide(add(variance, sigmaData ** 2), multiply(variance, sigmaData ** 2));
}
