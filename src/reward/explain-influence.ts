import { mean, quantile, rankCorrelation, type RandomStream } from '../base/index.ts';
import {
  fromCoordinate,
  toCoordinate,
  type Design,
  type EncodedColumn,
  type Space,
  type Value,
} from '../space/index.ts';
import { choicesOf, type Factor } from './explain-conditions.ts';
import type { Predictions } from './surrogate.ts';

/** Predicted mean over rows of the table when one factor has a value in all of them, and its quantiles 0.1 and 0.9; own units. */
export interface PartialDependence {
  readonly values: readonly Value[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface Influence extends Factor {
  /** Root mean square of the change of the predicted reward when the factor's values are shuffled among rows, own units. */
  readonly change: number;
  /** The change as a part of the sum of all factors' changes, 0 to 1. */
  readonly share: number;
  /** Rank correlation of a change of value with the change of prediction, -1 to 1; absent where values have no order. */
  readonly trend?: number;
  /** For the factors with the largest changes. */
  readonly dependence?: PartialDependence;
}

export type PredictRewards = (designs: Float32Array) => Promise<Pick<Predictions, 'mean'>>;

export interface InfluenceOptions {
  readonly stream: RandomStream;
  /** Factors with a partial dependence, 4. */
  readonly curves?: number;
}

/** Predictions for the changes of all factors together, and for each curve. */
const changeBudget = 10_000;
const curveBudget = 2_400;
/** Rows that anything is predicted for. */
const maxRows = 200;
const maxShuffles = 5;
/** Values on a curve. */
const maxGrid = 12;
const maxChoices = 24;
/** Numbers in one call of the predictor. */
const maxBlock = 2 ** 22;

/** A factor, and where it lives in an encoded vector. */
interface Place {
  readonly factor: Factor;
  readonly column: EncodedColumn;
  readonly offset: number;
  readonly width: number;
}

/** n x d. */
interface Points {
  readonly data: Float32Array;
  readonly dimension: number;
}

function placesOf({ columns }: Space): readonly Place[] {
  return columns.flatMap((column): readonly Place[] => {
    const { name: parameter, offset, width } = column;
    if (column.kind === 'scalar' || column.parameter.type !== 'sequence') {
      return [{ factor: { parameter }, column, offset, width }];
    }
    return Array.from({ length: column.positions }, (_, i) => ({
      factor: { parameter, position: i + 1 },
      column,
      offset: offset + i * column.choices,
      width: column.choices,
    }));
  });
}

/**
 * How much each factor (a parameter, or one position of a sequence) matters to the predicted reward, the most first: permutation
 * importance (Breiman 2001) by the change of the prediction, and for the first few the partial dependence (Friedman 2001). Looks
 * at up to 200 of the designs and makes at most about 20,000 predictions for up to 500 factors, 20 more for each one beyond.
 * Shuffled values may leave the constraints of the space: where these tie parameters to one another, the figures rest on
 * predictions for designs that could not be made.
 */
export async function parameterInfluence(
  space: Space,
  predict: PredictRewards,
  designs: readonly Design[],
  { stream, curves = 4 }: InfluenceOptions,
): Promise<readonly Influence[]> {
  const rows = stream.split('rows').permutation(designs.length).subarray(0, maxRows);
  if (rows.length < 2) return [];
  const { dimension } = space;
  const points = { data: space.encodeAll(Array.from(rows, (row) => designs[row]!)), dimension };
  const places = placesOf(space);
  const changes = await changesOf(places, points, predict, stream.split('shuffles'));
  const total = changes.reduce((sum, { change }) => sum + change, 0);
  const order = [...places.keys()].sort((a, b) => changes[b]!.change - changes[a]!.change || a - b);
  const drawn = order.slice(0, curves).filter((i) => changes[i]!.change > 0);
  const dependences = new Map<number, PartialDependence>();
  for (const i of drawn) dependences.set(i, await dependenceOf(places[i]!, space, points, predict));
  return order.map((i) => {
    const dependence = dependences.get(i);
    return {
      ...places[i]!.factor,
      ...changes[i]!,
      share: total > 0 ? changes[i]!.change / total : 0,
      ...(dependence === undefined ? {} : { dependence }),
    };
  });
}

/** The first `count` points. */
function head({ data, dimension }: Points, count: number): Points {
  return { data: data.subarray(0, count * dimension), dimension };
}

/** Predicted means (n each) of variants of n x d points; `change` turns a copy of the points into variant number `variant`. */
async function predictVariants(
  predict: PredictRewards,
  { data, dimension }: Points,
  variants: number,
  change: (copy: Float32Array, variant: number) => void,
): Promise<readonly Float64Array[]> {
  const n = data.length / dimension;
  const perCall = Math.max(1, Math.floor(maxBlock / data.length));
  const means: Float64Array[] = [];
  for (let first = 0; first < variants; first += perCall) {
    const count = Math.min(perCall, variants - first);
    const block = new Float32Array(count * data.length);
    for (let i = 0; i < count; i++) {
      block.set(data, i * data.length);
      change(block.subarray(i * data.length, (i + 1) * data.length), first + i);
    }
    const predicted = (await predict(block)).mean;
    for (let i = 0; i < count; i++) means.push(predicted.subarray(i * n, (i + 1) * n));
  }
  return means;
}

async function changesOf(
  places: readonly Place[],
  all: Points,
  predict: PredictRewards,
  stream: RandomStream,
): Promise<readonly Pick<Influence, 'change' | 'trend'>[]> {
  const { dimension } = all;
  const n = Math.min(all.data.length / dimension, Math.max(20, Math.floor(changeBudget / places.length)));
  const points = head(all, n);
  const shuffles = Math.max(1, Math.min(maxShuffles, Math.floor(changeBudget / (places.length * n))));
  const orders = places.map(({ factor: { parameter, position = 0 } }) =>
    Array.from({ length: shuffles }, (_, i) => stream.split(parameter, position, i).permutation(n)),
  );
  const [base] = await predictVariants(predict, points, 1, () => undefined);
  const means = await predictVariants(predict, points, places.length * shuffles, (copy, variant) => {
    const place = Math.floor(variant / shuffles);
    const { offset, width } = places[place]!;
    orders[place]![variant % shuffles]!.forEach((from, row) => {
      const start = from * dimension + offset;
      copy.set(points.data.subarray(start, start + width), row * dimension + offset);
    });
  });
  return places.map(({ column, offset }, place) => {
    const own = means.slice(place * shuffles, (place + 1) * shuffles);
    const differences = own.flatMap((predicted) => Array.from(predicted, (value, row) => value - base![row]!));
    const change = Math.sqrt(mean(differences.map((difference) => difference ** 2)));
    if (column.kind === 'onehot') return { change };
    const coordinate = (row: number): number => points.data[row * dimension + offset]!;
    const moves = orders[place]!.flatMap((order) =>
      Array.from(order, (from, row) => coordinate(from) - coordinate(row)),
    );
    const moved = [...moves.keys()].filter((i) => moves[i] !== 0);
    const pick = (values: readonly number[]): readonly number[] => moved.map((i) => values[i]!);
    return { change, trend: moved.length === 0 ? 0 : rankCorrelation(pick(moves), pick(differences)) };
  });
}

/** A value of a factor, and the coordinates that stand for it. */
interface GridValue {
  readonly value: Value;
  readonly coordinates: readonly number[];
}

async function dependenceOf(
  place: Place,
  space: Space,
  all: Points,
  predict: PredictRewards,
): Promise<PartialDependence> {
  const { dimension } = all;
  const grid = place.column.kind === 'scalar' ? scalarGrid(place, space, all) : choiceGrid(place, all);
  const n = Math.min(all.data.length / dimension, Math.floor(curveBudget / grid.length));
  const means = await predictVariants(predict, head(all, n), grid.length, (copy, i) => {
    for (let row = 0; row < n; row++) copy.set(grid[i]!.coordinates, row * dimension + place.offset);
  });
  return {
    values: grid.map(({ value }) => value),
    mean: means.map(mean),
    low: means.map((values) => quantile(values, 0.1)),
    high: means.map((values) => quantile(values, 0.9)),
  };
}

/** Values evenly spaced, as the parameter's scale has it, between the least and the greatest of the points. */
function scalarGrid({ column, offset }: Place, space: Space, { data, dimension }: Points): readonly GridValue[] {
  if (column.kind !== 'scalar') return [];
  const { axis, name, parameter } = column;
  const coordinates = data.filter((_, i) => i % dimension === offset);
  const [least, greatest] = [
    coordinates.reduce((a, b) => Math.min(a, b)),
    coordinates.reduce((a, b) => Math.max(a, b)),
  ];
  const nearest = (value: number): number => {
    if (parameter.type === 'ordinal') return Math.round(value);
    const decimals = space.decimals(name);
    if (decimals === undefined || !('min' in parameter)) return Number(value.toPrecision(6));
    const step = parameter.step ?? (parameter.type === 'integer' ? 1 : 10 ** -decimals);
    return Number((parameter.min + Math.round((value - parameter.min) / step) * step).toFixed(decimals));
  };
  const values = Array.from({ length: maxGrid }, (_, i) =>
    nearest(fromCoordinate(axis, least + (i / (maxGrid - 1)) * (greatest - least))),
  );
  return [...new Set(values)].map((value) => ({
    value: parameter.type === 'ordinal' ? parameter.values[value]! : value,
    coordinates: [toCoordinate(axis, value)],
  }));
}

/** The choices that occur among the points, in the parameter's order. */
function choiceGrid({ column, offset, width }: Place, { data, dimension }: Points): readonly GridValue[] {
  const occurs = (choice: number): boolean => data.some((value, i) => i % dimension === offset + choice && value > 0);
  return choicesOf(column)
    .map((value, choice) => ({
      value,
      choice,
      coordinates: Array.from({ length: width }, (_, i) => (i === choice ? 1 : -1)),
    }))
    .filter(({ choice }) => occurs(choice))
    .slice(0, maxChoices);
}
