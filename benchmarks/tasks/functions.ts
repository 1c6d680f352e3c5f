import { randomStream } from '../../src/base/index.ts';
import type { Design, SpaceDefinition } from '../../src/space/index.ts';
import { numberColumn, readColumns } from '../data.ts';
import { best, byReward, type Rows, type Task } from './task.ts';

/** Branin (Dixon and Szegő 1978) on [-5, 10] x [0, 15]: minimum 0.397887 at (-π, 12.275), (π, 2.275) and (3π, 2.475). */
export function branin([x1 = NaN, x2 = NaN]: readonly number[]): number {
  const bend = x2 - (5.1 / (4 * Math.PI ** 2)) * x1 ** 2 + (5 / Math.PI) * x1 - 6;
  return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x1) + 10;
}

/** Ackley (1987): minimum 0 at 0. */
export function ackley(x: readonly number[]): number {
  const squares = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  const waves = x.reduce((sum, value) => sum + Math.cos(2 * Math.PI * value), 0) / x.length;
  return 20 + Math.E - 20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves);
}

/** Rastrigin (1974): minimum 0 at 0. */
export function rastrigin(x: readonly number[]): number {
  return x.reduce((sum, value) => sum + value * value - 10 * Math.cos(2 * Math.PI * value) + 10, 0);
}

/** Rosenbrock (1960): minimum 0 at (1, ..., 1). */
export function rosenbrock(x: readonly number[]): number {
  return x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0);
}

interface TestFunction {
  readonly value: (x: readonly number[]) => number;
  readonly bounds: readonly (readonly [min: number, max: number])[];
  /** All points that a task could show, and how many of the worst it shows. */
  readonly points: (bounds: TestFunction['bounds'], name: string) => readonly (readonly number[])[];
  readonly shown: number;
}

/** Points have four decimals: a table of full doubles would be three times as large. */
const resolution = 1e4;
const drawnPoints = 100_000;

/** Uniform points, the same in every run. */
const uniformPoints: TestFunction['points'] = (bounds, name) => {
  const stream = randomStream(0).split('uniform points', name);
  const place = (min: number, max: number): number =>
    Math.round(resolution * (min + stream.uniform() * (max - min))) / resolution;
  return Array.from({ length: drawnPoints }, () => bounds.map(([min, max]) => place(min, max)));
};

const braninPoints: TestFunction['points'] = () => {
  const columns = readColumns('branin/branin_unif.csv.gz');
  const [x1, x2] = [numberColumn(columns, 'x1'), numberColumn(columns, 'x2')];
  return Array.from(x1, (value, row) => [value, x2[row]!]);
};

function sixty(value: TestFunction['value'], min: number, max: number): TestFunction {
  const bounds = Array.from({ length: 60 }, () => [min, max] as const);
  return { value, bounds, points: uniformPoints, shown: drawnPoints / 2 };
}

export const functionTaskNames = ['branin', 'ackley-60', 'rastrigin-60', 'rosenbrock-60'] as const;
export type FunctionTaskName = (typeof functionTaskNames)[number];

/** Branin as DDOM shows it (Krishnamoorthy et al. 2023, section 4.1): the worst 4,500 of 5,000 uniform points. In 60 dimensions, bounds
 *  and half of the points as in RGD (Chen et al. 2024) and DiBO (Yun et al. 2025). */
const functions: { readonly [Name in FunctionTaskName]: TestFunction } = {
  branin: {
    value: branin,
    bounds: [
      [-5, 10],
      [0, 15],
    ],
    points: braninPoints,
    shown: 4500,
  },
  'ackley-60': sixty(ackley, -5, 10),
  'rastrigin-60': sixty(rastrigin, -5, 5),
  'rosenbrock-60': sixty(rosenbrock, -5, 10),
};

function nameOf(coordinate: number): string {
  return `x${coordinate + 1}`;
}

function designAt(point: readonly number[]): Design {
  return Object.fromEntries(point.map((value, j) => [nameOf(j), value]));
}

/** A test function as a task: its worst points are visible, the function itself is the truth. */
export function loadFunctionTask(name: FunctionTaskName): Task {
  const { value, bounds, points, shown } = functions[name];
  const all = points(bounds, name);
  const values = Float64Array.from(all, value);
  const order = byReward(values, 'minimize');
  const worst = order.subarray(order.length - shown).sort();
  const visible: Rows = {
    designs: Array.from(worst, (row) => designAt(all[row]!)),
    rewards: Float64Array.from(worst, (row) => values[row]!),
  };
  const names = bounds.map((_, j) => nameOf(j));
  const space: SpaceDefinition = {
    parameters: Object.fromEntries(bounds.map(([min, max], j) => [nameOf(j), { type: 'real', min, max }])),
  };
  return {
    name,
    space,
    reward: 'y',
    direction: 'minimize',
    visible,
    unit: 'function value',
    bestVisible: best(visible.rewards, 'minimize'),
    score: (design) => value(names.map((coordinate) => Number(design[coordinate]))),
  };
}
