import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/base/index.ts';
import { MissingMethodError, type OnlineMethod, type OnlineOptimizer } from '../methods/online/method.ts';
import { nearestCandidate } from '../methods/online/nearest-candidate.ts';

/** Methods of other packages, by name. */
export interface Peers {
  readonly names: readonly string[];
  readonly method: (name: string) => OnlineMethod;
}

interface PeersModule {
  readonly peerNames: readonly string[];
  /** Throws, or its optimizer does, an error whose message says that it is missing where the peer cannot run. */
  readonly peer: (name: string) => OnlineMethod;
}

const moduleUrl = new URL('../peers/index.js', import.meta.url);

/** Turns an error that says that something is missing into one that is known by its type. */
function recognized(error: unknown): Error {
  if (error instanceof MissingMethodError) return error;
  const message = messageOf(error);
  return /\bmissing\b/i.test(message) ? new MissingMethodError(message, { cause: error }) : (error as Error);
}

async function recognizing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw recognized(error);
  }
}

/** A peer whose absence is a `MissingMethodError`, whenever it shows. */
function recognizable(create: () => OnlineMethod): OnlineMethod {
  return (space, settings) => {
    let optimizer: OnlineOptimizer;
    try {
      optimizer = create()(space, settings);
    } catch (error) {
      throw recognized(error);
    }
    return {
      ...optimizer,
      ask: (count) => recognizing(() => optimizer.ask(count)),
      tell: (told) => recognizing(() => optimizer.tell(told)),
    };
  };
}

/** The peers, none where the package comes without them. */
export async function loadPeers(): Promise<Peers> {
  if (!existsSync(fileURLToPath(moduleUrl))) return { names: [], method: (name) => missing(name) };
  const { peerNames, peer } = (await import(moduleUrl.href)) as PeersModule;
  return { names: peerNames, method: (name) => nearestCandidate(recognizable(() => peer(name))) };
}

function missing(name: string): OnlineMethod {
  return () => {
    throw new MissingMethodError(`${name} is missing: this package comes without its peers`);
  };
}
