import { randomOptimum } from './random.ts';
import { illConditioned, optimumOf, outerRotation, type MakeShape } from './instance.ts';
import { asymmetric, ellipsoid as bowl, linear, oscillate, shift, squares, through, type Cost } from './transforms.ts';

/** The square of the first coordinate and the sum of the others' squares, weighted. */
function firstAndRest(first: number, rest: number): Cost {
  return (x) => first * x[0]! ** 2 + rest * squares(x.subarray(1));
}

/** f10 */
export const ellipsoid: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  return { optimum, cost: through([shift(optimum), linear(outerRotation(instance)), oscillate], bowl(1e6)) };
};

/** f11 */
export const discus: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const cost = through([shift(optimum), linear(outerRotation(instance)), oscillate], firstAndRest(1e6, 1));
  return { optimum, cost };
};

/** f12 */
export const bentCigar: MakeShape = (instance) => {
  const optimum = randomOptimum(instance.dimension, instance.seed + 1_000_000);
  const rotate = linear(outerRotation(instance));
  return { optimum, cost: through([shift(optimum), rotate, asymmetric(0.5), rotate], firstAndRest(1, 1e6)) };
};

const ridge: Cost = (x) => x[0]! ** 2 + 100 * Math.sqrt(squares(x.subarray(1)));

/** f13 */
export const sharpRidge: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  return { optimum, cost: through([shift(optimum), linear(illConditioned(instance, 10))], ridge) };
};

const powers: Cost = (x) => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]!) ** (2 + (4 * i) / (x.length - 1));
  return Math.sqrt(sum);
};

/** f14 */
export const differentPowers: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  return { optimum, cost: through([shift(optimum), linear(outerRotation(instance))], powers) };
};
