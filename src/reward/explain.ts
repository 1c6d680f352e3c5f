import type { Design, Space } from '../space/index.ts';
import { parameterInfluence, type Influence, type InfluenceOptions, type PredictRewards } from './explain-influence.ts';
import { separatingRules, type Separation, type SeparationOptions } from './explain-rules.ts';

/** What separates good rows from bad ones in the table, and what the predicted reward depends on. */
export interface Explanation extends Separation {
  readonly influence: readonly Influence[];
}

/** Rules from all labelled rows, and each parameter's influence on the predicted reward. The same stream gives the same answer. */
export async function explain(
  space: Space,
  predict: PredictRewards,
  designs: readonly Design[],
  rewards: Float64Array,
  { stream, ...options }: SeparationOptions & InfluenceOptions,
): Promise<Explanation> {
  return {
    ...separatingRules(space, designs, rewards, { ...options, stream: stream.split('rules') }),
    influence: await parameterInfluence(space, predict, designs, { ...options, stream: stream.split('influence') }),
  };
}
