import { optionValue } from './options.ts';

/**
 * The part of a Gaussian process that is a sum of functions of one parameter each (Duvenaud, Nickisch and Rasmussen 2011,
 * arXiv:1112.4394), of variance 1 in all. A number's function is a Fourier series on a circle longer than its range, with variances
 * like the spectral density of a Matern 5/2 kernel; a choice's function has an independent value for each option.
 */

/** Coordinates by what they are, of designs whose parameters' ranges are 1 (`Inputs`). */
export interface AdditiveLayout {
  /** Coordinates that are numbers. */
  readonly numbers: readonly number[];
  /** Coordinates of one-hot choices. */
  readonly options: readonly number[];
  /** Parameters. */
  readonly parameters: number;
  /** Frequencies of a number's series. */
  readonly harmonics: number;
}

/** The circle's circumference, where a number's range is 1: its ends are not neighbours. */
const circumference = 1.5;

/** Waves slower than this one, with periods above three tenths of the range, would take trends for waves and turn back beyond the data. */
const slowest = 5;

/** At most so many harmonics: the shortest period is an eighteenth of the range. */
const mostHarmonics = 24;

/** With fewer there is no additive part. */
const leastHarmonics = 8;

/** What says whether there is an additive part, and how much of one. */
export interface AdditiveOptions {
  /** The groups that coordinates belong to, numbered from 0. */
  readonly groups: readonly number[];
  /** Harmonics of all numbers together are at most so many (480): bounds what predictions cost. */
  readonly harmonics?: number;
}

export const defaultHarmonics = 480;

/** Undefined for one parameter, and for more numbers than an eighth of the harmonics. */
export function additiveLayout({
  groups,
  harmonics: inAll = defaultHarmonics,
}: AdditiveOptions): AdditiveLayout | undefined {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const coordinates = [...groups.keys()];
  const numbers = coordinates.filter((k) => sizes.get(groups[k]!) === 1);
  const options = coordinates.filter((k) => sizes.get(groups[k]!)! > 1);
  const harmonics = Math.min(mostHarmonics, Math.floor(inAll / Math.max(1, numbers.length)));
  if (sizes.size < 2 || harmonics < leastHarmonics) return undefined;
  return { numbers, options, parameters: sizes.size, harmonics };
}

/** How often a wave goes around the circle. */
const turns = (harmonic: number): number => slowest + harmonic;

/** Radians per unit of the harmonics 0, 1, ... */
export const frequency = (harmonic: number): number => (2 * Math.PI * turns(harmonic)) / circumference;

/** Variances of the harmonics of a number's series, 1 in all, and their slopes by the logarithm of the length scale. */
export function harmonicShares(
  harmonics: number,
  logLength: number,
): { readonly shares: Float64Array; readonly slopes: Float64Array } {
  const decay = 5 * Math.exp(-2 * logLength);
  const density = Float64Array.from({ length: harmonics }, (_, j) => (decay + frequency(j) ** 2) ** -3);
  const total = density.reduce((sum, one) => sum + one, 0);
  const shares = density.map((one) => one / total);
  const logSlopes = density.map((_, j) => (6 * decay) / (decay + frequency(j) ** 2));
  const average = shares.reduce((sum, share, j) => sum + share * logSlopes[j]!, 0);
  return { shares, slopes: shares.map((share, j) => share * (logSlopes[j]! - average)) };
}

/** Cells of half the circle. */
const cells = 16_384;

const cosines = Float64Array.from({ length: 2 * cells }, (_, i) => Math.cos((Math.PI * i) / cells));

/** sum_j weights_j cos(frequency_j t) at the ends of all cells of half the circle. */
function tabulated(weights: Float64Array): Float64Array {
  const table = new Float64Array(cells + 2);
  weights.forEach((weight, j) => {
    for (let i = 0; i < table.length; i++) table[i]! += weight * cosines[(turns(j) * i) % (2 * cells)]!;
  });
  return table;
}

/** A table's value at a distance, in cells. */
function lookUp(table: Float64Array, distance: number): number {
  const around = distance < 2 * cells ? distance : distance % (2 * cells);
  const at = around > cells ? 2 * cells - around : around;
  const cell = Math.floor(at);
  const value = table[cell]!;
  return value + (at - cell) * (table[cell + 1]! - value);
}

/** n x d designs, their numbers in cells and their choices as 0 or 1. */
export function prepared(designs: Float64Array, d: number, { numbers, options }: AdditiveLayout): Float64Array {
  const result = new Float64Array(designs.length);
  const perCell = (2 * cells) / circumference;
  for (let from = 0; from < designs.length; from += d) {
    for (const k of numbers) result[from + k] = designs[from + k]! * perCell;
    for (const k of options) result[from + k] = optionValue(designs[from + k]!);
  }
  return result;
}

/** The covariance, or its slope by the logarithm of the length scale, of row i of one set of prepared designs and row j of another. */
export type Similarity = (a: Float64Array, i: number, b: Float64Array, j: number) => number;

function similarity(layout: AdditiveLayout, d: number, weights: Float64Array, options: readonly number[]): Similarity {
  const { numbers, parameters } = layout;
  const table = tabulated(weights);
  return (a, i, b, j) => {
    const [left, right] = [i * d, j * d];
    let total = 0;
    for (const k of numbers) total += lookUp(table, Math.abs(a[left + k]! - b[right + k]!));
    for (const k of options) total += a[left + k]! * b[right + k]!;
    return total / parameters;
  };
}

export const additiveCovariance = (layout: AdditiveLayout, d: number, logLength: number): Similarity =>
  similarity(layout, d, harmonicShares(layout.harmonics, logLength).shares, layout.options);

export const additiveSlope = (layout: AdditiveLayout, d: number, logLength: number): Similarity =>
  similarity(layout, d, harmonicShares(layout.harmonics, logLength).slopes, []);
