import { dataError, mean, randomStream, type RandomStream } from '../base/index.ts';
import type { Design, Value } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import type { Oracle, Request } from './types.ts';

export interface TableOracleOptions {
  /** What a design in several rows gives: the mean of their rewards (default), or one of them, drawn by the evaluation's id. */
  readonly repeats?: 'mean' | 'draw';
  /** Where draws come from; the same id draws the same row. */
  readonly stream?: RandomStream;
}

/** Equal for values that differ by what arithmetic and printing lose. */
function keyOf(value: Value | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(12)) + 0) : JSON.stringify(value ?? null);
}

/** Rewards of one design's rows; empty when all of them failed or have none. */
interface Entry {
  readonly rewards: number[];
  failed: boolean;
}

/**
 * A table of experiments that were done, as the oracle. There is no nearest row: a design that no row holds is refused with a data
 * error, and so is one whose rows have no reward.
 */
export function tableOracle(table: Table, options: TableOracleOptions = {}): Promise<Oracle> {
  const { repeats = 'mean', stream = randomStream(0) } = options;
  const { file, space } = table;
  const entries = new Map<string, Entry>();
  const values = new Map(space.names.map((name) => [name, new Set<string>()]));
  const designKey = (design: Design): string => space.names.map((name) => keyOf(design[name])).join('|');

  table.designs.forEach((design, row) => {
    const key = designKey(design);
    const entry = entries.get(key) ?? { rewards: [], failed: false };
    const reward = table.rewards[row]!;
    if (!Number.isNaN(reward)) entry.rewards.push(reward);
    entry.failed ||= table.failed[row] === true;
    entries.set(key, entry);
    for (const [name, known] of values) known.add(keyOf(design[name]));
  });

  function missing(design: Design): Error {
    const shown = (names: readonly string[]): string => names.map((name) => `${name} = ${design[name]}`).join(', ');
    const strange = space.names.filter((name) => values.get(name)?.has(keyOf(design[name])) !== true);
    const found = strange.length > 0 ? `${shown(strange)} in any row` : `a row with ${shown(space.names)}`;
    return dataError(`${file} does not hold ${found}; only its rows can be evaluated, so let proposals be rows of it`);
  }

  function evaluate({ id, design }: Request): number {
    const entry = entries.get(designKey(design));
    if (entry === undefined) throw missing(design);
    const { rewards, failed } = entry;
    if (rewards.length === 0) {
      throw dataError(`the experiment ${failed ? 'failed' : 'has no reward'} in ${file}`);
    }
    return repeats === 'mean' ? mean(rewards) : rewards[stream.split(id).integer(rewards.length)]!;
  }

  return Promise.resolve({
    evaluate: (request, { signal }) =>
      Promise.resolve().then(() => {
        signal.throwIfAborted();
        return evaluate(request);
      }),
    close: () => Promise.resolve(),
  });
}
