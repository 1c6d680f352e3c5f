import { usageError } from '../base/index.ts';
import { compile, designOf, exactTolerances, type Compiled } from './compile.ts';
import type { Design, Space, Value } from './types.ts';

/** Per row, the least and the most that the parameters from a column on can add to its sum. */
interface Reach {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

interface Choices {
  readonly count: number;
  readonly valueAt: (index: number) => Value;
}

function choicesOf({ columns }: Compiled, fixed: Design): Choices[] {
  return columns.map(({ column, codec }) => {
    const value = fixed[column.name];
    return value === undefined ? codec : { count: 1, valueAt: () => value };
  });
}

/** The weight of every column in a row, 0 for columns that it does not name. */
function columnWeights({ rows, names }: Compiled): number[][] {
  return rows.map((row) => names.map((name) => row.weights[row.names.indexOf(name)] ?? 0));
}

function term(weight: number, value: Value): number {
  return weight === 0 ? 0 : weight * Number(value);
}

function reachOf(choices: readonly Choices[], weights: readonly number[]): Reach {
  const least = new Float64Array(choices.length + 1);
  const most = new Float64Array(choices.length + 1);
  for (let at = choices.length - 1; at >= 0; at--) {
    const { count, valueAt } = choices[at]!;
    const ends = [term(weights[at]!, valueAt(0)), term(weights[at]!, valueAt(count - 1))];
    least[at] = least[at + 1]! + Math.min(...ends);
    most[at] = most[at + 1]! + Math.max(...ends);
  }
  return { least, most };
}

/**
 * The feasible designs of a finite space in lexicographic order (of columns, and of each parameter's values), at most `limit` of
 * them; fixed values are kept. Throws a usage error when a real parameter without a step is free.
 */
export function* enumerate(space: Space, limit: number = Infinity): Generator<Design, void, undefined> {
  const compiled = compile(space.definition);
  const choices = choicesOf(compiled, space.fixed);
  const endless = compiled.columns.find(
    ({ codec }, at) => codec.lattice === undefined && choices[at]!.count === Infinity && codec.shape.kind === 'scalar',
  );
  if (endless !== undefined) {
    throw usageError(`the designs cannot be listed, since ${endless.column.name} is a real parameter without a step`);
  }
  const weights = columnWeights(compiled);
  const reaches = weights.map((row) => reachOf(choices, row));
  const tolerances = exactTolerances(compiled);
  const sums = compiled.rows.map(() => new Float64Array(choices.length + 1));
  const values: Value[] = [];
  let left = limit;

  /** Whether the rows can still be satisfied when the first `at` values are chosen. */
  function open(at: number): boolean {
    return compiled.rows.every((row, r) => {
      const sum = sums[r]![at]!;
      const { least, most } = reaches[r]!;
      return sum + most[at]! >= row.lower - tolerances[r]! && sum + least[at]! <= row.upper + tolerances[r]!;
    });
  }

  function* from(at: number): Generator<Design, void, undefined> {
    if (left <= 0) return;
    if (at === choices.length) {
      left--;
      yield designOf(compiled.names, values);
      return;
    }
    const { count, valueAt } = choices[at]!;
    for (let index = 0; index < count && left > 0; index++) {
      values[at] = valueAt(index);
      weights.forEach((row, r) => (sums[r]![at + 1] = sums[r]![at]! + term(row[at]!, values[at]!)));
      if (open(at + 1)) yield* from(at + 1);
    }
  }

  yield* from(0);
}
