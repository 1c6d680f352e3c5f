import type { Parameter } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';
import { numberColumn, readColumns, type DataFile } from '../data.ts';
import type { ForestOptions } from './forest.ts';
import { hiddenForest } from './hidden-forest.ts';
import { best, byReward, rangeOf, rowsAt, type Rows, type Task } from './task.ts';

export const sampleTaskNames = ['concrete', 'airfoil'] as const;
export type SampleTaskName = (typeof sampleTaskNames)[number];

interface Sample {
  readonly file: DataFile;
  readonly reward: string;
  readonly direction: Direction;
  readonly unit: string;
}

const samples: { readonly [Name in SampleTaskName]: Sample } = {
  concrete: { file: 'uci/concrete.csv.gz', reward: 'strength', direction: 'maximize', unit: 'MPa' },
  airfoil: { file: 'uci/airfoil.csv.gz', reward: 'sound_pressure_level', direction: 'minimize', unit: 'dB' },
};

/** Of the rows, those with the worse rewards. */
const shownShare = 0.6;

/** Some seconds of one core. */
const forestOptions: ForestOptions = { trees: 50, bag: 500, columns: Infinity, leaf: 3 };

/** Values that reach over so many times the least one are taken by their logarithms: ages, frequencies. */
const wideRange = 50;

/** Between the least and the greatest value measured; whole where all of them are. */
function parameterOf(values: Float64Array): Parameter {
  const { min, max } = rangeOf(values);
  const wide = min > 0 && max > wideRange * min;
  return { type: values.every(Number.isInteger) ? 'integer' : 'real', min, max, ...(wide ? { scale: 'log' } : {}) };
}

/**
 * A table of numbers that is a sample of its space (UCI: concrete, Yeh 1998; airfoil noise, Brooks, Pope and Marcolini 1989). The 60 % of
 * rows with the worse rewards are visible, and a forest fitted on all rows is the truth.
 */
export function loadSampleTask(name: SampleTaskName): Task {
  const { file, reward, direction, unit } = samples[name];
  const columns = readColumns(file);
  const names = columns.names.filter((column) => column !== reward);
  const inputs = names.map((column) => numberColumn(columns, column));
  const rows: Rows = {
    designs: Array.from({ length: columns.rows }, (_, row) =>
      Object.fromEntries(names.map((column, j) => [column, inputs[j]![row]!])),
    ),
    rewards: numberColumn(columns, reward),
  };
  const worst = byReward(rows.rewards, direction)
    .slice(-Math.round(shownShare * columns.rows))
    .sort();
  const visible = rowsAt(rows, worst);
  const truth = hiddenForest({ names, rows, options: forestOptions, stream: `${name} oracle` });
  return {
    name,
    space: { parameters: Object.fromEntries(names.map((column, j) => [column, parameterOf(inputs[j]!)])) },
    reward,
    direction,
    visible,
    unit,
    range: rangeOf(rows.rewards),
    bestVisible: best(visible.rewards, direction),
    score: truth.predict,
    note: truth.note,
  };
}
