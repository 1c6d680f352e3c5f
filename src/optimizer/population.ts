import type { Space } from '../space/index.ts';
import type { Tried } from './context.ts';
import type { Judge, Judgement } from './judge.ts';
import { createPool, type Candidate, type Pool } from './pool.ts';
import type { Region } from './region.ts';

/** Candidates, encoded, and what is thought of each: grows as designs are added. */
export interface Population {
  readonly space: Space;
  readonly pool: Pool;
  readonly candidates: readonly Candidate[];
  /** Judges what was added since the last call; gives the judgement of all candidates, in their order. */
  readonly judged: () => Promise<Judgement>;
  /** The encoded vector of a candidate, d numbers. */
  readonly encoded: (index: number) => Float32Array;
}

const nothing: Judgement = {
  mean: new Float64Array(),
  std: new Float64Array(),
  surrogateStd: new Float64Array(),
  trust: new Float64Array(),
  feasible: new Float64Array(),
  bound: new Float64Array(),
  informed: new Float64Array(),
};

/** The judgements of two groups of designs, one after the other. */
function together(a: Judgement, b: Judgement): Judgement {
  return {
    mean: join(a.mean, b.mean),
    std: join(a.std, b.std),
    surrogateStd: join(a.surrogateStd, b.surrogateStd),
    trust: join(a.trust, b.trust),
    feasible: join(a.feasible, b.feasible),
    bound: join(a.bound, b.bound),
    informed: join(a.informed, b.informed),
  };
}

/** An empty population of distinct designs none of which was tried; `decimals` are those that will be printed. */
export function createPopulation(
  space: Space,
  tried: Tried,
  decimals: Readonly<Record<string, number | undefined>>,
  judge: Judge,
  region?: Region,
): Population {
  const pool = createPool(space, tried, decimals, region);
  const rows: Float32Array[] = [];
  let known = nothing;
  return {
    space,
    pool,
    candidates: pool.candidates,
    judged: async () => {
      const fresh = pool.candidates.slice(rows.length);
      if (fresh.length === 0) return known;
      const encoded = space.encodeAll(fresh.map(({ design }) => design));
      fresh.forEach((_, i) => rows.push(encoded.subarray(i * space.dimension, (i + 1) * space.dimension)));
      const informed = !fresh.every(({ varied }) => varied);
      known = together(known, await judge.judge(encoded, { informed }));
      return known;
    },
    encoded: (index) => rows[index]!,
  };
}

function join(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
