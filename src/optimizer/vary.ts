import type { RandomStream } from '../base/index.ts';
import { stepOf, type EncodedColumn, type ScalarColumn, type Space } from '../space/index.ts';

/** Share of a child's columns that come from its second parent. */
const crossover = 0.3;
/** Changes of a child beside crossover, on average. */
const changes = 1.5;
/** The scaled difference of two others that a number moves by: differential evolution's F (Storn and Price 1997). */
const difference = 0.7;
/** The share of the range that a number moves by beside that, standard deviation. */
const jitter = 0.02;

/** What is changed at once: a number, or one position of a one-hot column. */
interface Gene {
  readonly offset: number;
  /** 1 for a number, else how many choices there are. */
  readonly choices: number;
  /** The distance from a coordinate to the next value of a number; 0 where any is one. */
  readonly stepAt: (x: number) => number;
}

/** Beyond this a step leaves the range, rounding aside. */
const edge = 1 + 1e-6;

const anyNumber = (): number => 0;

/** The distance from an encoded coordinate of a number to its next value; 0 where any is one. */
export function encodedStep(column: ScalarColumn): (x: number) => number {
  const { low, high, log } = column.axis;
  const step = stepOf(column);
  if (step === undefined || low === high) return anyNumber;
  if (!log) return () => (2 * step) / (high - low);
  const span = Math.log(high / low);
  return (x) => (2 / span) * Math.log1p(step / (low * Math.exp(((x + 1) / 2) * span)));
}

function genesOf(columns: readonly EncodedColumn[]): readonly Gene[] {
  return columns.flatMap((column): Gene[] =>
    column.kind === 'scalar'
      ? [{ offset: column.offset, choices: 1, stepAt: encodedStep(column) }]
      : Array.from({ length: column.positions }, (_, position) => ({
          offset: column.offset + position * column.choices,
          choices: column.choices,
          stepAt: anyNumber,
        })),
  );
}

/**
 * Children of encoded designs (parents: m vectors, best first; count x d out): each copies a parent, takes some columns of another, and
 * changes few genes: a choice is drawn anew, a number moves by the difference of two other parents and a little more, one step at
 * least. Children are
 * vectors: decoding repairs steps and constraints.
 */
export function vary(
  space: Space,
  parents: readonly Float32Array[],
  count: number,
  stream: RandomStream,
): Float32Array {
  const { dimension } = space;
  const free = space.columns.filter(({ name }) => space.fixed[name] === undefined);
  const genes = genesOf(free);
  const rate = Math.min(1, changes / Math.max(1, genes.length));
  const anyParent = (): Float32Array => parents[stream.integer(parents.length)]!;
  const children = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const child = children.subarray(i * dimension, (i + 1) * dimension);
    child.set(parents[i % parents.length]!);
    const [other, plus, minus] = [anyParent(), anyParent(), anyParent()];
    const mixes = stream.uniform() < 0.5;
    for (const gene of genes) {
      if (mixes && stream.uniform() < crossover) copyGene(other, child, gene);
      if (stream.uniform() < rate) changeGene(child, gene, plus, minus, stream);
    }
  }
  return children;
}

function copyGene(from: Float32Array, to: Float32Array, { offset, choices }: Gene): void {
  for (let j = offset; j < offset + choices; j++) to[j] = from[j]!;
}

function changeGene(
  child: Float32Array,
  { offset, choices, stepAt }: Gene,
  plus: Float32Array,
  minus: Float32Array,
  stream: RandomStream,
): void {
  if (choices === 1) {
    const from = child[offset]!;
    const drawn = difference * (plus[offset]! - minus[offset]!) + 2 * jitter * stream.normal();
    // Less than a step would be rounded away.
    const least = stepAt(from);
    const step = Math.abs(drawn) < least ? (drawn < 0 ? -least : least) : drawn;
    const to = least > 0 && Math.abs(from + step) > edge ? from - step : from + step;
    child[offset] = Math.min(1, Math.max(-1, to));
    return;
  }
  child.fill(-1, offset, offset + choices);
  child[offset + stream.integer(choices)] = 1;
}
