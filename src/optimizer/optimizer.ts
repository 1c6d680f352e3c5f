import { usageError } from '../base/index.ts';
import {
  addAsked,
  addTold,
  createHistory,
  newsAmong,
  pendingRequests,
  type GrowingHistory,
  type RunRequest,
} from '../run/index.ts';
import type { Space } from '../space/index.ts';
import { tellOf, type Evaluation } from './evaluation.ts';
import { isExhausted, nextDesigns } from './online.ts';
import { checkOptimizerOptions, checkPositive, type AskOptions, type OptimizerOptions } from './optimizer-options.ts';
import { recommendedDesign, type Recommended } from './recommend.ts';
import type { NextDesign } from './situation.ts';
import { readState, stateOf, type OptimizerState } from './state.ts';
import { bestDesign, limitsReached, resultsAsked, type Best, type StoppingReason } from './stopping.ts';

/** A design that was asked for, and the id to tell its result under, such as `r3-17`: the 17th of the third ask. */
export type AskedDesign = NextDesign & { readonly id: string };

/**
 * Optimization by asking for designs and telling what came of them. What is asked for is a function of the seed, the number of asks
 * so far and of what was told, in the order asked (foreign evaluations as they were told): models are fitted anew in every ask.
 *
 *     const optimizer = DiffusionOptimizer.create(space, { evaluations: 200, batch: 20 });
 *     while (optimizer.stop().length === 0) {
 *       const asked = await optimizer.ask(20);
 *       optimizer.tell(asked.map(({ id, design }) => ({ id, design, reward: measure(design) })));
 *     }
 */
export class DiffusionOptimizer {
  /** With fixed values applied. */
  readonly space: Space;
  private readonly options: OptimizerOptions;
  private readonly history: GrowingHistory;
  private asking = false;

  private constructor(space: Space, options: OptimizerOptions, history: GrowingHistory) {
    checkOptimizerOptions(options);
    this.space = options.fix === undefined ? space : space.fix(options.fix);
    // Throws for a candidate that is no design of the space.
    if (options.candidates !== undefined) space.encodeAll(options.candidates);
    this.options = options;
    this.history = history;
  }

  /** An optimizer that knows nothing yet. Throws a usage error for bad options, and a data error for a candidate outside the space. */
  static create(space: Space, options: OptimizerOptions = {}): DiffusionOptimizer {
    return new DiffusionOptimizer(space, options, createHistory());
  }

  /**
   * The optimizer that gave the state: it asks for what that one would. Options replace those of the state; a surrogate is not part of
   * it and has to be given again. Throws as `create` does, and a data error that names the place for what is no state, or one that
   * another version wrote.
   */
  static fromState(state: OptimizerState, options: OptimizerOptions = {}): DiffusionOptimizer {
    const { space, options: kept, history } = readState(state);
    return new DiffusionOptimizer(space, { ...kept, ...options }, history);
  }

  /**
   * `count` distinct designs to try, each neither tried nor pending and obeying constraints and fixed values; all that are left of a space
   * that holds fewer. They are pending until they are told. Throws a usage error when none is left or another ask is under way, and the
   * signal's reason; nothing was asked then.
   */
  async ask(count: number, { observer, signal, onModel }: AskOptions = {}): Promise<readonly AskedDesign[]> {
    checkPositive('count', count);
    if (this.asking) throw usageError('another ask is under way; wait for it first');
    this.asking = true;
    try {
      const round = this.history.round + 1;
      const next = await nextDesigns(this.space, this.history, count, {
        ...this.options,
        ...(observer === undefined ? {} : { observer }),
        ...(signal === undefined ? {} : { signal }),
        ...(onModel === undefined ? {} : { onModel }),
      });
      signal?.throwIfAborted();
      const asked = this.named(round, next);
      // What the history holds is its own.
      const kept = asked.map((one) => ({ ...one, design: { ...one.design } }));
      addAsked(this.history, round, kept);
      return asked;
    } finally {
      this.asking = false;
    }
  }

  /** Ids that no foreign evaluation was told under. */
  private named(round: number, next: readonly NextDesign[]): readonly AskedDesign[] {
    let number = 0;
    return next.map((one) => {
      let id: string;
      do id = `r${round}-${++number}`;
      while (this.history.told.has(id));
      return { id, ...one };
    });
  }

  /**
   * Takes in evaluations, all or none: of designs that were asked for and others, in any order, late, in part or never. Telling the same
   * id the same again is nothing. Returns how many were new. Throws a data error that names the field for a design outside the space's
   * bounds or a reward that is not finite, and one that names both for what contradicts what was told before and does not say that it
   * corrects it.
   */
  tell(evaluations: readonly Evaluation[]): number {
    const tells = newsAmong(evaluations.map(tellOf), this.history, this.space);
    for (const tell of tells) addTold(this.history, tell);
    return tells.length;
  }

  /** Designs that were asked for and have no result, in the order asked. */
  pending(): readonly RunRequest[] {
    return pendingRequests(this.history).map(({ id, design }) => ({ id, design }));
  }

  /** Why to stop: nothing to go on. `exhausted` when every design was tried or is pending. */
  stop(): readonly StoppingReason[] {
    const { direction = 'maximize' } = this.options;
    const reached = limitsReached(this.history, this.space, { ...this.options, direction });
    return isExhausted(this.space, this.history, this.options) ? [...reached, 'exhausted'] : reached;
  }

  /** The measured design with the best mean reward among those that constraints and fixed values allow. */
  best(): Best | undefined {
    return bestDesign(this.history, this.space, this.options.direction ?? 'maximize');
  }

  /**
   * The measured design that is best by all measurements, where these are noisy: by the posterior mean of a Gaussian process, among those that
   * constraints and fixed values allow. Undefined where too little was measured. Rejects with the signal's reason.
   */
  recommend({ observer, signal }: AskOptions = {}): Promise<Recommended | undefined> {
    return recommendedDesign(this.space, this.history, {
      ...this.options,
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** How many times designs were asked for. */
  get round(): number {
    return this.history.round;
  }

  /** How many designs that were asked for have a result. */
  get evaluations(): number {
    return resultsAsked(this.history);
  }

  /** All that is known, as plain JSON. */
  state(): OptimizerState {
    return stateOf(this.space, this.options, this.history);
  }
}
