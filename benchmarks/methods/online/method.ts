import type { Design, Space } from '../../../src/space/index.ts';

/** What measuring a design said. */
export interface Evaluation {
  readonly design: Design;
  /** Less is better; undefined where measuring failed. */
  readonly cost: number | undefined;
}

export interface OnlineSettings {
  readonly seed: number;
  /** How many designs are asked for at a time, as a rule. */
  readonly batch: number;
  /** The only designs that can be measured, each once; absent where all of the space can. */
  readonly candidates?: readonly Design[];
  /** Processor threads that a method may keep busy (all). */
  readonly threads?: number;
  /** How many designs will be measured, for methods that plan ahead. */
  readonly evaluations?: number;
}

/** A method that cannot run here, such as one in a Python package that is not installed. */
export class MissingMethodError extends Error {
  override readonly name: string = 'MissingMethodError';
}

/** A method that proposes designs and learns what they cost. */
export interface OnlineOptimizer {
  /** `count` designs of the space. What was asked before need not have been told. */
  readonly ask: (count: number) => readonly Design[] | Promise<readonly Design[]>;
  /** Evaluations of designs that were asked for or not, in any order, late, in part or never. */
  readonly tell: (evaluations: readonly Evaluation[]) => void | Promise<void>;
  /** The design to use in the end, which need not be that of the best measurement where these are noisy; asked for when all is told. */
  readonly recommend?: () => Design | undefined | Promise<Design | undefined>;
  /** Versions of what the method is made of, by name, where that is not this package; asked for when all is told. */
  readonly versions?: () => Readonly<Record<string, string>>;
  /** Releases what the method holds, such as a process of its own. */
  readonly close?: () => Promise<void>;
}

/** A method of online optimization, for spaces without constraints. Same space and settings, same designs. Throws a `MissingMethodError`,
 *  or its optimizer does, where it cannot run. */
export type OnlineMethod = (space: Space, settings: OnlineSettings) => OnlineOptimizer;

/** An optimizer that answers at once. */
export interface PromptOptimizer extends OnlineOptimizer {
  readonly ask: (count: number) => readonly Design[];
  readonly tell: (evaluations: readonly Evaluation[]) => void;
}

export type PromptMethod = (space: Space, settings: OnlineSettings) => PromptOptimizer;
