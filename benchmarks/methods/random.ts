import { usageError, type RandomStream } from '../../src/base/index.ts';
import { createSpace, stepsOf, type Design, type EncodedColumn, type Space } from '../../src/space/index.ts';
import type { Task } from '../tasks/task.ts';

/** A method that looks at nothing: `count` different designs. */
export type RandomMethod = (task: Task, count: number, stream: RandomStream) => readonly Design[];

/** Designs of the whole space, each as likely as any other, visible ones too. */
export const random: RandomMethod = ({ space, listing }, count, stream) => {
  if (listing !== undefined) return drawn(listing.all, count, stream);
  const compiled = createSpace(space);
  return Array.from({ length: count }, () => uniformDesign(compiled, stream));
};

/** Designs that no visible row holds, each as likely as any other. Throws a usage error for a space that cannot be listed. */
export const randomUnseen: RandomMethod = ({ name, listing }, count, stream) => {
  if (listing === undefined) throw usageError(`The designs of ${name} cannot be listed.`);
  return drawn(listing.unseen, count, stream);
};

/** A uniformly random subset (Floyd's algorithm, Bentley and Floyd 1987), in no meaningful order. */
function drawn(designs: readonly Design[], count: number, stream: RandomStream): readonly Design[] {
  if (count > designs.length) throw usageError(`Cannot draw ${count} different designs from ${designs.length}.`);
  const rows = new Set<number>();
  for (let last = designs.length - count; last < designs.length; last++) {
    const row = stream.integer(last + 1);
    rows.add(rows.has(row) ? last : row);
  }
  return Array.from(rows, (row) => designs[row]!);
}

/** A design of a space without constraints: every step, choice and letter as likely as any other. */
export function uniformDesign(space: Space, stream: RandomStream): Design {
  const vector = new Float64Array(space.dimension);
  for (const column of space.columns) fillUniform(vector, column, stream);
  const design = space.decode(vector);
  if (design === undefined) throw usageError('The space holds no design near a random one.');
  return design;
}

function fillUniform(vector: Float64Array, column: EncodedColumn, stream: RandomStream): void {
  if (column.kind === 'scalar') {
    vector[column.offset] = uniformCoordinate(column, stream);
    return;
  }
  vector.fill(-1, column.offset, column.offset + column.width);
  for (let group = 0; group < column.positions; group++) {
    vector[column.offset + group * column.choices + stream.integer(column.choices)] = 1;
  }
}

function uniformCoordinate(column: EncodedColumn & { readonly kind: 'scalar' }, stream: RandomStream): number {
  const steps = stepsOf(column);
  return steps === undefined ? 2 * stream.uniform() - 1 : steps === 0 ? 0 : (2 * stream.integer(steps + 1)) / steps - 1;
}
