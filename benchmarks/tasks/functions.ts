import { randomStream } from '../../src/base/index.ts';
import { numberColumn, readColumns } from '../data.ts';
import { braninFunction, classic, type ClassicName } from '../functions/classic.ts';
import type { BoxFunction, Interval } from '../functions/function.ts';
import { boxSpace, designAt, pointAt } from '../functions/problem.ts';
import { best, byReward, rangeOf, type Rows, type Task } from './task.ts';

interface Shown {
  readonly source: BoxFunction;
  /** All points that a task could show, and how many of the worst it shows. */
  readonly points: (bounds: readonly Interval[], name: string) => readonly (readonly number[])[];
  readonly shown: number;
}

/** Points have four decimals: a table of full doubles would be three times as large. */
const resolution = 1e4;
const drawnPoints = 100_000;

/** Uniform points, the same in every run. */
const uniformPoints: Shown['points'] = (bounds, name) => {
  const stream = randomStream(0).split('uniform points', name);
  const place = (min: number, max: number): number =>
    Math.round(resolution * (min + stream.uniform() * (max - min))) / resolution;
  return Array.from({ length: drawnPoints }, () => bounds.map(([min, max]) => place(min, max)));
};

const braninPoints: Shown['points'] = () => {
  const columns = readColumns('branin/branin_unif.csv.gz');
  const [x1, x2] = [numberColumn(columns, 'x1'), numberColumn(columns, 'x2')];
  return Array.from(x1, (value, row) => [value, x2[row]!]);
};

function sixty(name: ClassicName): Shown {
  return { source: classic(name, 60), points: uniformPoints, shown: drawnPoints / 2 };
}

export const functionTaskNames = ['branin', 'ackley-60', 'rastrigin-60', 'rosenbrock-60'] as const;
export type FunctionTaskName = (typeof functionTaskNames)[number];

/** Branin as DDOM shows it (Krishnamoorthy et al. 2023, section 4.1): the worst 4,500 of 5,000 uniform points. In 60 dimensions, bounds
 *  and half of the points as in RGD (Chen et al. 2024) and DiBO (Yun et al. 2025). */
const functions: { readonly [Name in FunctionTaskName]: Shown } = {
  branin: { source: braninFunction, points: braninPoints, shown: 4500 },
  'ackley-60': sixty('ackley'),
  'rastrigin-60': sixty('rastrigin'),
  'rosenbrock-60': sixty('rosenbrock'),
};

/** A test function as a task: its worst points are visible, the function itself is the truth. */
export function loadFunctionTask(name: FunctionTaskName): Task {
  const { source, points, shown } = functions[name];
  const { bounds, evaluate } = source;
  const all = points(bounds, name).map((point) => Float64Array.from(point));
  const values = Float64Array.from(all, evaluate);
  const order = byReward(values, 'minimize');
  const worst = order.subarray(order.length - shown).sort();
  const visible: Rows = {
    designs: Array.from(worst, (row) => designAt(all[row]!)),
    rewards: Float64Array.from(worst, (row) => values[row]!),
  };
  return {
    name,
    space: boxSpace(bounds),
    reward: 'y',
    direction: 'minimize',
    visible,
    unit: 'function value',
    range: rangeOf(values),
    bestVisible: best(visible.rewards, 'minimize'),
    score: (design) => evaluate(pointAt(design, bounds.length)),
  };
}
