import { MissingMethodError, type OnlineMethod, type OnlineOptimizer } from '../methods/online/method.ts';
import { nearestCandidate } from '../methods/online/nearest-candidate.ts';
import { PeerFailure } from '../peers/failure.ts';
import { peer } from '../peers/peer.ts';
import type { PeerName } from '../peers/catalogue.ts';

/** Peers that choose among candidates by themselves. */
const choosing: readonly PeerName[] = ['botorch-qlogei'];

/** The runner's own cap ends what takes too long. */
const answerMs = 24 * 3600 * 1000;

/** A peer that is not there, or not meant for a task, cannot run. */
async function recognizing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cannot = error instanceof PeerFailure && ['missing', 'does not apply'].includes(error.trouble);
    throw cannot ? new MissingMethodError(error.message, { cause: error }) : error;
  }
}

const running =
  (name: PeerName): OnlineMethod =>
  (space, settings) => {
    const { candidates, evaluations, threads } = settings;
    const options = {
      timeoutMs: answerMs,
      ...(candidates === undefined ? {} : { candidates }),
      ...(evaluations === undefined ? {} : { evaluations }),
      ...(threads === undefined ? {} : { threads }),
    };
    const optimizer: OnlineOptimizer = peer(name, options)(space, settings);
    return {
      ...optimizer,
      ask: (count) => recognizing(() => optimizer.ask(count)),
      tell: (told) => recognizing(() => optimizer.tell(told)),
    };
  };

/** A peer as a method like the others. */
export function peerMethod(name: PeerName): OnlineMethod {
  return choosing.includes(name) ? running(name) : nearestCandidate(running(name));
}
