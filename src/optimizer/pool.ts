import { createDesignSet, type Design, type Space } from '../space/index.ts';
import type { Tried } from './context.ts';
import { printableRounder } from './printable.ts';
import { clipTo, type Region } from './region.ts';
import type { ProposeCounts } from './types.ts';

/** A design that could be proposed, and what was asked for when it was sampled. */
export interface Candidate {
  readonly design: Design;
  readonly target?: number;
  /** Which request that was. */
  readonly request?: number;
  /** Made from other designs rather than sampled or listed. */
  readonly varied?: true;
}

/** Collects distinct, feasible, printable designs that were not measured. */
export interface Pool {
  readonly candidates: readonly Candidate[];
  readonly counts: ProposeCounts;
  /** Decodes n x d encoded samples of a request and returns the feasible designs among them, new or not. */
  addSamples(samples: Float32Array, target: number, request: number): readonly Design[];
  /** Decodes n x d encoded designs that were made from others and adds the feasible new ones. */
  addVariations(designs: Float32Array): void;
  /** Adds a design that was made from another, as it is. */
  addVariation(design: Design): void;
  /** Adds a design as it is. */
  addDesign(design: Design): void;
}

/** Samples and variations are moved into the region. `decimals` is what will be printed: a design counts, and is scored, as it is printed. */
export function createPool(
  space: Space,
  tried: Tried,
  decimals: Readonly<Record<string, number | undefined>>,
  region?: Region,
): Pool {
  const taken = createDesignSet(space);
  const printable = printableRounder(space, decimals);
  const candidates: Candidate[] = [];
  const counts = { sampled: 0, repeated: 0, measured: 0, infeasible: 0 };

  const add = (candidate: Candidate): 'added' | 'measured' | 'repeated' => {
    if (tried.has(candidate.design)) return 'measured';
    if (!taken.addNew(candidate.design)) return 'repeated';
    candidates.push(candidate);
    return 'added';
  };
  const count = (outcome: ReturnType<typeof add>): void => {
    if (outcome !== 'added') counts[outcome]++;
  };
  const decode = (rows: Float32Array, offset: number): Design | undefined => {
    const decoded = space.decode(rows, offset);
    return decoded === undefined ? undefined : printable(decoded);
  };

  const moved = (designs: Float32Array): Float32Array => {
    if (region === undefined) return designs;
    const inside = designs.slice();
    clipTo(region, inside);
    return inside;
  };

  return {
    candidates,
    counts,
    addSamples: (drawn, target, request) => {
      const samples = moved(drawn);
      const feasible: Design[] = [];
      for (let offset = 0; offset < samples.length; offset += space.dimension) {
        counts.sampled++;
        const design = decode(samples, offset);
        if (design === undefined) counts.infeasible++;
        else {
          feasible.push(design);
          count(add({ design, target, request }));
        }
      }
      return feasible;
    },
    addVariations: (made) => {
      const designs = moved(made);
      for (let offset = 0; offset < designs.length; offset += space.dimension) {
        const design = decode(designs, offset);
        if (design !== undefined) add({ design, varied: true });
      }
    },
    addVariation: (design) => void add({ design, varied: true }),
    addDesign: (design) => count(add({ design })),
  };
}
