import { createDesignSet, type Design, type Space } from '../space/index.ts';
import { printableRounder } from './printable.ts';
import type { ProposeCounts } from './types.ts';

/** A design that could be proposed, and the request that it was sampled for. */
export interface Candidate {
  readonly design: Design;
  readonly target?: number;
}

/** Collects distinct, feasible, printable designs that were not measured. */
export interface Pool {
  readonly candidates: readonly Candidate[];
  readonly counts: ProposeCounts;
  /** Decodes n x d encoded samples and returns the feasible designs among them, new or not. */
  addSamples(samples: Float32Array, target: number): readonly Design[];
  /** Adds a design that was not sampled; false when it is known already. */
  addDesign(design: Design): boolean;
}

/** `decimals` is what will be printed: a design counts, and is scored, as it is printed. */
export function createPool(
  space: Space,
  measured: readonly Design[],
  decimals: Readonly<Record<string, number | undefined>>,
): Pool {
  const taken = createDesignSet(space);
  const known = createDesignSet(space);
  for (const design of measured) known.add(design);
  const printable = printableRounder(space, decimals);
  const candidates: Candidate[] = [];
  const counts = { sampled: 0, repeated: 0, measured: 0, infeasible: 0 };

  const tryAdd = (candidate: Candidate): boolean => {
    if (known.has(candidate.design)) counts.measured++;
    else if (taken.has(candidate.design)) counts.repeated++;
    else {
      taken.add(candidate.design);
      candidates.push(candidate);
      return true;
    }
    return false;
  };

  return {
    candidates,
    counts,
    addSamples: (samples, target) => {
      const feasible: Design[] = [];
      for (let offset = 0; offset < samples.length; offset += space.dimension) {
        counts.sampled++;
        const decoded = space.decode(samples, offset);
        const design = decoded === undefined ? undefined : printable(decoded);
        if (design === undefined) counts.infeasible++;
        else {
          feasible.push(design);
          tryAdd({ design, target });
        }
      }
      return feasible;
    },
    addDesign: (design) => tryAdd({ design }),
  };
}
