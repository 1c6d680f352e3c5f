import { mean } from '../base/index.ts';
import type { Evaluation } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';

/** What is known of one design. */
export interface KnownDesign {
  readonly design: Design;
  /** The mean of its measured rewards, own units; NaN without one. */
  readonly reward: number;
  /** Tried, and never measured. */
  readonly failed: boolean;
}

/** How many designs models are fitted to: all, or the best and the latest of more. */
export const bufferSize = { best: 700, latest: 300 } as const;

/** One of each design, in the order of their first evaluations; repeated measurements are averaged. */
export function knownDesigns(evaluations: readonly Evaluation[], space: Space): readonly KnownDesign[] {
  const groups = new Map<string, Evaluation[]>();
  for (const evaluation of evaluations) {
    const key = JSON.stringify(space.names.map((name) => evaluation.design[name]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [evaluation]);
    else group.push(evaluation);
  }
  return [...groups.values()].map((group): KnownDesign => {
    const rewards = group.flatMap((one) => (one.status === 'measured' ? [one.reward] : []));
    return {
      design: (group.find(({ status }) => status === 'measured') ?? group[0]!).design,
      reward: rewards.length === 0 ? NaN : mean(rewards),
      failed: rewards.length === 0 && group.some(({ status }) => status === 'failed'),
    };
  });
}

/** Of more designs than the buffer holds the latest, and the best of the others, in their order. */
function buffered(known: readonly KnownDesign[], direction: Direction): readonly KnownDesign[] {
  if (known.length <= bufferSize.best + bufferSize.latest) return known;
  const sign = direction === 'maximize' ? 1 : -1;
  const earlier = known.slice(0, -bufferSize.latest).filter(({ reward }) => !Number.isNaN(reward));
  const best = new Set([...earlier].sort((a, b) => sign * (b.reward - a.reward)).slice(0, bufferSize.best));
  return [...earlier.filter((one) => best.has(one)), ...known.slice(-bufferSize.latest)];
}

/** What models are fitted to, as a table. */
export function bufferTable(known: readonly KnownDesign[], space: Space, direction: Direction): Table {
  const rows = buffered(known, direction);
  return {
    file: 'what was told',
    space,
    inferred: false,
    reward: 'reward',
    direction,
    columns: space.names,
    designs: rows.map(({ design }) => design),
    rewards: Float64Array.from(rows, ({ reward }) => reward),
    failed: rows.map(({ failed }) => failed),
    ignored: [],
    repeats: 0,
    decimals: {},
  };
}
