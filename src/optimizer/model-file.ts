import { z } from 'zod';
import { dataError, messageOf, randomStream, type Observer } from '../base/index.ts';
import {
  defaultSampling,
  drawSamples,
  rewardNormalization,
  samplingGraph,
  samplers,
  type SamplerName,
  type SamplingOptions,
} from '../diffusion/index.ts';
import { describeModel, emitModel, onnxRuntime } from '../graph/index.ts';
import { createSpace, type Design, type Space, type SpaceDefinition } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';
import { columnOutputs, encodedFromOutputs } from './columns.ts';
import { fixedCoordinates } from './fixed.ts';
import { defaultThreads, labelledRows, type TrainedDenoiser } from './models.ts';
import { printableRounder } from './printable.ts';
import { rewardQuantile } from './targets.ts';

const metadataKey = 'diffusion-optimizer';
const formatVersion = 1;

/** What a model file says about itself, as JSON under the metadata key `diffusion-optimizer`. */
export interface ModelFacts {
  readonly version: number;
  readonly space: SpaceDefinition;
  readonly reward: string;
  readonly direction: Direction;
  /** The design columns in the order of the table that the model was trained on. */
  readonly columns: readonly string[];
  readonly decimals: Readonly<Record<string, number>>;
  /** z = (reward - mean) / std; larger z is better. */
  readonly normalization: { readonly mean: number; readonly std: number };
  readonly schedule: string;
  readonly sampler: SamplerName;
  readonly steps: number;
  readonly dimension: number;
  readonly rows: number;
  readonly labelledRows: number;
  /** The best measured reward: what `sample` asks for by default. */
  readonly best: number;
}

const factsSchema = z.object({
  version: z.literal(formatVersion),
  space: z.custom<SpaceDefinition>((value) => typeof value === 'object' && value !== null),
  reward: z.string(),
  direction: z.enum(['maximize', 'minimize']),
  columns: z.array(z.string()),
  decimals: z.record(z.string(), z.number()),
  normalization: z.object({ mean: z.number(), std: z.number() }),
  schedule: z.string(),
  sampler: z.enum(Object.keys(samplers) as [SamplerName, ...SamplerName[]]),
  steps: z.number().int().min(1),
  dimension: z.number().int().min(1),
  rows: z.number(),
  labelledRows: z.number(),
  best: z.number(),
});

/**
 * A trained denoiser as the bytes of one `.onnx` file that any ONNX Runtime loads: noise and a target in, design columns out (see
 * `samplingGraph` for the inputs and `columnOutputs` for the outputs). Constraints are nearly met in it; a reader repairs the rest.
 */
export function modelFile(
  { model }: TrainedDenoiser,
  table: Table,
  sampling: Omit<SamplingOptions, 'slabs'> = defaultSampling,
): Uint8Array {
  const { space, reward, direction, columns, decimals, rewards } = table;
  const labelled = labelledRows(table).rewards;
  const facts: ModelFacts = {
    version: formatVersion,
    space: space.definition,
    reward,
    direction,
    columns,
    decimals,
    normalization: rewardNormalization(labelled, direction),
    schedule: model.schedule.name,
    sampler: sampling.sampler,
    steps: sampling.steps,
    dimension: space.dimension,
    rows: rewards.length,
    labelledRows: labelled.length,
    best: rewardQuantile(labelled, direction, 1),
  };
  const graph = samplingGraph(model, { ...sampling, slabs: space.constraints }, columnOutputs(space));
  return emitModel(graph, { [metadataKey]: JSON.stringify(facts) }).bytes;
}

/** A model that was read from a file. */
export interface LoadedModel {
  readonly facts: ModelFacts;
  readonly space: Space;
  readonly bytes: Uint8Array;
}

/** Reads a model file. Throws a data error that names it when it is cut short, or not one of ours. */
export function readModel(bytes: Uint8Array, file: string): LoadedModel {
  let text: string | undefined;
  try {
    text = describeModel(bytes).metadata[metadataKey];
  } catch (cause) {
    throw dataError(`${file} is not a model file, or it is cut short: it cannot be read as ONNX; train it again`, {
      cause,
    });
  }
  if (text === undefined) {
    throw dataError(`${file} is an ONNX model, but not one that diffopt train wrote; train one with diffopt train`);
  }
  try {
    const facts = factsSchema.parse(JSON.parse(text)) as ModelFacts;
    return { facts, space: createSpace(facts.space, file), bytes };
  } catch (cause) {
    throw dataError(
      `${file} was written by another version of diffopt: version ${formatVersion} of its description was expected (${firstLine(cause)}); train it again`,
      { cause },
    );
  }
}

function firstLine(cause: unknown): string {
  if (cause instanceof z.ZodError) return cause.issues[0]?.message ?? 'unknown';
  return messageOf(cause).split('\n')[0] ?? '';
}

export interface SampleOptions {
  readonly count: number;
  /** The reward to ask for, own units; the best measured one without it. */
  readonly target?: number;
  /** Guidance weight (1.5). */
  readonly guidance?: number;
  readonly fix?: Design;
  readonly seed?: number;
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface Sampled {
  readonly designs: readonly Design[];
  /** Draws that no repair could make feasible; others were drawn in their place. */
  readonly infeasible: number;
}

/** Rounds of drawing again in place of designs that could not be made feasible. */
const drawRounds = 20;

/**
 * Draws designs from a model, as they come: they may repeat, and none is compared with any table. Design i depends on the seed and
 * on i alone (but for the last bits of the arithmetic). Throws a data error when ONNX Runtime refuses the model or hardly any
 * draw is feasible.
 */
export async function sampleModel(
  { facts, space: whole, bytes }: LoadedModel,
  options: SampleOptions,
): Promise<Sampled> {
  const { count, target = facts.best, guidance = 1.5, seed = 0, observer, signal } = options;
  const space = options.fix === undefined ? whole : whole.fix(options.fix);
  const fixed = fixedCoordinates(space);
  const printable = printableRounder(space, facts.decimals);
  const runtime = onnxRuntime({ threads: options.threads ?? defaultThreads() });
  const designs: Design[] = [];
  let infeasible = 0;
  try {
    const program = await runtime.load(bytes);
    for (let round = 0; round < drawRounds && designs.length < count; round++) {
      const request = {
        dimension: space.dimension,
        sampling: { sampler: facts.sampler, steps: facts.steps, slabs: [] },
        targets: new Float64Array(count - designs.length).fill(target),
        guidance,
        stream: sampleStream(seed, round),
        ...(fixed === undefined ? {} : { fixed }),
        ...(observer === undefined ? {} : { observer }),
        ...(signal === undefined ? {} : { signal }),
      };
      await drawSamples(program, request, (outputs) => {
        const rows = encodedFromOutputs(space, outputs);
        for (let offset = 0; offset < rows.length; offset += space.dimension) {
          const decoded = space.decode(rows, offset);
          const design = decoded === undefined ? undefined : printable(decoded);
          if (design === undefined) infeasible++;
          else designs.push(design);
        }
      });
    }
  } finally {
    await runtime.close();
  }
  if (designs.length < count) {
    throw dataError(
      `only ${designs.length} of ${designs.length + infeasible} samples could be made feasible, ${count} were asked for; relax the constraints or the fixed values`,
    );
  }
  return { designs, infeasible };
}

/** The stream whose part i makes the noise of design i in a round of drawing. */
export function sampleStream(seed: number, round: number): ReturnType<typeof randomStream> {
  return randomStream(seed).split('sample', round);
}
