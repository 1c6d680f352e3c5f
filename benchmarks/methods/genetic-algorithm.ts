import { poolRule } from '../../src/optimizer/index.ts';
import type { Design } from '../../src/space/index.ts';
import { byReward } from '../tasks/task.ts';
import { cross, select } from './crossover.ts';
import { collect, type Method, type Request } from './method.ts';
import { mutationOf } from './mutate.ts';
import { predictedValues, withSurrogate } from './surrogate.ts';

/** Children of a generation in multiples of the proposals; all generations together look at as many designs as `propose` samples. */
const populationRule = { perProposal: 2, least: 128 } as const;

interface Member {
  readonly design: Design;
  readonly value: number;
}

/** Values of designs, larger is better. */
export type Evaluate = (designs: readonly Design[]) => Promise<Float64Array>;

/**
 * A genetic algorithm (Holland 1975): from the best rows, tournaments choose parents, children are crossed and mutated, and the best of
 * parents and children live on. Proposed are the new designs with the best values of all that were looked at.
 */
export async function evolve({ table, count, stream }: Request, evaluate: Evaluate): Promise<readonly Design[]> {
  const { space, direction, designs, rewards } = table;
  const size = Math.max(populationRule.least, populationRule.perProposal * count);
  const looks = Math.min(poolRule.most, Math.max(poolRule.least, poolRule.perProposal * count));
  const mutation = mutationOf(space.columns);
  const found = collect(table, Infinity);
  const ranked = async (list: readonly Design[]): Promise<readonly Member[]> => {
    const values = list.length === 0 ? [] : await evaluate(list);
    return list.map((design, at) => ({ design, value: values[at]! })).sort((a, b) => b.value - a.value);
  };
  const first = byReward(rewards, direction).subarray(0, size);
  let members = await ranked(Array.from(first, (row) => designs[row]!));
  const seen: Member[] = [];
  for (let generation = 0; generation * size < looks; generation++) {
    const parent = (): Float64Array => space.encode(members[select(members.length, stream)]!.design);
    const before = found.designs.length;
    for (let child = 0; child < size; child++) {
      const vector = cross(parent(), parent(), space.columns, stream);
      mutation.each(vector, stream);
      found.take(space.decode(vector));
    }
    const fresh = await ranked(found.designs.slice(before));
    seen.push(...fresh);
    members = [...members, ...fresh].sort((a, b) => b.value - a.value).slice(0, size);
  }
  return seen
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ design }) => design);
}

/** The genetic algorithm on the surrogate's predictions. */
export const geneticAlgorithm: Method = (request) =>
  withSurrogate(request, (surrogate) =>
    evolve(request, (designs) => predictedValues(surrogate, request.table, designs)),
  );
