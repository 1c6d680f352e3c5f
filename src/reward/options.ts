import { groupCount, type EncodedLayout } from './groups.ts';

/**
 * What a Gaussian process learns of options: each is a point, and the distance of two options is that of their points (Zhang, Tao, Chen
 * and Apley 2020, arXiv:1806.07504, here with as many coordinates as options). Choices with the same options, such as the materials of
 * layers or the letters of a sequence, share the points, and only such options have points that are learnt: else any two are 1 apart.
 */

/** A choice whose options have points that are learnt. */
export interface LearntChoice {
  /** Its first coordinate; it has `options` of them. */
  readonly first: number;
  readonly options: number;
  /** Where the points of its options, options x options, start among the hyperparameters. */
  readonly at: number;
}

export interface OptionLayout {
  readonly choices: readonly LearntChoice[];
  /** Where the points of all lists start among the hyperparameters: after the length scales. */
  readonly from: number;
  /** Coordinates of the points of all lists. */
  readonly size: number;
}

/** With more options too much would have to be learnt, and with more coordinates products would cost too much. */
const most = { options: 26, coordinates: 512 } as const;

/** Undefined where no two choices have the same options. */
export function optionLayout({
  groups,
  optionLists,
}: Required<Pick<EncodedLayout, 'groups'>> & Pick<EncodedLayout, 'optionLists'>): OptionLayout | undefined {
  if (optionLists === undefined || groups.length > most.coordinates) return undefined;
  const starts = [...groups.keys()].filter((k) => optionLists[k]! >= 0 && groups[k] !== groups[k - 1]);
  const uses = new Map<number, number>();
  for (const k of starts) uses.set(optionLists[k]!, (uses.get(optionLists[k]!) ?? 0) + 1);
  const places = new Map<number, number>();
  const from = groupCount(groups);
  let size = 0;
  const choices: LearntChoice[] = [];
  for (const first of starts) {
    const list = optionLists[first]!;
    const options = groups.lastIndexOf(groups[first]!) - first + 1;
    if (uses.get(list)! < 2 || options < 2 || options > most.options) continue;
    if (!places.has(list)) {
      places.set(list, from + size);
      size += options * options;
    }
    choices.push({ first, options, at: places.get(list)! });
  }
  return size === 0 ? undefined : { choices, from, size };
}

/** Points of which any two are 1 apart, for all lists. */
export function equidistantPoints({ choices, from, size }: OptionLayout): Float64Array {
  const points = new Float64Array(size);
  for (const { options, at } of choices) {
    for (let option = 0; option < options; option++) points[at - from + option * (options + 1)] = Math.SQRT1_2;
  }
  return points;
}

/** The value of a choice's coordinate, 0 or 1, in units in which a change of choice is 1. */
export const optionValue = (coordinate: number): number => 0.5 + coordinate * Math.SQRT2;
