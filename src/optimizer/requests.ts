import type { Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import { allowedRewards } from './allowed.ts';
import { labelledRows } from './models.ts';
import type { ProposeOptions } from './options.ts';
import { candidateTargets, defaultTargets, requestsOf, rewardQuantile, type Request } from './targets.ts';

/** What the sampler is asked for: the target or quantile given, or rewards beyond the best measured one of a design that the
 *  space allows. */
export function requestsFor(table: Table, space: Space, options: ProposeOptions, sloped: boolean): readonly Request[] {
  const { rewards } = labelledRows(table);
  const { target, quantile, stretches = defaultTargets.stretches, guidances = defaultTargets.guidances } = options;
  const targets =
    target !== undefined
      ? [target]
      : quantile !== undefined
        ? [rewardQuantile(rewards, table.direction, quantile)]
        : candidateTargets(rewards, table.direction, stretches, allowedRewards(table, space));
  return requestsOf(targets, guidances, sloped);
}
