import { optimumOf, type MakeShape } from './instance.ts';
import {
  asymmetric,
  condition,
  ellipsoid,
  oscillate,
  outside,
  scale,
  shift,
  squares,
  through,
  type Cost,
  type Transform,
} from './transforms.ts';

/** 10 (d - sum of cos 2πx_i) + x^T x */
export const rastrigin: Cost = (x) => {
  let waves = 0;
  for (const value of x) waves += Math.cos(2 * Math.PI * value);
  return 10 * (x.length - waves) + squares(x);
};

/** f1 */
export const sphere: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  return { optimum, cost: through([shift(optimum)], squares) };
};

/** f2 */
export const separableEllipsoid: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  return { optimum, cost: through([shift(optimum), oscillate], ellipsoid(1e6)) };
};

/** f3 */
export const separableRastrigin: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const stretch = scale(condition(instance.dimension, 10));
  return { optimum, cost: through([shift(optimum), oscillate, asymmetric(0.2), stretch], rastrigin) };
};

/** Positive coordinates at odd places, counted from 1, are ten times as steep. */
const skewed =
  (scales: Float64Array): Transform =>
  (x) =>
    x.map((value, i) => (value > 0 && i % 2 === 0 ? 10 : 1) * scales[i]! * value);

/** f4. Its optimum is positive at odd places, as in the reference program, though the definition does not say so. */
export const buecheRastrigin: MakeShape = (instance) => {
  const optimum = optimumOf(instance).map((value, i) => (i % 2 === 0 ? Math.abs(value) : value));
  const inner = through([shift(optimum), oscillate, skewed(condition(instance.dimension, 10))], rastrigin);
  return { optimum, cost: (x) => inner(x) + 100 * outside(x) };
};

/** f5: a plane that ends at the corner of the box towards which it falls, flat beyond it. */
export const linearSlope: MakeShape = (instance) => {
  const optimum = optimumOf(instance).map((value) => (value < 0 ? -5 : 5));
  const slopes = condition(instance.dimension, 100);
  const cost: Cost = (x) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += slopes[i]! * (5 - Math.min(5, x[i]! * Math.sign(optimum[i]!)));
    return sum;
  };
  return { optimum, cost };
};
