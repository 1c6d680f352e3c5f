import { usageError } from '../../../src/base/index.ts';
import type { Design, Space } from '../../../src/space/index.ts';
import { keyOf } from './designs.ts';
import type { Evaluation, OnlineMethod } from './method.ts';

/** Candidates that were not handed out. */
interface Stock {
  /** Takes the one nearest to an encoded design, the first of several. Throws a usage error when none is left. */
  readonly nearest: (vector: Float64Array) => Design;
  readonly remove: (design: Design) => void;
}

function stockOf(space: Space, candidates: readonly Design[]): Stock {
  const { dimension } = space;
  const vectors = new Float64Array(candidates.length * dimension);
  const rows = new Map(candidates.map((design, row) => [keyOf(space, design), row]));
  candidates.forEach((design, row) => vectors.set(space.encode(design), row * dimension));
  const left = new Uint8Array(candidates.length).fill(1);
  const distance = (vector: Float64Array, row: number, limit: number): number => {
    let sum = 0;
    for (let j = 0; j < dimension && sum < limit; j++) sum += (vectors[row * dimension + j]! - vector[j]!) ** 2;
    return sum;
  };
  return {
    nearest: (vector) => {
      let [best, least] = [-1, Infinity];
      for (let row = 0; row < candidates.length; row++) {
        if (left[row] === 0) continue;
        const far = distance(vector, row, least);
        if (far < least) [best, least] = [row, far];
      }
      if (best < 0) throw usageError('no candidate is left to ask for');
      left[best] = 0;
      return candidates[best]!;
    },
    remove: (design) => {
      const row = rows.get(keyOf(space, design));
      if (row !== undefined) left[row] = 0;
    },
  };
}

/**
 * Makes candidates out of the designs of a method that knows none, as laboratory benchmarks usually do: each becomes the nearest candidate
 * in encoded coordinates that was neither asked for nor told. The method is told what was measured under the candidate's own name.
 */
export function nearestCandidate(method: OnlineMethod): OnlineMethod {
  return (space, { candidates, ...settings }) => {
    const optimizer = method(space, settings);
    if (candidates === undefined) return optimizer;
    const stock = stockOf(space, candidates);
    return {
      ...optimizer,
      ask: async (count) => (await optimizer.ask(count)).map((design) => stock.nearest(space.encode(design))),
      tell: (told: readonly Evaluation[]) => {
        told.forEach(({ design }) => stock.remove(design));
        return optimizer.tell(told);
      },
    };
  };
}
