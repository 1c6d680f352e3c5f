import type { Table } from '../table/index.ts';
import { labelledRows } from './models.ts';
import type { ProposeOptions } from './options.ts';
import { candidateTargets, defaultTargets, requestsOf, rewardQuantile, type Request } from './targets.ts';

/** What the sampler is asked for: the target or quantile given, or rewards beyond the best measured one. */
export function requestsFor(table: Table, options: ProposeOptions, sloped: boolean): readonly Request[] {
  const { rewards } = labelledRows(table);
  const { target, quantile, stretches = defaultTargets.stretches, guidances = defaultTargets.guidances } = options;
  const targets =
    target !== undefined
      ? [target]
      : quantile !== undefined
        ? [rewardQuantile(rewards, table.direction, quantile)]
        : candidateTargets(rewards, table.direction, stretches);
  return requestsOf(targets, guidances, sloped);
}
