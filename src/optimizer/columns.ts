import {
  add,
  argMax,
  clamp,
  concat,
  constant,
  exp,
  expandLike,
  gather,
  multiply,
  negate,
  reshape,
  round,
  slice,
  square,
  subtract,
  sum,
  type NamedValues,
  type Tensor,
} from '../graph/index.ts';
import {
  toCoordinate,
  type Design,
  type OnehotColumn,
  type RealParameter,
  type ScalarColumn,
  type Space,
} from '../space/index.ts';

/** Name of the output that holds a parameter's column. */
export function outputName(parameter: string): string {
  return `design/${parameter}`;
}

/** The value in own units, [n]: v = low + (x + 1) / 2 (high - low), in logarithms on a log scale, on its step where it has one. */
function numeric(x: Tensor, { axis, parameter }: ScalarColumn): Tensor {
  const { low, high, log } = axis;
  const part = clamp(multiply(add(x, 1), 0.5), 0, 1);
  const value =
    low === high
      ? expandLike(constant([low], [1]), x)
      : log
        ? multiply(exp(multiply(part, Math.log(high / low))), low)
        : add(multiply(part, high - low), low);
  const step =
    parameter.type === 'integer' ? (parameter.step ?? 1) : parameter.type === 'real' ? parameter.step : undefined;
  const stepped =
    step === undefined ? value : add(multiply(round(multiply(subtract(value, low), 1 / step)), step), low);
  return clamp(stepped, low, high);
}

/** Less than any score. */
const least = -1e3;

/** The place of the first largest score along the last axis; -1 where a score is not a number, which an index could not say. */
function placeOfLargest(scores: Tensor): Tensor {
  const last = scores.shape.length - 1;
  const count = scores.shape[last] as number;
  const sentinel = add(multiply(sum(scores, [last], true), 0), least);
  const places = Array.from({ length: count + 1 }, (_, place) => place - 1);
  return gather(constant(places, [count + 1], 'int'), argMax(concat([sentinel, scores], last), last));
}

/** The position in the list, [n] int: the level nearest to the coordinate. */
function ordinal(x: Tensor, count: number): Tensor {
  const levels = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (2 * i) / (count - 1) - 1));
  return placeOfLargest(negate(square(subtract(reshape(x, ['n', 1]), constant(levels)))));
}

/** The chosen category, [n] int; for a sequence the letters, [n, positions] int. */
function choices(x: Tensor, { parameter, positions, choices: count }: OnehotColumn): Tensor {
  return placeOfLargest(parameter.type === 'sequence' ? reshape(x, ['n', positions, count]) : x);
}

/** Encoded designs [n, d] as one output per column in its own units: numbers as float32, everything chosen from a list as int64
 *  (-1 where it is not a number). */
export function columnOutputs(space: Space): (designs: Tensor) => Readonly<Record<string, Tensor>> {
  return (designs) =>
    Object.fromEntries(
      space.columns.map((column) => {
        const x = slice(designs, 1, column.offset, column.offset + column.width);
        const { parameter } = column;
        const output =
          column.kind === 'onehot'
            ? choices(x, column)
            : parameter.type === 'ordinal'
              ? ordinal(x, parameter.values.length)
              : numeric(reshape(x, ['n']), column);
        return [outputName(column.name), output];
      }),
    );
}

/** The encoded designs (n x d) that column outputs stand for: numbers before steps, bounds and constraints are repaired. */
function encodedFromOutputs(space: Space, outputs: NamedValues): Float64Array {
  const [first] = space.columns;
  const n = first === undefined ? 0 : outputs[outputName(first.name)]!.shape[0]!;
  const rows = new Float64Array(n * space.dimension);
  for (const column of space.columns) {
    const { data } = outputs[outputName(column.name)]!;
    for (let i = 0; i < n; i++) {
      const start = i * space.dimension + column.offset;
      if (column.kind === 'scalar') {
        const isChosen = column.parameter.type === 'ordinal';
        rows[start] = isChosen && data[i]! < 0 ? NaN : toCoordinate(column.axis, data[i]!);
        continue;
      }
      for (let position = 0; position < column.positions; position++) {
        const group = start + position * column.choices;
        const choice = data[i * column.positions + position]!;
        rows.fill(choice < 0 ? NaN : -1, group, group + column.choices);
        if (choice >= 0) rows[group + choice] = 1;
      }
    }
  }
  return rows;
}

interface FreeReal {
  readonly name: string;
  readonly parameter: RealParameter;
}

/** Reals without a step whose value nothing decides but the sampler. */
function freeReals({ definition, fixed }: Space): FreeReal[] {
  const coupled = new Set(
    (definition.constraints ?? []).flatMap((constraint) =>
      'sum' in constraint ? constraint.sum : Object.keys(constraint.linear),
    ),
  );
  return Object.entries(definition.parameters).flatMap(([name, parameter]) =>
    parameter.type === 'real' && parameter.step === undefined && fixed[name] === undefined && !coupled.has(name)
      ? [{ name, parameter }]
      : [],
  );
}

/**
 * The designs that column outputs stand for, n of them, bounds, steps, fixed values and constraints obeyed; undefined where no repair
 * was found. A real that nothing ties down is the very number of the output. Throws a data error where a number is not finite.
 */
export function designsFromOutputs(space: Space, outputs: NamedValues): readonly (Design | undefined)[] {
  const rows = encodedFromOutputs(space, outputs);
  const free = freeReals(space);
  return Array.from({ length: rows.length / space.dimension }, (_, row) => {
    const decoded = space.decode(rows, row * space.dimension);
    if (decoded === undefined) return undefined;
    const own = free.map(({ name, parameter: { min, max } }) => {
      const value = outputs[outputName(name)]!.data[row]!;
      return [name, Math.min(Math.max(value, min), max)] as const;
    });
    return { ...decoded, ...Object.fromEntries(own) };
  });
}
