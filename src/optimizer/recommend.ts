import { randomStream } from '../base/index.ts';
import { createRuntime } from '../graph/index.ts';
import { fitGaussianProcess } from '../reward/index.ts';
import { orderedEvaluations, type History, type Prediction } from '../run/index.ts';
import type { Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import { isAllowed } from './allowed.ts';
import { bufferTable, canLearn, knownDesigns, type KnownDesign } from './buffer.ts';
import { manyMeasured, quickProcess, roundProcess } from './defaults.ts';
import { defaultThreads, fitOnTable } from './models.ts';
import type { AskOptions, OptimizerOptions } from './optimizer-options.ts';
import type { Best } from './stopping.ts';
import { unwarped, warped, warpFor } from './warp.ts';

/** A measured design, the mean of its rewards, and what all measurements say of it, own units. */
export interface Recommended extends Best {
  readonly predicted: Prediction;
}

/** Whether all measurements recommend another design than the best measured one. */
export function isAnother(recommended: Recommended | undefined, best: Best | undefined): recommended is Recommended {
  if (recommended === undefined || best === undefined) return false;
  return Object.entries(recommended.design).some(([name, value]) => best.design[name] !== value);
}

/** A row for each measurement: a model is to know how often a design was measured, and how its rewards differ. */
function withRepeats(table: Table, known: readonly KnownDesign[]): Table {
  const rewardsOf = new Map(known.map(({ design, rewards }) => [design, rewards]));
  const rows = table.designs.flatMap((design) => rewardsOf.get(design)!.map((reward) => ({ design, reward })));
  return {
    ...table,
    designs: rows.map(({ design }) => design),
    rewards: Float64Array.from(rows, ({ reward }) => reward),
    failed: rows.map(() => false),
  };
}

/**
 * The measured design that constraints and fixed values allow and that is best by the posterior mean of a Gaussian process of all
 * measurements, the earliest of equals: with noise the best single measurement is as likely a lucky one. Undefined where too little was
 * measured to learn from. `space` has fixed values applied. Rejects with the signal's reason.
 */
export async function recommendedDesign(
  space: Space,
  history: History,
  { direction = 'maximize', seed = 0, ...options }: OptimizerOptions & AskOptions,
): Promise<Recommended | undefined> {
  const known = knownDesigns(orderedEvaluations(history), space);
  if (!canLearn(known)) return undefined;
  const table = bufferTable(known, space, direction, {});
  const measured = withRepeats(table, known);
  const warp = warpFor(measured.rewards, direction);
  const quick = measured.rewards.length >= manyMeasured ? quickProcess : {};
  const { runtime: name = 'onnx', threads = defaultThreads(), observer, signal } = options;
  const runtime = await createRuntime(name, { threads });
  try {
    const surrogate = await fitOnTable(warped(measured, warp), runtime, {
      stream: randomStream(seed).split('optimizer').split('recommend', history.evaluations.length),
      surrogate: fitGaussianProcess({ ...roundProcess, ...quick }),
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      const allowed = known.filter(({ design, rewards }) => rewards.length > 0 && isAllowed(space, design));
      if (allowed.length === 0) return undefined;
      const { mean, std } = await surrogate.predict(space.encodeAll(allowed.map(({ design }) => design)));
      const sign = direction === 'maximize' ? 1 : -1;
      const at = mean.reduce((best, value, i) => (sign * value > sign * mean[best]! ? i : best), 0);
      const { design, reward } = allowed[at]!;
      return { design, reward, predicted: unwarped({ mean: mean[at]!, std: std[at]! }, warp) };
    } finally {
      await surrogate.dispose();
    }
  } finally {
    await runtime.close();
  }
}
