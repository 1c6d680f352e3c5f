import type { Design } from '../space/index.ts';
import type { Oracle, OracleCall } from './types.ts';

/** The second argument of a reward function; it may be ignored. */
export type FunctionCall = OracleCall & { readonly id: string };

/** The reward of a design, in its own units. Throwing is how it says that the experiment failed. */
export type RewardFunction = (design: Design, call: FunctionCall) => number | Promise<number>;

/** Settles as the promise does, or rejects with the signal's reason as soon as it is aborted. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is whatever the caller chose
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/**
 * A function as the oracle. One that does not heed its signal is left to itself when it is given up; use `workersOracle` for long
 * computing.
 */
export function functionOracle(reward: RewardFunction): Promise<Oracle> {
  return Promise.resolve({
    evaluate: async ({ id, design }, { signal }) => {
      signal.throwIfAborted();
      return unlessAborted(Promise.resolve(reward(design, { id, signal })), signal);
    },
    close: () => Promise.resolve(),
  });
}
