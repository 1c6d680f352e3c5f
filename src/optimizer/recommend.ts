import { randomStream } from '../base/index.ts';
import { createRuntime } from '../graph/index.ts';
import { encodedLayout, fitGaussianProcess, gaussianProcessDefaults } from '../reward/index.ts';
import { orderedEvaluations, type History, type Prediction } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import { isAllowed } from './allowed.ts';
import { bestKnown, canLearn, knownDesigns, type KnownDesign } from './buffer.ts';
import { manyMeasured, quickProcess, roundProcess } from './defaults.ts';
import { defaultThreads } from './models.ts';
import type { AskOptions, OptimizerOptions } from './optimizer-options.ts';
import { squaredDistance } from './select.ts';
import type { Best } from './stopping.ts';
import { unwarped, warpFor } from './warp.ts';

/** A measured design, the mean of its rewards, and what all measurements say of it, own units. */
export interface Recommended extends Best {
  readonly predicted: Prediction;
}

/** Whether all measurements recommend another design than the best measured one. */
export function isAnother(recommended: Recommended | undefined, best: Best | undefined): recommended is Recommended {
  if (recommended === undefined || best === undefined) return false;
  return Object.entries(recommended.design).some(([name, value]) => best.design[name] !== value);
}

/** Rows that a Gaussian process is conditioned on, and of one design. */
const most = { rows: gaussianProcessDefaults.rows, repeats: 32 } as const;

/**
 * The designs nearest to the best ones, as many as have `most.rows` measurements, in the order told. Chosen by where they are: of those chosen by
 * their rewards the lucky ones would be too many.
 */
function aroundBest(known: readonly KnownDesign[], space: Space, direction: Direction): readonly KnownDesign[] {
  const measured = known.filter(({ rewards }) => rewards.length > 0);
  const best = bestKnown(known, space, direction).map((design) => space.encode(design));
  const far = measured.map(({ design }) => {
    const encoded = space.encode(design);
    return best.reduce((least, other) => Math.min(least, squaredDistance(encoded, other)), Infinity);
  });
  const order = Array.from(far.keys()).sort((a, b) => far[a]! - far[b]!);
  let rows = 0;
  const within = order.filter((at) => (rows += Math.min(most.repeats, measured[at]!.rewards.length)) <= most.rows);
  return within.sort((a, b) => a - b).map((at) => measured[at]!);
}

/** A row for each measurement, the latest of a design's: a model is to know how often it was measured, and how its rewards differ. */
function rowsOf(known: readonly KnownDesign[]): readonly { readonly design: Design; readonly reward: number }[] {
  return known.flatMap(({ design, rewards }) => rewards.slice(-most.repeats).map((reward) => ({ design, reward })));
}

/**
 * The measured design that constraints and fixed values allow and that is best by the posterior mean of a Gaussian process of all
 * measurements around the best ones, the earliest of equals: with noise the best single measurement is as likely a lucky one. Undefined where too little was
 * measured to learn from. `space` has fixed values applied. Rejects with the signal's reason.
 */
export async function recommendedDesign(
  space: Space,
  history: History,
  { direction = 'maximize', seed = 0, ...options }: OptimizerOptions & AskOptions,
): Promise<Recommended | undefined> {
  const known = knownDesigns(orderedEvaluations(history), space);
  if (!canLearn(known)) return undefined;
  const around = aroundBest(known, space, direction);
  const allowed = around.filter(({ design }) => isAllowed(space, design));
  const rows = rowsOf(around);
  const rewards = Float64Array.from(rows, ({ reward }) => reward);
  if (allowed.length === 0) return undefined;
  const warp = warpFor(rewards, direction);
  const quick = rewards.length >= manyMeasured ? quickProcess : {};
  const { runtime: name = 'onnx', threads = defaultThreads(), observer, signal } = options;
  const runtime = await createRuntime(name, { threads });
  try {
    const fit = fitGaussianProcess({ ...roundProcess, ...quick });
    const surrogate = await fit(
      {
        designs: space.encodeAll(rows.map(({ design }) => design)),
        rewards: rewards.map(warp.forward),
        ...encodedLayout(space),
      },
      {
        runtime,
        stream: randomStream(seed).split('optimizer').split('recommend', history.evaluations.length),
        ...(observer === undefined ? {} : { observer }),
        ...(signal === undefined ? {} : { signal }),
      },
    );
    try {
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
