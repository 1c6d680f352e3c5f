import { createRuntime, type Runtime } from '../graph/index.ts';
import { fitGaussianProcess, type Predictions, type Surrogate } from '../reward/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';
import { allowedRewards } from './allowed.ts';
import { roundProcess } from './defaults.ts';
import { newDesigns } from './generate.ts';
import { chooseByImprovement, expectedImprovement } from './improvement.ts';
import { learnOptions } from './learn-options.ts';
import { defaultThreads, fitOnFailures, fitOnTable } from './models.ts';
import { neighbourDistance } from './nearest.ts';
import type { AskOptions, SearchOptions } from './optimizer-options.ts';
import { chooseDistinct, rankByBound } from './select.ts';
import type { NextDesign, Situation } from './situation.ts';

/** What is predicted of encoded designs, and the probability that the experiment works. */
type Predict = (designs: Float32Array) => Promise<Predictions & Pick<Outlook, 'chance'>>;

/** So many by their own improvement are chosen among jointly, for each design asked for, and at least; of more designs asked for than
 *  `most` the covariances would be too many. */
const shortlist = { perDesign: 4, least: 256, most: 256 } as const;

/** What is predicted of candidates that were not tried, larger being better. */
interface Outlook {
  readonly mean: Float64Array;
  /** Multiplied by the exploration. */
  readonly std: Float64Array;
  /** The probability that the experiment works. */
  readonly chance: Float64Array;
  /** The best and the worst reward so far of designs that are allowed. */
  readonly best: number;
  readonly worst: number;
}

/** Each candidate's expected improvement; where nothing is explored the mean, and the worst reward of what fails. */
function merits({ mean, std, chance, best, worst }: Outlook, exploration: number): Float64Array {
  return mean.map((value, i) =>
    exploration > 0
      ? chance[i]! * expectedImprovement(value, std[i]!, best)
      : chance[i]! * value + (1 - chance[i]!) * Math.min(value, worst),
  );
}

/** Numbers that order candidates by merit, larger being better; equals by what they are expected to be worth: far below the best reward no
 *  improvement is expected of any. */
function preferences(merit: Float64Array, { mean, chance, worst }: Outlook): Float64Array {
  const worth = mean.map((value, i) => chance[i]! * (value - worst));
  const order = Array.from(merit.keys()).sort((a, b) => merit[b]! - merit[a]! || worth[b]! - worth[a]! || a - b);
  const preference = new Float64Array(merit.length);
  order.forEach((place, rank) => (preference[place] = -rank));
  return preference;
}

/** Places of the candidates to try, in the order chosen. */
async function chosenPlaces(
  { table, stream, count }: Situation,
  outlook: Outlook,
  encoded: (place: number) => Float32Array,
  surrogate: Surrogate,
  exploration: number,
  diversity: number | undefined,
): Promise<readonly number[]> {
  const preference = preferences(merits(outlook, exploration), outlook);
  const joint = exploration > 0 && diversity === undefined && count <= shortlist.most;
  if (!joint || surrogate.covariance === undefined) {
    const radius = (diversity ?? 0) * neighbourDistance(table, stream.split('neighbours'));
    return chooseDistinct(preference, encoded, count, radius);
  }
  const places = rankByBound(preference).subarray(0, Math.max(shortlist.least, shortlist.perDesign * count));
  const at = (values: Float64Array): Float64Array => Float64Array.from(places, (place) => values[place]!);
  const covariance = await surrogate.covariance(gathered(places, encoded, table.space.dimension));
  const known = { mean: at(outlook.mean), covariance: covariance.map((value) => exploration ** 2 * value) };
  return chooseByImprovement(known, at(outlook.chance), outlook.best, count).map((at) => places[at]!);
}

function gathered(places: Uint32Array, encoded: (place: number) => Float32Array, d: number): Float32Array {
  const designs = new Float32Array(places.length * d);
  places.forEach((place, i) => designs.set(encoded(place), i * d));
  return designs;
}

/** Fits models of the rewards and of failures, and closes them after `use`. */
async function withModels<T>(
  table: Table,
  runtime: Runtime,
  options: Parameters<typeof fitOnTable>[2],
  use: (predict: Predict, surrogate: Surrogate) => Promise<T>,
): Promise<T> {
  const surrogate = await fitOnTable(table, runtime, options);
  try {
    const feasibility = await fitOnFailures(table, runtime, options);
    try {
      const predict: Predict = async (designs) => {
        const predicted = await surrogate.predict(designs);
        const chance = (await feasibility?.predict(designs)) ?? new Float64Array(predicted.mean.length).fill(1);
        return { ...predicted, chance };
      };
      return await use(predict, surrogate);
    } finally {
      await feasibility?.dispose();
    }
  } finally {
    await surrogate.dispose();
  }
}

/**
 * The candidates to try next. Each can be measured, so there is nothing to generate and none is off the data: no denoiser is trained. A
 * batch is chosen by expected improvement, one after the other where the surrogate knows how candidates vary together.
 */
export async function candidatesNext(
  situation: Situation,
  options: SearchOptions & AskOptions,
  exploration: number,
): Promise<readonly NextDesign[]> {
  const { table, space, taken, stream } = situation;
  const { candidates = [], diversity, threads = defaultThreads() } = options;
  const untried = [...newDesigns(space, taken, candidates)];
  const encoded = encoder(space, untried);
  const runtime = await createRuntime(options.runtime ?? 'onnx', { threads });
  try {
    const models = learnOptions({ surrogate: fitGaussianProcess(roundProcess), ...options }, stream);
    return await withModels(table, runtime, models, async (predict, surrogate) => {
      const sign = table.direction === 'maximize' ? 1 : -1;
      const rewards = allowedRewards(table, space).map((reward) => sign * reward);
      const { mean, std, chance } = await predict(encoded.all);
      const outlook = {
        mean: mean.map((value) => sign * value),
        std: std.map((value) => exploration * value),
        chance,
        best: rewards.reduce((a, b) => Math.max(a, b)),
        worst: rewards.reduce((a, b) => Math.min(a, b)),
      };
      const places = await chosenPlaces(situation, outlook, encoded.of, surrogate, exploration, diversity);
      return places.map((at) => ({ design: untried[at]!, predicted: { mean: mean[at]!, std: std[at]! } }));
    });
  } finally {
    await runtime.close();
  }
}

function encoder(space: Space, designs: readonly Design[]): { all: Float32Array; of: (place: number) => Float32Array } {
  const all = space.encodeAll(designs);
  return { all, of: (place) => all.subarray(place * space.dimension, (place + 1) * space.dimension) };
}
