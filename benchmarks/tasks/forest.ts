import { createRequire } from 'node:module';
import { mean, type RandomStream } from '../../src/base/index.ts';

/** A node of `ml-cart`: inner nodes send rows with a smaller value to the left, leaves hold the mean reward. */
interface CartNode {
  readonly left?: CartNode;
  readonly right?: CartNode;
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly distribution?: number;
}

interface CartTree {
  readonly root: CartNode;
  train(rows: readonly (readonly number[])[], values: readonly number[]): void;
}

/** The package has no types. */
const { DecisionTreeRegression } = createRequire(import.meta.url)('ml-cart') as {
  readonly DecisionTreeRegression: new (options: { readonly minNumSamples: number }) => CartTree;
};

export interface ForestOptions {
  readonly trees: number;
  /** Rows of a tree, drawn without repeats: the search for splits is quadratic in them. */
  readonly bag: number;
  /** Columns of a tree, drawn among those that vary in its rows. */
  readonly columns: number;
  /** Nodes of so many rows or fewer are leaves. */
  readonly leaf: number;
}

/** A tree in flat arrays, node 0 at the root; children of -1 mark a leaf. */
interface FlatTree {
  readonly column: Int32Array;
  /** Where to split, or a leaf's prediction. */
  readonly value: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export interface Forest {
  /** The mean over the trees for one row of numbers. */
  readonly predict: (row: ArrayLike<number>) => number;
  /** R² on the rows, each predicted by the trees that did not see it. */
  readonly r2: number;
}

function flattened(root: CartNode, columns: readonly number[]): FlatTree {
  const nodes: { column: number; value: number; left: number; right: number }[] = [];
  const visit = ({ left, right, splitColumn, splitValue, distribution }: CartNode): number => {
    const node = { column: -1, value: distribution ?? NaN, left: -1, right: -1 };
    const at = nodes.push(node) - 1;
    if (left !== undefined && right !== undefined) {
      node.column = columns[splitColumn ?? -1] ?? -1;
      node.value = splitValue ?? NaN;
      node.left = visit(left);
      node.right = visit(right);
    }
    return at;
  };
  visit(root);
  return {
    column: Int32Array.from(nodes, (node) => node.column),
    value: Float64Array.from(nodes, (node) => node.value),
    left: Int32Array.from(nodes, (node) => node.left),
    right: Int32Array.from(nodes, (node) => node.right),
  };
}

function leafValue({ column, value, left, right }: FlatTree, row: ArrayLike<number>): number {
  let at = 0;
  while (left[at]! >= 0) at = row[column[at]!]! < value[at]! ? left[at]! : right[at]!;
  return value[at]!;
}

/** Bagged regression trees (Breiman 2001) on n >= 2 rows. */
export function fitForest(
  rows: readonly (readonly number[])[],
  values: ArrayLike<number>,
  { trees, bag, columns, leaf }: ForestOptions,
  stream: RandomStream,
): Forest {
  const sums = new Float64Array(rows.length);
  const votes = new Uint32Array(rows.length);
  const grown = Array.from({ length: trees }, (_, number) => {
    const order = stream.split('rows', number).permutation(rows.length);
    const bagged = order.subarray(0, bag);
    const first = rows[bagged[0]!]!;
    const varying = first.map((_, j) => j).filter((j) => bagged.some((row) => rows[row]![j] !== first[j]));
    const drawn = stream.split('columns', number).permutation(varying.length).subarray(0, columns);
    const chosen = Array.from(drawn, (at) => varying[at]!);
    const tree = new DecisionTreeRegression({ minNumSamples: leaf });
    tree.train(
      Array.from(bagged, (row) => chosen.map((j) => rows[row]![j]!)),
      Array.from(bagged, (row) => values[row]!),
    );
    const flat = flattened(tree.root, chosen);
    for (const row of order.subarray(bag)) {
      sums[row]! += leafValue(flat, rows[row]!);
      votes[row]!++;
    }
    return flat;
  });
  return {
    predict: (row) => mean(grown.map((tree) => leafValue(tree, row))),
    r2: determination(values, sums, votes),
  };
}

/** R² of means of votes, over the rows that have any. */
function determination(values: ArrayLike<number>, sums: Float64Array, votes: Uint32Array): number {
  const judged = Array.from(votes.keys()).filter((row) => votes[row]! > 0);
  const center = mean(judged.map((row) => values[row]!));
  const error = judged.reduce((sum, row) => sum + (values[row]! - sums[row]! / votes[row]!) ** 2, 0);
  const total = judged.reduce((sum, row) => sum + (values[row]! - center) ** 2, 0);
  return 1 - error / total;
}
