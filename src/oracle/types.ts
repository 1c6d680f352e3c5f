import type { Design } from '../space/index.ts';

/** An experiment to do: ids are unique within a run, such as `r3-17`. */
export interface Request {
  readonly id: string;
  readonly design: Design;
}

/** What came of it. A failure is a result, not an exception. */
export type Outcome =
  { readonly id: string; readonly reward: number } | { readonly id: string; readonly error: string };

export interface OracleCall {
  /** Aborted when the evaluation is given up: its time is over, or the user interrupts. */
  readonly signal: AbortSignal;
}

/**
 * Does experiments. Every kind is made by a function `(subject, options?) => Promise<Oracle>`, which rejects with a `stopped` error
 * when the subject cannot be used at all.
 */
export interface Oracle {
  /**
   * The reward of one design. Rejects with an error that says why when the evaluation failed, and with the signal's reason soon after
   * it is aborted; what then still runs of it is being ended, and is gone after `close`. Two kinds of error are more than a failed
   * attempt: a `stopped` one says that the oracle is gone for good, a `data` one that another attempt would end alike.
   */
  evaluate(request: Request, call: OracleCall): Promise<number>;
  /** Lets go of processes, threads, connections and files; resolves when they are gone. May be called again. */
  close(): Promise<void>;
}
