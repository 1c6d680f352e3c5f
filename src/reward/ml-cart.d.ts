/** The part of ml-cart 2.1 that is used; the package ships no types. */
declare module 'ml-cart' {
  /** A row goes to `left` when its value in `splitColumn` is below `splitValue`, else to `right`; a leaf has neither child. */
  export interface TreeNode {
    readonly left?: TreeNode;
    readonly right?: TreeNode;
    readonly splitColumn?: number;
    readonly splitValue?: number;
  }

  export interface ClassifierOptions {
    /** Nodes of at most so many rows are leaves. */
    readonly minNumSamples?: number;
    readonly maxDepth?: number;
    /** The least decrease of Gini impurity that splits a node. */
    readonly gainThreshold?: number;
  }

  export class DecisionTreeClassifier {
    constructor(options?: ClassifierOptions);
    readonly root: TreeNode;
    /** Rows of numbers, and their classes 0, 1, .... */
    train(rows: readonly ArrayLike<number>[], classes: readonly number[]): void;
  }
}
