import { box, type Interval, type TestFunction } from './function.ts';

/** Sphere: minimum 0 at 0. */
export function sphere(x: ArrayLike<number>): number {
  return total(x, (value) => value * value);
}

/** Ackley (1987): minimum 0 at 0. */
export function ackley(x: ArrayLike<number>): number {
  const squares = total(x, (value) => value * value) / x.length;
  const waves = total(x, (value) => Math.cos(2 * Math.PI * value)) / x.length;
  return 20 + Math.E - 20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves);
}

/** Rastrigin (1974): minimum 0 at 0. */
export function rastrigin(x: ArrayLike<number>): number {
  return total(x, (value) => value * value - 10 * Math.cos(2 * Math.PI * value) + 10);
}

/** Rosenbrock (1960): minimum 0 at (1, ..., 1). */
export function rosenbrock(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
  return sum;
}

/** Levy (Laguna and Martí 2005): minimum 0 at (1, ..., 1). */
export function levy(x: ArrayLike<number>): number {
  const w = (i: number): number => 1 + (x[i]! - 1) / 4;
  const last = x.length - 1;
  let sum = Math.sin(Math.PI * w(0)) ** 2;
  for (let i = 0; i < last; i++) sum += (w(i) - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * w(i) + 1) ** 2);
  return sum + (w(last) - 1) ** 2 * (1 + Math.sin(2 * Math.PI * w(last)) ** 2);
}

/** Branin (Dixon and Szegő 1978) on [-5, 10] x [0, 15]: minimum 0.397887 at (-π, 12.275), (π, 2.275) and (3π, 2.475). */
export function branin(x: ArrayLike<number>): number {
  const [x1, x2] = [x[0]!, x[1]!];
  const bend = x2 - (5.1 / (4 * Math.PI ** 2)) * x1 ** 2 + (5 / Math.PI) * x1 - 6;
  return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x1) + 10;
}

function total(x: ArrayLike<number>, term: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += term(x[i]!);
  return sum;
}

export const classicNames = ['sphere', 'ackley', 'rastrigin', 'levy', 'rosenbrock'] as const;
export type ClassicName = (typeof classicNames)[number];

interface Classic {
  readonly value: (x: ArrayLike<number>) => number;
  readonly interval: Interval;
  /** Every coordinate of the optimum; its cost is 0. */
  readonly at: number;
}

/** Bounds as in TuRBO (Eriksson et al. 2019), LA-MCTS (Wang et al. 2020) and DiBO (Yun et al. 2025). */
const classics: { readonly [Name in ClassicName]: Classic } = {
  sphere: { value: sphere, interval: [-5, 5], at: 0 },
  ackley: { value: ackley, interval: [-5, 10], at: 0 },
  rastrigin: { value: rastrigin, interval: [-5, 5], at: 0 },
  levy: { value: levy, interval: [-10, 10], at: 1 },
  rosenbrock: { value: rosenbrock, interval: [-5, 10], at: 1 },
};

/** A function of any number of coordinates, in the bounds that the field uses. */
export function classic(name: ClassicName, dimension: number): TestFunction {
  const { value, interval, at } = classics[name];
  return {
    name: `${name}-${dimension}`,
    bounds: box(dimension, ...interval),
    evaluate: value,
    optimum: new Float64Array(dimension).fill(at),
    optimalValue: 0,
  };
}

/** Branin as a function of a box; one of its three optima. */
export const braninFunction: TestFunction = {
  name: 'branin',
  bounds: [
    [-5, 10],
    [0, 15],
  ],
  evaluate: branin,
  optimum: Float64Array.of(Math.PI, 2.275),
  optimalValue: 0.39788735772973816,
};
