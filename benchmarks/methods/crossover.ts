import type { RandomStream } from '../../src/base/index.ts';
import type { EncodedColumn } from '../../src/space/index.ts';

const tournament = 3;

/** The better of some members drawn at random: members are numbered from the best on. */
export function select(members: number, stream: RandomStream): number {
  let chosen = members;
  for (let draw = 0; draw < tournament; draw++) chosen = Math.min(chosen, stream.integer(members));
  return chosen;
}

/** Uniform crossover: each number, choice or letter from one parent or the other. */
export function cross(
  a: Float64Array,
  b: Float64Array,
  columns: readonly EncodedColumn[],
  stream: RandomStream,
): Float64Array {
  const child = a.slice();
  for (const column of columns) {
    const size = column.kind === 'onehot' ? column.choices : 1;
    for (let at = column.offset; at < column.offset + column.width; at += size) {
      if (stream.uniform() < 0.5) child.set(b.subarray(at, at + size), at);
    }
  }
  return child;
}
