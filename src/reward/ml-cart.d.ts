/** The parts of ml-cart 2.1 that are used; the package ships no types. */
declare module 'ml-cart' {
  /** A row goes to `left` when its value in `splitColumn` is below `splitValue`, else to `right`; a leaf has neither child. */
  export interface TreeNode {
    readonly left?: TreeNode;
    readonly right?: TreeNode;
    readonly splitColumn?: number;
    readonly splitValue?: number;
    /** What a regression tree's leaf predicts. */
    readonly distribution?: number;
  }

  export interface TreeOptions {
    /** Nodes of at most so many rows are leaves. */
    readonly minNumSamples?: number;
    readonly maxDepth?: number;
    /** Classification: the least decrease of Gini impurity that splits a node. Regression: a split must leave more squared error. */
    readonly gainThreshold?: number;
  }

  export type ClassifierOptions = TreeOptions;

  export class DecisionTreeClassifier {
    constructor(options?: TreeOptions);
    readonly root: TreeNode;
    /** Rows of numbers, and their classes 0, 1, .... */
    train(rows: readonly ArrayLike<number>[], classes: readonly number[]): void;
  }

  export class DecisionTreeRegression {
    constructor(options?: TreeOptions);
    readonly root: TreeNode;
    train(rows: readonly ArrayLike<number>[], values: readonly number[]): void;
    predict(rows: readonly ArrayLike<number>[]): number[];
  }
}
