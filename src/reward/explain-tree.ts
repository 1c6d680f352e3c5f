import { DecisionTreeClassifier, type TreeNode } from 'ml-cart';
import { correlation } from '../base/index.ts';

/** Rows, and how they were split: those with the lower values of a coordinate and those with the higher ones. */
export interface Branch {
  readonly rows: readonly number[];
  readonly split?: { readonly coordinate: number; readonly low: Branch; readonly high: Branch };
}

export interface TreeLimits {
  /** Splits from the root to a leaf. */
  readonly depth: number;
  /** Rows of a leaf. */
  readonly leastRows: number;
}

/** One column of what `ml-cart` sees: a coordinate or its negative. */
interface Feature {
  readonly coordinate: number;
  readonly sign: 1 | -1;
}

interface Growing extends TreeLimits {
  readonly points: readonly Float64Array[];
  readonly good: readonly boolean[];
  readonly features: readonly Feature[];
  readonly splits: number;
}

/** Two-valued coordinates in a tree; there are many for long sequences, and the search looks at each of them in each node. */
const maxTwoValued = 200;

/**
 * A classification tree (Breiman et al. 1984, Gini impurity) for n points and their classes. Splits that cut off fewer than
 * `leastRows` rows are passed over; last splits that could be chance are undone. Expects the rows of one class before those of
 * the other: `ml-cart` tries to split a column only between neighbours of different classes in its order, where equal values stay
 * in the order of the rows, and so every split worth something has such neighbours in a coordinate or in its negative.
 */
export function growTree(
  points: readonly Float64Array[],
  good: readonly boolean[],
  limits: TreeLimits,
): { readonly root: Branch; readonly splits: number } {
  const { features, splits } = featuresOf(points, good, limits.leastRows);
  const rows = points.map((_, row) => row);
  if (features.length === 0) return { root: { rows }, splits };
  const tree = new DecisionTreeClassifier({ maxDepth: limits.depth + 2, minNumSamples: limits.leastRows });
  tree.train(
    points.map((point) => features.map(({ coordinate, sign }) => sign * point[coordinate]!)),
    good.map(Number),
  );
  return { root: branchOf({ ...limits, points, good, features, splits }, tree.root, rows, 0), splits };
}

/** The coordinates that can be split, and in how many places together. */
function featuresOf(
  points: readonly Float64Array[],
  good: readonly boolean[],
  leastRows: number,
): { readonly features: readonly Feature[]; readonly splits: number } {
  const classes = good.map(Number);
  const columns = Array.from({ length: points[0]?.length ?? 0 }, (_, coordinate) => {
    const values = points.map((point) => point[coordinate]!);
    return { coordinate, values, distinct: new Set(values).size };
  }).filter(({ values, distinct }) => distinct > 2 || (distinct === 2 && rarer(values) >= leastRows));
  const strength = (values: readonly number[]): number => Math.abs(correlation(values, classes));
  const twoValued = columns.filter(({ distinct }) => distinct === 2);
  const strongest = [...twoValued].sort((a, b) => strength(b.values) - strength(a.values)).slice(0, maxTwoValued);
  const kept = [...columns.filter(({ distinct }) => distinct > 2), ...strongest];
  const features = kept.flatMap(({ coordinate, distinct }): readonly Feature[] =>
    distinct === points.length
      ? [{ coordinate, sign: 1 }]
      : [
          { coordinate, sign: 1 },
          { coordinate, sign: -1 },
        ],
  );
  return { features, splits: columns.reduce((sum, { distinct }) => sum + distinct - 1, 0) };
}

/** How often the rarer of two values occurs. */
function rarer(values: readonly number[]): number {
  const first = values.filter((value) => value === values[0]).length;
  return Math.min(first, values.length - first);
}

function branchOf(growing: Growing, node: TreeNode, rows: readonly number[], depth: number): Branch {
  const { left, right, splitColumn = 0, splitValue = 0 } = node;
  if (left === undefined || right === undefined || depth === growing.depth) return { rows };
  const { coordinate, sign } = growing.features[splitColumn]!;
  const isLeft = (row: number): boolean => sign * growing.points[row]![coordinate]! < splitValue;
  const [leftRows, rightRows] = [rows.filter(isLeft), rows.filter((row) => !isLeft(row))];
  if (leftRows.length < growing.leastRows) return branchOf(growing, right, rows, depth);
  if (rightRows.length < growing.leastRows) return branchOf(growing, left, rows, depth);
  const sides = [branchOf(growing, left, leftRows, depth + 1), branchOf(growing, right, rightRows, depth + 1)] as const;
  const isLast = sides.every(({ split }) => split === undefined);
  if (isLast && couldBeChance(twoByTwo(growing.good, leftRows, rightRows), growing.splits)) return { rows };
  const [low, high] = sign === 1 ? sides : [sides[1], sides[0]];
  return { rows, split: { coordinate, low, high } };
}

/** Pearson's chi-squared statistic of two groups of rows against their classes. */
function twoByTwo(good: readonly boolean[], left: readonly number[], right: readonly number[]): number {
  const goodOf = (rows: readonly number[]): number => rows.filter((row) => good[row]).length;
  const [a, b] = [goodOf(left), goodOf(right)];
  const [c, d] = [left.length - a, right.length - b];
  return ((a * d - b * c) ** 2 * (a + b + c + d)) / Math.max(1, (a + b) * (c + d) * (a + c) * (b + d));
}

/** Whether a squared standardized deviation could be the largest of `tried` by chance: that of k standard normals is about 2 ln k. */
export function couldBeChance(squared: number, tried: number): boolean {
  return !(squared > 2 * Math.log(Math.max(2, tried)));
}
