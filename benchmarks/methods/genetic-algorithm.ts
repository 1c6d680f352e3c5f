import type { RandomStream } from '../../src/base/index.ts';
import { poolRule } from '../../src/optimizer/index.ts';
import type { EncodedColumn } from '../../src/space/index.ts';
import { byReward } from '../tasks/task.ts';
import { collect, type Method } from './method.ts';
import { mutationOf } from './mutate.ts';
import { predictedValues, withSurrogate } from './surrogate.ts';

/** Children of a generation in multiples of the proposals; all generations together look at as many designs as `propose` samples. */
const populationRule = { perProposal: 2, least: 128 } as const;
const tournament = 3;

/** The better of some members drawn at random: members are numbered from the best on. */
function select(members: number, stream: RandomStream): number {
  let chosen = members;
  for (let draw = 0; draw < tournament; draw++) chosen = Math.min(chosen, stream.integer(members));
  return chosen;
}

/** Uniform crossover: each number, choice or letter from one parent or the other. */
function cross(
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

/**
 * A genetic algorithm on the surrogate (Holland 1975): from the best rows, tournaments choose parents, children are crossed and mutated,
 * and the best of parents and children live on. Proposed are the designs with the best predictions of all that were looked at.
 */
export const geneticAlgorithm: Method = (request) =>
  withSurrogate(request, async (surrogate) => {
    const { table, count, stream } = request;
    const { space, direction, designs, rewards } = table;
    const { columns } = space;
    const size = Math.max(populationRule.least, populationRule.perProposal * count);
    const looks = Math.min(poolRule.most, Math.max(poolRule.least, poolRule.perProposal * count));
    const mutation = mutationOf(columns);
    const first = byReward(rewards, direction).subarray(0, size);
    const found = collect(table, Infinity);
    let members = await ranked(Array.from(first, (row) => designs[row]!));
    const seen: Member[] = [];
    for (let generation = 0; generation * size < looks; generation++) {
      const children = Array.from({ length: size }, () => {
        const [a, b] = [members[select(members.length, stream)]!, members[select(members.length, stream)]!];
        const vector = cross(space.encode(a.design), space.encode(b.design), columns, stream);
        mutation.each(vector, stream);
        return space.decode(vector);
      });
      const before = found.designs.length;
      for (const child of children) found.take(child);
      const fresh = await ranked(found.designs.slice(before));
      seen.push(...fresh);
      members = [...members, ...fresh].sort((a, b) => b.value - a.value).slice(0, size);
    }
    return seen
      .sort((a, b) => b.value - a.value)
      .slice(0, count)
      .map(({ design }) => design);

    async function ranked(list: readonly Member['design'][]): Promise<Member[]> {
      if (list.length === 0) return [];
      const values = await predictedValues(surrogate, space, direction, list);
      return list.map((design, at) => ({ design, value: values[at]! })).sort((a, b) => b.value - a.value);
    }
  });

interface Member {
  readonly design: Parameters<ReturnType<typeof collect>['take']>[0] & object;
  readonly value: number;
}
