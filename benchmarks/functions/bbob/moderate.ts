import { times, transposedTimes } from '../matrix.ts';
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
import {
  affine,
  chain,
  ellipsoid,
  linear,
  oscillated,
  outside,
  rounded,
  shift,
  through,
  type Cost,
  type Transform,
} from './transforms.ts';

/** f6: coordinates that point to the optimum's side count 10,000 times as much. */
export const attractiveSector: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const sector: Cost = (z) => {
    let sum = 0;
    for (let i = 0; i < z.length; i++) sum += (z[i]! * optimum[i]! > 0 ? 1e4 : 1) * z[i]! ** 2;
    return oscillated(sum) ** 0.9;
  };
  return { optimum, cost: through([shift(optimum), linear(illConditioned(instance, 10))], sector) };
};

/** Whole numbers far from 0, tenths near it. */
const steps: Transform = (x) => x.map((value) => (Math.abs(value) > 0.5 ? rounded(value) : rounded(10 * value) / 10));

/** f7 */
export const stepEllipsoid: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const before = chain(shift(optimum), linear(stretched(instance, 10)));
  const rotate = outerRotation(instance);
  const bowl = ellipsoid(100);
  const cost: Cost = (x) => {
    const point = before(x);
    return 0.1 * Math.max(1e-4 * Math.abs(point[0]!), bowl(times(rotate, steps(point)))) + outside(x);
  };
  return { optimum, cost };
};

/** The sum of 100 (x_i^2 - x_i+1)^2 + (x_i - 1)^2. */
const valley: Cost = (x) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i]! ** 2 - x[i + 1]!) ** 2 + (x[i]! - 1) ** 2;
  return sum;
};

/** f8 */
export const rosenbrock: MakeShape = (instance) => {
  const optimum = optimumOf(instance).map((value) => 0.75 * value);
  const factor = rosenbrockFactor(instance.dimension);
  return { optimum, cost: through([shift(optimum), affine(factor, 1)], valley) };
};

/** f9 */
export const rotatedRosenbrock: MakeShape = (instance) => {
  const { dimension } = instance;
  const factor = rosenbrockFactor(dimension);
  const rotate = innerRotation(instance);
  const optimum = transposedTimes(rotate, new Float64Array(dimension).fill(0.5 / factor));
  return { optimum, cost: through([linear(multiple(rotate, factor)), affine(1, 0.5)], valley) };
};
