import { usageError } from '../../src/base/index.ts';
import { byReward } from '../tasks/task.ts';
import type { Method } from './method.ts';
import { predictedValues, withSurrogate } from './surrogate.ts';

/** The designs with the best predicted reward of all that no visible row holds: what the surrogate alone reaches by enumeration. */
export const argmax: Method = (request) =>
  withSurrogate(request, async (surrogate) => {
    const { table, unseen, count } = request;
    if (unseen === undefined) throw usageError('argmax needs a space whose designs can be listed');
    const values = await predictedValues(surrogate, table, unseen);
    return Array.from(byReward(values, 'maximize').subarray(0, count), (at) => unseen[at]!);
  });
