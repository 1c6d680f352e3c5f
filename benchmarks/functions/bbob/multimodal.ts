import { transposedTimes } from '../matrix.ts';
import {
  illConditioned,
  innerRotation,
  multiple,
  optimumOf,
  outerRotation,
  rosenbrockFactor,
  stretched,
  type MakeShape,
} from './instance.ts';
import { rastrigin as waves } from './separable.ts';
import { affine, asymmetric, linear, oscillate, outside, shift, through, type Cost } from './transforms.ts';

/** f15 */
export const rastrigin: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const rotate = linear(outerRotation(instance));
  const inner = linear(illConditioned(instance, 10));
  return { optimum, cost: through([shift(optimum), rotate, oscillate, asymmetric(0.2), inner], waves) };
};

/** Amplitudes 2^-k and frequencies 3^k of the Weierstrass function's 12 summands. */
const summands = Array.from({ length: 12 }, (_, k) => ({ amplitude: 0.5 ** k, frequency: 3 ** k }));

function weierstrassWave(x: number): number {
  let sum = 0;
  for (const { amplitude, frequency } of summands) sum += amplitude * Math.cos(2 * Math.PI * frequency * (x + 0.5));
  return sum;
}

const leastWave = weierstrassWave(0);

const fractal: Cost = (x) => {
  let sum = 0;
  for (const value of x) sum += weierstrassWave(value);
  return 10 * (sum / x.length - leastWave) ** 3;
};

/** f16 */
export const weierstrass: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const rotate = linear(outerRotation(instance));
  const inner = through([shift(optimum), rotate, oscillate, linear(illConditioned(instance, 1 / 100))], fractal);
  return { optimum, cost: (x) => inner(x) + (10 / x.length) * outside(x) };
};

const rings: Cost = (x) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const radius = x[i]! ** 2 + x[i + 1]! ** 2;
    sum += radius ** 0.25 * (1 + Math.sin(50 * radius ** 0.1) ** 2);
  }
  return (sum / (x.length - 1)) ** 2;
};

/** f17 and f18 */
function schaffersOf(alpha: number): MakeShape {
  return (instance) => {
    const optimum = optimumOf(instance);
    const rotate = linear(outerRotation(instance));
    const inner = through([shift(optimum), rotate, asymmetric(0.5), linear(stretched(instance, alpha))], rings);
    return { optimum, cost: (x) => inner(x) + 10 * outside(x) };
  };
}

/** f17 */
export const schaffers: MakeShape = schaffersOf(10);
/** f18 */
export const illConditionedSchaffers: MakeShape = schaffersOf(1000);

const griewankOfRosenbrock: Cost = (x) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const valley = 100 * (x[i]! ** 2 - x[i + 1]!) ** 2 + (1 - x[i]!) ** 2;
    sum += valley / 4000 - Math.cos(valley);
  }
  return 10 + (10 * sum) / (x.length - 1);
};

/** f19 */
export const griewankRosenbrock: MakeShape = (instance) => {
  const { dimension } = instance;
  const factor = rosenbrockFactor(dimension);
  const rotate = innerRotation(instance);
  const optimum = transposedTimes(rotate, new Float64Array(dimension).fill(0.5 / factor));
  return { optimum, cost: through([linear(multiple(rotate, factor)), affine(1, 0.5)], griewankOfRosenbrock) };
};
