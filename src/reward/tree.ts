import type { TreeNode } from 'ml-cart';

/** A regression tree in arrays, one entry a node, the root first. */
export interface FlatTree {
  /** The column to look at; -1 for a leaf. */
  readonly column: Int32Array;
  /** Values below go to `left`, others to `left + 1`. */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  /** Of leaves. */
  readonly value: Float64Array;
}

/** Flattens a fitted tree; `columns` holds the design's column for each of the tree's. */
export function flatten(root: TreeNode, columns: ArrayLike<number>): FlatTree {
  const nodes: TreeNode[] = [root];
  const left: number[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    left.push(nodes.length);
    if (node.left !== undefined && node.right !== undefined) nodes.push(node.left, node.right);
  }
  const inner = (node: TreeNode): boolean => node.left !== undefined && node.right !== undefined;
  return {
    column: Int32Array.from(nodes, (node) => (inner(node) ? columns[node.splitColumn!]! : -1)),
    threshold: Float64Array.from(nodes, (node) => node.splitValue ?? NaN),
    left: Int32Array.from(left),
    value: Float64Array.from(nodes, (node) => node.distribution ?? NaN),
  };
}

/** What a tree says of the design that starts at `offset`. */
export function treeValue({ column, threshold, left, value }: FlatTree, designs: Float32Array, offset: number): number {
  let node = 0;
  while (column[node]! >= 0) {
    node = left[node]! + (designs[offset + column[node]!]! < threshold[node]! ? 0 : 1);
  }
  return value[node]!;
}
