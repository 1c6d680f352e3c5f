import { quantile, randomStream } from '../../src/base/index.ts';
import {
  defaultWeighting,
  modelFile,
  propose,
  readModel,
  sampleModel,
  trainOnTable,
  type LoadedModel,
} from '../../src/optimizer/index.ts';
import type { Design } from '../../src/space/index.ts';
import { tableFromRows, type Table } from '../../src/table/index.ts';
import { withRuntime } from '../methods/surrogate.ts';
import { byReward, type Rows } from '../tasks/task.ts';
import { ends, endsMoved, randomPaths, space } from './paths.ts';

/** Rows of the table, and paths that each way ends in. */
const rowCount = 2000;
export const pathCount = 128;

/** What paths are planned from. */
export interface Setting {
  readonly seed: number;
  readonly rows: Rows;
  readonly table: Table;
  /** A denoiser told of each path's cost, trained on the table. */
  readonly model: LoadedModel;
}

/** Random paths near start and goal, and the denoiser that learnt them. */
export async function settingOf(seed: number): Promise<Setting> {
  const rows = randomPaths(rowCount, randomStream(seed).split('planning rows'));
  const cells = rows.designs.map((design, row) => ({ ...design, cost: rows.rewards[row]! }));
  const table = tableFromRows(cells, { reward: 'cost', direction: 'minimize', space: space.definition }, 'paths');
  const options = { stream: randomStream(seed).split('planning'), weighting: defaultWeighting };
  const trained = await withRuntime((runtime) => trainOnTable(table, runtime, options));
  return { seed, rows, table, model: readModel(modelFile(trained, table), 'paths.onnx') };
}

/** Makes paths from what is known. */
type Way = (setting: Setting) => Promise<readonly Design[]>;

interface Asked {
  /** Quantile of the costs to ask for, 0 the least; no cost is asked for without it. */
  readonly quantile?: number;
  /** Inpaints start and goal. */
  readonly fixed: boolean;
}

const guidance = 3;

/** Samples of the denoiser as they come, the same noise each time. */
function sampled({ quantile: share, fixed }: Asked): Way {
  return async ({ model, rows, seed }) => {
    const { designs } = await sampleModel(model, {
      count: pathCount,
      seed,
      ...(fixed ? { fix: ends } : {}),
      ...(share === undefined ? { guidance: 0 } : { guidance, target: quantile(rows.rewards, share) }),
    });
    return designs;
  };
}

function moved(way: Way): Way {
  return async (setting) => (await way(setting)).map(endsMoved);
}

const proposed: Way = async ({ table, seed }) => {
  const { proposals } = await propose(table, { count: pathCount, seed, fix: ends });
  return proposals.map(({ design }) => design);
};

const bestRows: Way = ({ rows: { designs, rewards } }) =>
  Promise.resolve(Array.from(byReward(rewards, 'minimize').subarray(0, pathCount), (row) => designs[row]!));

const randomWay: Way = ({ seed }) =>
  Promise.resolve(randomPaths(pathCount, randomStream(seed).split('planning random')).designs);

const free = sampled({ quantile: 0, fixed: false });

const names = [
  'best rows of the table',
  'best rows, ends moved',
  'random paths, ends moved',
  'samples, ends free',
  'samples, ends free, then moved',
  'samples, ends fixed, no cost asked for',
  'samples, ends fixed, median cost asked for',
  'samples, ends fixed, least cost asked for',
  '`propose`, ends fixed',
] as const;
export type WayName = (typeof names)[number];
export const wayNames: readonly WayName[] = names;

/** What this is about. */
export const inpainted: WayName = 'samples, ends fixed, least cost asked for';

export const ways: { readonly [Name in WayName]: Way } = {
  'best rows of the table': bestRows,
  'best rows, ends moved': moved(bestRows),
  'random paths, ends moved': moved(randomWay),
  'samples, ends free': free,
  'samples, ends free, then moved': moved(free),
  'samples, ends fixed, no cost asked for': sampled({ fixed: true }),
  'samples, ends fixed, median cost asked for': sampled({ quantile: 0.5, fixed: true }),
  'samples, ends fixed, least cost asked for': sampled({ quantile: 0, fixed: true }),
  '`propose`, ends fixed': proposed,
};
