import type { RandomStream } from '../../../src/base/index.ts';
import type { Design, Parameter, SpaceDefinition, Value } from '../../../src/space/index.ts';
import type { Direction } from '../../../src/table/index.ts';
import { numberColumn, readColumns, textColumn, type Columns, type DataFile } from '../../data.ts';
import { mean } from '../../statistics.ts';
import { givenSpace } from '../laboratory.ts';
import { lookupOracle } from '../lookup.ts';
import { topOf, type Budget, type OnlineTask } from './task.ts';

/** A table whose rows are all that can be measured. */
interface Source {
  readonly file: DataFile;
  readonly direction: Direction;
  /** The column of the reward; several, named with a number after this, hold repeated measurements. */
  readonly reward: string;
  readonly space: (columns: Columns, reward: string) => SpaceDefinition;
}

const lab = ['buchwald_a', 'buchwald_b', 'suzuki_edbo', 'crossed_barrel', 'photo_pce10'] as const;
const grids = ['hpo-naval', 'hpo-parkinsons', 'hpo-car', 'hpo-phoneme', 'hpo-segment', 'hpo-nasbench201'] as const;

export const labNames: readonly TableName[] = lab;
export const gridNames: readonly TableName[] = grids;
export const sequenceName = 'tf-bind-8-online';
export type TableName = (typeof lab)[number] | (typeof grids)[number] | typeof sequenceName;
export const tableNames: readonly TableName[] = [...lab, ...grids, sequenceName];

function laboratory(name: (typeof lab)[number], reward: string, direction: Direction): Source {
  const file: DataFile = `lab/${name}.csv.gz`;
  // A constraint is not needed where only rows are measured, which obey it.
  return { file, reward, direction, space: () => ({ parameters: givenSpace(file).parameters }) };
}

function grid(name: string, reward: string, direction: Direction): Source {
  return { file: `hpo/${name}.csv.gz`, reward, direction, space: inferredGrid };
}

const sources: { readonly [Name in TableName]: Source } = {
  buchwald_a: laboratory('buchwald_a', 'yield', 'maximize'),
  buchwald_b: laboratory('buchwald_b', 'yield', 'maximize'),
  suzuki_edbo: laboratory('suzuki_edbo', 'yield', 'maximize'),
  crossed_barrel: laboratory('crossed_barrel', 'toughness', 'maximize'),
  photo_pce10: laboratory('photo_pce10', 'degradation', 'minimize'),
  'hpo-naval': grid('hpolib_naval_propulsion', 'valid_mse', 'minimize'),
  'hpo-parkinsons': grid('hpolib_parkinsons_telemonitoring', 'valid_mse', 'minimize'),
  'hpo-car': grid('hpobench_car', 'valid_accuracy', 'maximize'),
  'hpo-phoneme': grid('hpobench_phoneme', 'valid_accuracy', 'maximize'),
  'hpo-segment': grid('hpobench_segment', 'valid_accuracy', 'maximize'),
  'hpo-nasbench201': grid('nasbench201_cifar10', 'valid_accuracy', 'maximize'),
  'tf-bind-8-online': {
    file: 'tfbind8/tfbind8.csv.gz',
    reward: 'score',
    direction: 'maximize',
    space: () => ({ parameters: { sequence: { type: 'sequence', alphabet: 'ACGT', length: 8 } } }),
  },
};

function isReward(column: string, reward: string): boolean {
  return column === reward || column.startsWith(`${reward}_seed`);
}

/** Numbers as levels in their order, words as choices. */
function inferredGrid(columns: Columns, reward: string): SpaceDefinition {
  const parameters = columns.names
    .filter((name) => !isReward(name, reward))
    .map((name): [string, Parameter] => {
      const values = [...new Set(textColumn(columns, name))];
      const numbers = values.map(Number);
      return numbers.some(Number.isNaN)
        ? [name, { type: 'categorical', values: values.toSorted() }]
        : [name, { type: 'ordinal', values: numbers.toSorted((a, b) => a - b) }];
    });
  return { parameters: Object.fromEntries(parameters) };
}

function isWord({ type, values }: Parameter & { readonly values?: readonly Value[] }): boolean {
  return type === 'sequence' || (type === 'categorical' && typeof values?.[0] === 'string');
}

function designsIn(columns: Columns, { parameters }: SpaceDefinition): readonly Design[] {
  const cells = Object.entries(parameters).map(
    ([name, parameter]) => [name, isWord(parameter) ? textColumn(columns, name) : numberColumn(columns, name)] as const,
  );
  return Array.from({ length: columns.rows }, (_, row) =>
    Object.fromEntries(cells.map(([name, values]) => [name, values[row]!])),
  );
}

/** What was measured of each row, failures left out. */
function measurementsOf(columns: Columns, reward: string, sign: number): readonly (readonly number[])[] {
  const repeats = columns.names.filter((name) => isReward(name, reward)).map((name) => numberColumn(columns, name));
  return Array.from({ length: columns.rows }, (_, row) =>
    repeats.flatMap((values) => (Number.isNaN(values[row]) ? [] : [sign * values[row]!])),
  );
}

/** 10 random rows, then 10 rounds of 8, for sequences 5 of 96. */
export function tableBudget(name: TableName): Budget {
  const [rounds, batch] = name === sequenceName ? [5, 96] : [10, 8];
  return { evaluations: 10 + rounds * batch, batch, initial: 10 };
}

/**
 * A complete table as a task. The truth of a row is the mean of what was
 * measured of it; where it was measured repeatedly, measuring it gives one of these values. Throws a data error where the data is missing.
 */
export function tableTask(name: TableName): OnlineTask {
  const { file, reward, direction, space: spaceOf } = sources[name];
  const columns = readColumns(file);
  const space = spaceOf(columns, reward);
  const sign = direction === 'maximize' ? -1 : 1;
  const measured = measurementsOf(columns, reward, sign);
  const names = Object.keys(space.parameters);
  const designs = designsIn(columns, space);
  const means = measured.map((values) => mean(values));
  const { designs: rows, score: truth } = lookupOracle(file, names, designs, means);
  const numbers = lookupOracle(
    file,
    names,
    rows,
    rows.map((_, row) => row),
  );
  const repeats = new Map<number, number[]>();
  designs.forEach((design, row) => {
    const at = numbers.score(design);
    repeats.set(at, [...(repeats.get(at) ?? []), ...measured[row]!]);
  });
  const measure = (design: Design, stream: RandomStream): number => {
    const values = repeats.get(numbers.score(design))!;
    return values[values.length > 1 ? stream.integer(values.length) : 0]!;
  };
  const costs = rows.map(truth);
  return {
    name,
    problem: { name, space, measure, truth },
    ...tableBudget(name),
    // Every sequence was measured, so a method may ask for any.
    ...(name === sequenceName ? { start: 'random' } : { candidates: rows }),
    least: costs.reduce((a, b) => Math.min(a, b)),
    ...topOf(costs),
    ...(sign === -1 ? { sign } : {}),
  };
}
