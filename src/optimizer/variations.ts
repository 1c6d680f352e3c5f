import { renoiseDesigns, samplingGraph, sigmaOfStrength, type SamplingOptions } from '../diffusion/index.ts';
import { ascent } from './ascend.ts';
import type { ProposeContext } from './context.ts';
import { fixedCoordinates } from './fixed.ts';
import type { Variation } from './refine.ts';
import type { Request } from './targets.ts';
import { vary } from './vary.ts';

/** Ways of making new designs from good ones: mixing and changing columns, the surrogate's slope, noise that is denoised again. */
export const variationNames = ['columns', 'slope', 'renoise'] as const;
export type VariationName = (typeof variationNames)[number];

/** A way of varying, and what it keeps open. */
export interface OpenVariation {
  readonly variation: Variation;
  dispose(): Promise<void>;
}

interface Means {
  readonly context: ProposeContext;
  /** What denoising is asked for. */
  readonly request: Request;
  readonly sampling: SamplingOptions;
  /** The best samples, encoded. */
  readonly samples: readonly Float32Array[];
}

/** How far renoised designs move: the share of noise in a noised design's variance. */
const renoiseStrength = 0.3;
const renoiseSteps = 8;

const openers: { readonly [Name in VariationName]: (means: Means) => Promise<OpenVariation | undefined> } = {
  columns: ({ context: { space } }) =>
    Promise.resolve({
      variation: (parents, count, stream) => Promise.resolve(vary(space, parents, count, stream)),
      dispose: () => Promise.resolve(),
    }),
  slope: async ({ context: { learned, space, table }, samples }) => {
    const model = learned.surrogate.graph;
    return model === undefined ? undefined : ascent(learned.side, space, model, table.direction, samples);
  },
  renoise: async ({ context: { learned, space }, request, sampling: { sampler, slabs } }) => {
    const { dimension } = space;
    const sampling = { sampler, slabs, steps: renoiseSteps, start: { sigma: sigmaOfStrength(renoiseStrength) } };
    const graph = samplingGraph(learned.trained.model, sampling, (designs) => ({ designs }));
    const program = await learned.runtime.compile(graph);
    const fixed = fixedCoordinates(space);
    return {
      variation: (parents, count, stream) => {
        const designs = new Float32Array(count * dimension);
        for (let i = 0; i < count; i++) designs.set(parents[i % parents.length]!, i * dimension);
        return renoiseDesigns(program, {
          dimension,
          sampling,
          designs,
          targets: new Float64Array(count).fill(request.target),
          guidance: request.guidance,
          stream,
          ...(fixed === undefined ? {} : { fixed }),
        });
      },
      dispose: () => program.dispose(),
    };
  },
};

/** Opens variations by name; one that the models at hand do not offer is left out. */
export async function openVariations(names: readonly VariationName[], means: Means): Promise<readonly OpenVariation[]> {
  const open: OpenVariation[] = [];
  for (const name of names) {
    const one = await openers[name](means);
    if (one !== undefined) open.push(one);
  }
  return open;
}
