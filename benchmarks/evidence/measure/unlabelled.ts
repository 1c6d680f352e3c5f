import { performance } from 'node:perf_hooks';
import { randomStream } from '../../../src/base/index.ts';
import { propose } from '../../../src/optimizer/index.ts';
import { tableFromRows, type Table } from '../../../src/table/index.ts';
import { diffusionOnly } from '../../methods/diffusion-only.ts';
import type { CellKey } from '../../offline/cells.ts';
import { distanceToData } from '../../offline/distance.ts';
import { scoresOf, type Scores } from '../../offline/scores.ts';
import { loadSuperconductorTask } from '../../tasks/superconductor.ts';
import { best, rowsAt, type Rows, type Task } from '../../tasks/task.ts';

/** Rows of the table, and the shares of them whose reward is hidden. */
export const unlabelledRows = 4000;
const hiddenShares = { '90 % hidden': 0.9, '95 % hidden': 0.95 } as const;
export type HiddenShare = keyof typeof hiddenShares;
export const hiddenShareNames: readonly HiddenShare[] = ['90 % hidden', '95 % hidden'];

export const unlabelledMethods = ['labelled rows', 'all rows'] as const;
export type UnlabelledMethod = (typeof unlabelledMethods)[number];

/** What was proposed from a table of which few rows have a reward, and what it is worth. */
export interface UnlabelledCell extends CellKey {
  readonly task: HiddenShare;
  readonly method: UnlabelledMethod;
  readonly scores: Scores;
  /** Of as many samples of the denoiser, as they come. */
  readonly samples: Scores;
  /** The best reward that was not hidden, normalised as the scores are. */
  readonly bestShown: number;
  /** Of the samples and of the proposals to rows that neither table holds (`distanceToData`). */
  readonly distances: { readonly samples: number; readonly proposals: number };
  /** Rank correlation of the surrogate's predictions on labelled rows that it was not fitted to. */
  readonly rankCorrelation: number;
  readonly seconds: number;
}

type Source = Pick<Task, 'name' | 'space' | 'reward' | 'direction'>;

/** The table of some rows whose rewards are hidden from row `labelled` on: with the hidden rows as rows without a reward, or without them. */
export function partlyLabelled(
  { name, space, reward, direction }: Source,
  { designs, rewards }: Rows,
  labelled: number,
  method: UnlabelledMethod,
): Table {
  const rows = designs.map((design, row) => ({ ...design, [reward]: row < labelled ? rewards[row]! : '' }));
  return tableFromRows(method === 'all rows' ? rows : rows.slice(0, labelled), { reward, direction, space }, name);
}

let kept: Task | undefined;

/** Kept, since fitting its truth takes a minute. */
function superconductor(): Task {
  return (kept ??= loadSuperconductorTask());
}

/** Proposes from one table. The seed draws the rows; a larger hidden share hides the same rewards and more. */
export async function measureUnlabelled(
  key: CellKey & { readonly task: HiddenShare; readonly method: UnlabelledMethod },
): Promise<UnlabelledCell> {
  const task = superconductor();
  const order = randomStream(key.seed).split('unlabelled rows').permutation(task.visible.rewards.length);
  const rows = rowsAt(task.visible, order.subarray(0, unlabelledRows));
  const others = rowsAt(task.visible, order.subarray(unlabelledRows, 2 * unlabelledRows)).designs;
  const labelled = Math.round((1 - hiddenShares[key.task]) * unlabelledRows);
  const table = partlyLabelled(task, rows, labelled, key.method);
  const started = performance.now();
  const { proposals, surrogate } = await propose(table, { count: key.count, seed: key.seed });
  const seconds = (performance.now() - started) / 1000;
  const designs = proposals.map(({ design }) => design);
  const stream = randomStream(key.seed).split('samples alone');
  const samples = await diffusionOnly({ table, count: key.count, seed: key.seed, stream });
  const bestRow = rows.rewards.indexOf(best(rows.rewards.subarray(0, labelled), task.direction));
  return {
    ...key,
    scores: scoresOf(task, designs),
    samples: scoresOf(task, samples),
    bestShown: task.score(rows.designs[bestRow]!) ?? NaN,
    distances: {
      samples: distanceToData(task.space, samples, others),
      proposals: distanceToData(task.space, designs, others),
    },
    rankCorrelation: surrogate.rankCorrelation,
    seconds,
  };
}
