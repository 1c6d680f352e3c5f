import {
  add,
  argMax,
  clamp,
  constant,
  exp,
  expandLike,
  multiply,
  negate,
  reshape,
  round,
  slice,
  square,
  subtract,
  type NamedValues,
  type Tensor,
} from '../graph/index.ts';
import { toCoordinate, type EncodedColumn, type Space } from '../space/index.ts';

/** Name of the output that holds a parameter's column. */
export function outputName(parameter: string): string {
  return `design/${parameter}`;
}

type ScalarColumn = Extract<EncodedColumn, { kind: 'scalar' }>;
type OnehotColumn = Extract<EncodedColumn, { kind: 'onehot' }>;

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

/** The position in the list, [n] int: the level nearest to the coordinate. */
function ordinal(x: Tensor, count: number): Tensor {
  const levels = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (2 * i) / (count - 1) - 1));
  return argMax(negate(square(subtract(reshape(x, ['n', 1]), constant(levels)))), 1);
}

/** The chosen category, [n] int; for a sequence the letters, [n, positions] int. */
function choices(x: Tensor, { parameter, positions, choices: count }: OnehotColumn): Tensor {
  return parameter.type === 'sequence' ? argMax(reshape(x, ['n', positions, count]), 2) : argMax(x, 1);
}

/** Encoded designs [n, d] as one output per column in its own units: numbers as float32, everything chosen from a list as int64. */
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
export function encodedFromOutputs(space: Space, outputs: NamedValues): Float64Array {
  const [first] = space.columns;
  const n = first === undefined ? 0 : outputs[outputName(first.name)]!.shape[0]!;
  const rows = new Float64Array(n * space.dimension);
  for (const column of space.columns) {
    const { data } = outputs[outputName(column.name)]!;
    for (let i = 0; i < n; i++) {
      const start = i * space.dimension + column.offset;
      if (column.kind === 'scalar') rows[start] = toCoordinate(column.axis, data[i]!);
      else {
        rows.fill(-1, start, start + column.width);
        for (let position = 0; position < column.positions; position++) {
          rows[start + position * column.choices + data[i * column.positions + position]!] = 1;
        }
      }
    }
  }
  return rows;
}
