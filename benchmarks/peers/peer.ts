import { createRounder, type Design, type Rounder, type Space } from '../../src/space/index.ts';
import { keyOf } from '../methods/online/designs.ts';
import type { Evaluation, OnlineMethod, OnlineOptimizer, OnlineSettings } from '../methods/online/method.ts';
import type { PeerName } from './catalogue.ts';
import { PeerFailure } from './failure.ts';
import { programOfPeer, type PeerProgram } from './python.ts';
import { startPeer, type PeerSession } from './session.ts';

export interface PeerOptions {
  /** The only designs that may be proposed; a peer that cannot choose from a list does not apply. */
  readonly candidates?: readonly Design[];
  /** How many designs will be measured, for peers that plan ahead. */
  readonly evaluations?: number;
  /** Threads that the peer's numerical libraries may take (1). */
  readonly threads?: number;
  /** Milliseconds that an answer may take, the start of the process included (600,000). */
  readonly timeoutMs?: number;
}

/** What a peer runs with, by package, or the sentence that says why it is missing. */
export type Availability = { readonly versions: Readonly<Record<string, string>> } | { readonly missing: string };

const answerMs = 600_000;
const probeMs = 60_000;

/** Looks for a peer, in the Python that would run it: whether all that it needs is installed in the versions pinned. */
export async function availability(name: PeerName): Promise<Availability> {
  let session: PeerSession | undefined;
  try {
    const { words, ...program } = programOfPeer(name);
    session = await startPeer({ ...program, words: [...words, '--versions'] }, { threads: 1, timeoutMs: probeMs });
    return await session.ask('versions');
  } catch (failure) {
    if (failure instanceof PeerFailure) return { missing: failure.message };
    throw failure;
  } finally {
    await session?.end();
  }
}

/** Numbers of designs that were asked for, by design. A peer may propose the same design twice. */
function createAsked(space: Space): {
  readonly add: (design: Design, id: number) => void;
  readonly take: (design: Design) => number | undefined;
} {
  const numbers = new Map<string, number[]>();
  return {
    add: (design, id) => {
      const key = keyOf(space, design);
      numbers.set(key, [...(numbers.get(key) ?? []), id]);
    },
    take: (design) => {
      const key = keyOf(space, design);
      const [first, ...others] = numbers.get(key) ?? [];
      if (others.length > 0) numbers.set(key, others);
      else numbers.delete(key);
      return first;
    },
  };
}

/** The design as this space writes it. Throws a failure for a design that is not in the space. */
function checked(peer: string, space: Space, round: Rounder, design: Design): Design {
  const problem = space.problemWith(design);
  const rounded = problem === undefined ? round(design) : undefined;
  if (rounded !== undefined) return rounded;
  throw new PeerFailure(
    'failed',
    `the peer ${peer} proposed a design that is not in the space: ${problem ?? 'unknown'}`,
  );
}

function optimizerOf(
  program: () => PeerProgram,
  space: Space,
  { seed, batch }: OnlineSettings,
  { candidates, evaluations, threads = 1, timeoutMs = answerMs }: PeerOptions,
): OnlineOptimizer {
  const asked = createAsked(space);
  const round = createRounder(space, {});
  let running: Promise<PeerSession> | undefined;
  let session: PeerSession | undefined;
  let closed = false;

  async function start(): Promise<PeerSession> {
    session = await startPeer(program(), { threads, timeoutMs });
    if (closed) await session.end();
    await session.ask('hello', { space: space.definition, seed, batch, evaluations, candidates });
    return session;
  }

  function open(): Promise<PeerSession> {
    if (closed) return Promise.reject(new PeerFailure('failed', 'a peer was asked after it had been closed'));
    running ??= start();
    return running;
  }

  return {
    ask: async (count) => {
      const { designs } = await (await open()).ask('ask', count);
      return designs.map(({ id, design }) => {
        const proposed = checked(program().name, space, round, design);
        asked.add(proposed, id);
        return proposed;
      });
    },
    tell: async (told) => {
      const content = told.map(({ design, cost }: Evaluation) => ({
        id: asked.take(design),
        design,
        cost: cost ?? null,
      }));
      await (await open()).ask('tell', content);
    },
    close: async () => {
      closed = true;
      await session?.end();
      await running?.catch(() => undefined);
    },
  };
}

/**
 * An optimizer in a process of its own, which is started by the first question. Costs that are not finite count as failures. Asking
 * rejects with a `PeerFailure`: the peer is missing, does not apply to the space, failed, or was late.
 */
export function peerOf(program: () => PeerProgram, options: PeerOptions = {}): OnlineMethod {
  return (space, settings) => optimizerOf(program, space, settings, options);
}

/** A peer of the catalogue. */
export function peer(name: PeerName, options: PeerOptions = {}): OnlineMethod {
  return peerOf(() => programOfPeer(name), options);
}
