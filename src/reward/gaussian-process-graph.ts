import {
  add,
  concat,
  constant,
  cos,
  exp,
  matMul,
  maximum,
  multiply,
  relu,
  sin,
  sqrt,
  square,
  subtract,
  sum,
  type Tensor,
} from '../graph/index.ts';
import { additiveLayout, frequency, harmonicShares, type AdditiveLayout, type AdditiveOptions } from './additive.ts';
import {
  additiveLogLength,
  additiveVariance,
  inverseLengths,
  noiseVariance,
  placed,
  priorVariance,
  signalVariance,
  type Hyperparameters,
  type Inputs,
} from './kernel.ts';
import type { Conditioned } from './marginal-likelihood.ts';
import { optionLayout, optionValue } from './options.ts';

/** Of encoded designs [m, d] with n known ones, noise left out. */
export interface Covariances {
  /** [m, n]. */
  readonly whole: (designs: Tensor) => Tensor;
  /** Times weights (n), [m, 1]; the additive part without an [m, n] product. */
  readonly weighted: (designs: Tensor, weights: Float64Array) => Tensor;
}

/** `unit` (d): what encoded coordinates are multiplied by to be those of `known`. */
export function covariancesWith(known: Inputs, unit: Float64Array, theta: Hyperparameters): Covariances {
  const { groups } = known;
  const n = known.designs.length / groups.length;
  const product = productWith(known, unit, theta);
  const times = (left: Tensor, weights: Float64Array): Tensor => matMul(left, constant(weights, [weights.length, 1]));
  const layout = additiveLayout(known);
  if (layout === undefined) {
    return { whole: product, weighted: (designs, weights) => times(product(designs), weights) };
  }
  const { features, ofKnown, offsets, width } = additiveWith(known, unit, layout, theta);
  return {
    whole: (designs) => {
      const additive = matMul(features(designs), constant(ofKnown, [n, width]), { transposeB: true });
      return add(product(designs), add(additive, constant(offsets, [1, n])));
    },
    weighted: (designs, weights) => {
      const collected = new Float64Array(width);
      ofKnown.forEach((value, at) => (collected[at % width]! += value * weights[Math.floor(at / width)]!));
      const offset = offsets.reduce((total, value, i) => total + value * weights[i]!, 0);
      return add(times(product(designs), weights), add(times(features(designs), collected), offset));
    },
  };
}

/** Added to squared distances: the root's slope stays finite. */
const smallestSquare = 1e-8;

/** Places (`placed`) of encoded designs times sqrt 5, less that of the vector of zeros, [m, d]. */
function placesOf(known: Inputs, unit: Float64Array, theta: Hyperparameters): (designs: Tensor) => Tensor {
  const { groups } = known;
  const d = groups.length;
  const scales = inverseLengths(groups, theta).map((one) => Math.sqrt(5) * one);
  const layout = optionLayout(known);
  if (layout === undefined) {
    const factors = constant(scales.map((scale, k) => scale * unit[k]!));
    return (designs) => multiply(designs, factors);
  }
  const map = new Float64Array(d * d);
  for (let k = 0; k < d; k++) map[k * (d + 1)] = scales[k]! * unit[k]!;
  for (const { first, options, at } of layout.choices) {
    for (let option = 0; option < options; option++) {
      const point = at + option * options;
      for (let q = 0; q < options; q++) {
        // An encoded choice is -1 or 1.
        map[(first + option) * d + first + q] = 0.5 * scales[first]! * theta[point + q]!;
      }
    }
  }
  return (designs) => matMul(designs, constant(map, [d, d]));
}

/** The Matern part, [m, n]. Factors are within constants: an [m, n] product is what costs. */
function productWith(known: Inputs, unit: Float64Array, theta: Hyperparameters): (designs: Tensor) => Tensor {
  const { designs, groups } = known;
  const d = groups.length;
  const n = designs.length / d;
  const places = placesOf(known, unit, theta);
  const all = placed(known, theta).map((value) => Math.sqrt(5) * value);
  const center = new Float64Array(d);
  all.forEach((value, i) => (center[i % d]! += value / n));
  const z = all.map((value, i) => value - center[i % d]!);
  const squares = new Float64Array(n);
  z.forEach((value, i) => (squares[Math.floor(i / d)]! += value * value));
  const minusTwice = z.map((value) => -2 * value);
  const logVariance = Math.log(signalVariance(theta));
  const origin = placed({ ...known, designs: new Float64Array(d) }, theta);
  const shift = center.map((value, k) => value - Math.sqrt(5) * origin[k]!);
  return (raw) => {
    const x = subtract(places(raw), constant(shift));
    const cross = matMul(x, constant(minusTwice, [n, d]), { transposeB: true });
    const squared = relu(add(add(cross, sum(square(x), [1], true)), constant(squares, [1, n])));
    const r = sqrt(add(squared, 5 * smallestSquare));
    return multiply(add(add(multiply(squared, 1 / 3), r), 1), exp(subtract(logVariance, r)));
  };
}

interface Additive {
  /** [m, width]. */
  readonly features: (designs: Tensor) => Tensor;
  /** What features of known designs are multiplied by, n x width. */
  readonly ofKnown: Float64Array;
  /** Added for known designs (n). */
  readonly offsets: Float64Array;
  readonly width: number;
}

/** The additive part: covariances are features times `ofKnown`, and `offsets`. */
function additiveWith(
  known: Inputs,
  unit: Float64Array,
  { numbers, options, parameters, harmonics }: AdditiveLayout,
  theta: Hyperparameters,
): Additive {
  const { designs, groups } = known;
  const d = groups.length;
  const n = designs.length / d;
  const each = additiveVariance(known, theta) / parameters;
  const { shares } = harmonicShares(harmonics, additiveLogLength(theta));
  const waves = numbers.length * harmonics;
  const width = 2 * waves + (options.length > 0 ? d : 0);
  const frequencies = new Float64Array(d * waves);
  const ofKnown = new Float64Array(n * width);
  const offsets = new Float64Array(n);
  numbers.forEach((k, place) => {
    for (let j = 0; j < harmonics; j++) {
      const at = place * harmonics + j;
      frequencies[k * waves + at] = frequency(j) * unit[k]!;
      for (let i = 0; i < n; i++) {
        const phase = frequency(j) * designs[i * d + k]!;
        ofKnown[i * width + at] = each * shares[j]! * Math.cos(phase);
        ofKnown[i * width + waves + at] = each * shares[j]! * Math.sin(phase);
      }
    }
  });
  for (const k of options) {
    for (let i = 0; i < n; i++) {
      const half = 0.5 * each * optionValue(designs[i * d + k]!);
      // An encoded choice is -1 or 1.
      ofKnown[i * width + 2 * waves + k] = half;
      offsets[i]! += half;
    }
  }
  return {
    features: (raw) => {
      const phases = numbers.length === 0 ? undefined : matMul(raw, constant(frequencies, [d, waves]));
      return concat([...(phases ? [cos(phases), sin(phases)] : []), ...(options.length > 0 ? [raw] : [])], 1);
    },
    ofKnown,
    offsets,
    width,
  };
}

export interface Posterior {
  /** [m, 1], of standardised rewards. */
  readonly mean: Tensor;
  /** [m, 1], noise included. */
  readonly variance: Tensor;
}

/** The posterior by covariances [m, n]. They are whitened first: K^-1 itself would not survive float32. */
export function posterior(
  covariances: Tensor,
  { whitening, whitened, mean }: Conditioned,
  known: AdditiveOptions,
  theta: Hyperparameters,
): Posterior {
  const n = whitened.length;
  const white = matMul(covariances, constant(whitening, [n, n]), { transposeB: true });
  const left = maximum(subtract(priorVariance(known, theta), sum(square(white), [1], true)), 0);
  return {
    mean: add(matMul(white, constant(whitened, [n, 1])), mean),
    variance: add(left, noiseVariance(theta)),
  };
}

/** The posterior's mean, [m, 1], to a few digits less and without the n x n product: for its slope. */
export function quickMean(covariances: Covariances, designs: Tensor, { weights, mean }: Conditioned): Tensor {
  return add(covariances.weighted(designs, weights), mean);
}
