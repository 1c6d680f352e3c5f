import { usageError } from '../../src/base/index.ts';
import { byReward } from '../tasks/task.ts';
import { collect, type Method } from './method.ts';
import { mutationOf } from './mutate.ts';

/** Rows of the table from the best on that are mutated. */
const parents = 128;

/** Attempts for each proposal before another change is made to the same design. */
const attempts = 100;

/** One-step mutations of the best rows: no model at all. */
export const bestOfData: Method = ({ table, count, stream }) => {
  const { space, designs, rewards, direction } = table;
  const order = byReward(rewards, direction).subarray(0, parents);
  const vectors = Array.from(order, (row) => space.encode(designs[row]!));
  const mutation = mutationOf(space.columns);
  const chosen = collect(table, count);
  for (let tried = 0; !chosen.full(); tried++) {
    if (tried > 100 * attempts * count) throw usageError(`Found only ${chosen.designs.length} new mutations.`);
    const vector = vectors[tried % vectors.length]!.slice();
    for (let changes = 0; changes <= tried / (attempts * count); changes++) mutation.one(vector, stream);
    chosen.take(space.decode(vector));
  }
  return Promise.resolve(chosen.designs);
};
