import { startedAhead, type Observer, type RandomStream } from '../base/index.ts';
import type { Population } from './population.ts';
import { rankByBound } from './select.ts';

/** Makes new encoded designs (any number x d) from parents, best first. */
export type Variation = (
  parents: readonly Float32Array[],
  count: number,
  stream: RandomStream,
) => Promise<Float32Array>;

export interface Refinement {
  readonly generations: number;
  /** How many of the best are varied. */
  readonly parents: number;
  /** New designs of a generation. */
  readonly children: number;
  /** Designs that are varied beside these, encoded. */
  readonly incumbents?: readonly Float32Array[];
}

/** The best so many of a population by bound, encoded. */
export async function bestEncoded(population: Population, count: number): Promise<readonly Float32Array[]> {
  const { bound } = await population.judged();
  return Array.from(rankByBound(bound).subarray(0, count), (index) => population.encoded(index));
}

/**
 * Search around the best of the population: in each generation its best by bound are varied in every way given, in equal parts, and what
 * comes of it is judged and joins. Where designs have numbers the bound falls off the data, which keeps the search where predictions are worth
 * something.
 */
export async function refine(
  population: Population,
  variations: readonly Variation[],
  { generations, parents, children, incumbents = [] }: Refinement,
  stream: RandomStream,
  { observer, signal }: { readonly observer: Observer | undefined; readonly signal: AbortSignal | undefined },
): Promise<void> {
  for (let generation = 0; generation < generations; generation++) {
    signal?.throwIfAborted();
    const best = [...incumbents, ...(await bestEncoded(population, parents))];
    if (best.length === 0) return;
    const share = Math.ceil(children / variations.length);
    const vary = ([index, variation]: [number, Variation]): Promise<Float32Array> =>
      variation(best, share, stream.split(generation, index));
    for await (const [, designs] of startedAhead(variations.entries(), vary)) population.pool.addVariations(designs);
    observer?.({ stage: 'refining', done: generation + 1, total: generations });
  }
}
