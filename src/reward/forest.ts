import { DecisionTreeRegression } from 'ml-cart';
import { mean, standardDeviation, type RandomStream } from '../base/index.ts';
import { calibration, checkRows, judge, widened } from './quality.ts';
import { inSlices } from './slices.ts';
import { noCurve, type FitSurrogate, type LabelledRows, type Predictions } from './surrogate.ts';
import { flatten, treeValue, type FlatTree } from './tree.ts';

/** A forest of regression trees, each grown on a bag of rows and a share of the parameters (Breiman 2001; Ho 1998). */
export interface ForestTraining {
  readonly trees: number;
  /** Rows drawn with replacement for each tree, at most; the split search is quadratic in them. */
  readonly bag: number;
  /** Share of the parameters that a tree looks at. */
  readonly parameterShare: number;
  /** Parameters are taken until a tree looks at so many coordinates. */
  readonly coordinates: number;
  /** Nodes with at most so many rows are leaves. */
  readonly leaf: number;
}

export const forestDefaults: ForestTraining = { trees: 100, bag: 200, parameterShare: 0.7, coordinates: 24, leaf: 3 };

interface GrownTree {
  readonly tree: FlatTree;
  readonly bag: Uint32Array;
}

/** Coordinates by parameter. */
function byParameter({ dimension, groups }: LabelledRows): readonly (readonly number[])[] {
  const members = new Map<number, number[]>();
  for (let j = 0; j < dimension; j++) {
    const group = groups?.[j] ?? j;
    members.set(group, [...(members.get(group) ?? []), j]);
  }
  return [...members.values()];
}

/** The coordinates of random parameters, of one at least. */
function drawCoordinates(
  parameters: readonly (readonly number[])[],
  { parameterShare, coordinates }: ForestTraining,
  stream: RandomStream,
): readonly number[] {
  const count = Math.ceil(parameterShare * parameters.length);
  const drawn: number[] = [];
  for (const parameter of stream.permutation(parameters.length).slice(0, count)) {
    if (drawn.length >= coordinates) break;
    drawn.push(...parameters[parameter]!);
  }
  return drawn;
}

/** ml-cart refuses a split of the root that leaves no error: one reward is moved by this share of their scale. */
const nudge = 1e-6;
/** Splits that leave no error are welcome elsewhere. */
const anyGain = -1;

function growTree(
  { designs, dimension }: LabelledRows,
  y: Float64Array,
  coordinates: readonly number[],
  bag: Uint32Array,
  leaf: number,
): FlatTree {
  const tree = new DecisionTreeRegression({ minNumSamples: leaf, gainThreshold: anyGain });
  const rows = Array.from(bag, (row) => coordinates.map((j) => designs[row * dimension + j]!));
  tree.train(
    rows,
    Array.from(bag, (row, i) => y[row]! + (i === 0 ? nudge : 0)),
  );
  return flatten(tree.root, coordinates);
}

/** Mean and variance over trees, Welford's way. */
interface Moments {
  readonly count: Float64Array;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

const moments = (n: number): Moments => ({
  count: new Float64Array(n),
  mean: new Float64Array(n),
  squares: new Float64Array(n),
});

function include({ count, mean: center, squares }: Moments, row: number, value: number): void {
  const before = value - center[row]!;
  center[row]! += before / ++count[row]!;
  squares[row]! += before * (value - center[row]!);
}

interface Spread {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** NaN where no tree has a say. */
function spreadOf({ count, mean: center, squares }: Moments): Spread {
  return {
    mean: center.map((value, row) => (count[row]! > 0 ? value : NaN)),
    variance: squares.map((value, row) => (count[row]! > 0 ? value / Math.max(1, count[row]! - 1) : NaN)),
  };
}

/** By the trees whose bags a row is not in. */
function outOfBag(grown: readonly GrownTree[], { designs, dimension, rewards }: LabelledRows): Spread {
  const n = rewards.length;
  const found = moments(n);
  const bagged = new Int32Array(n).fill(-1);
  grown.forEach(({ tree, bag }, number) => {
    for (const row of bag) bagged[row] = number;
    for (let row = 0; row < n; row++) {
      if (bagged[row] !== number) include(found, row, treeValue(tree, designs, row * dimension));
    }
  });
  return spreadOf(found);
}

async function byAllTrees(grown: readonly GrownTree[], designs: Float32Array, dimension: number): Promise<Spread> {
  const n = designs.length / dimension;
  const found = moments(n);
  await inSlices(grown.length, undefined, (number) => {
    const { tree } = grown[number]!;
    for (let row = 0; row < n; row++) include(found, row, treeValue(tree, designs, row * dimension));
  });
  return spreadOf(found);
}

/** What the trees' disagreement does not explain of the squared error. */
function unexplained({ mean: center, variance }: Spread, y: Float64Array): number {
  const rest = y.map((value, row) => (value - center[row]!) ** 2 - variance[row]!).filter(Number.isFinite);
  return rest.length === 0 ? 0 : Math.max(0, mean(rest));
}

/** Grows the forest. Held-out predictions are by the trees that did not draw a row. Throws a data error for fewer than 2 rows. */
export const fitForest =
  (overrides: Partial<ForestTraining> = {}): FitSurrogate =>
  async (labelled, { stream, observer, signal }) => {
    const { dimension, rewards } = labelled;
    checkRows(rewards);
    const n = rewards.length;
    const training: ForestTraining = { ...forestDefaults, ...overrides };
    const size = Math.min(n, training.bag);
    const parameters = byParameter(labelled);
    const center = mean(rewards);
    const scale = standardDeviation(rewards) || 1;
    const y = rewards.map((reward) => (reward - center) / scale);

    const grown: GrownTree[] = [];
    await inSlices(training.trees, signal, (number) => {
      const own = stream.split('tree', number);
      const bag = Uint32Array.from({ length: size }, () => own.integer(n));
      const coordinates = drawCoordinates(parameters, training, own);
      grown.push({ tree: growTree(labelled, y, coordinates, bag, training.leaf), bag });
      if ((number + 1) % 10 === 0) observer?.({ stage: 'surrogate', done: number + 1, total: training.trees });
    });

    const left = outOfBag(grown, labelled);
    const noise = unexplained(left, y);
    const inOwnUnits = ({ mean: middle, variance }: Spread): Predictions => ({
      mean: middle.map((value) => center + scale * value),
      std: variance.map((value) => scale * Math.sqrt(value + noise)),
    });
    const factor = calibration(inOwnUnits(left), rewards);
    const heldOut = widened(inOwnUnits(left), factor);
    return {
      name: 'forest',
      heldOut,
      quality: judge(heldOut, rewards),
      curve: noCurve,
      settings: { ...training, bag: size },
      dispose: () => Promise.resolve(),
      predict: async (designs) => widened(inOwnUnits(await byAllTrees(grown, designs, dimension)), factor),
    };
  };
