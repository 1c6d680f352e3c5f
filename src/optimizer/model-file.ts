import { z } from 'zod';
import { dataError, messageOf, randomStream, type Observer, type RandomStream } from '../base/index.ts';
import {
  defaultSampling,
  drawSamples,
  samplers,
  samplingGraph,
  samplingInputs,
  type SampleRequest,
  type SamplerName,
  type SamplingOptions,
} from '../diffusion/index.ts';
import {
  describeModel,
  emitModel,
  onnxRuntime,
  type ModelDescription,
  type OnnxRuntime,
  type Program,
  type Values,
} from '../graph/index.ts';
import { designSchema } from '../run/index.ts';
import { createSpace, type Design, type Space, type SpaceDefinition } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';
import { columnOutputs, designsFromOutputs, outputName } from './columns.ts';
import { defaultGuidance } from './defaults.ts';
import { fixedCoordinates } from './fixed.ts';
import { defaultThreads, labelledRows, type TrainedDenoiser } from './models.ts';
import { printableRounder } from './printable.ts';
import { rewardQuantile } from './targets.ts';
import { bentTargets, type Bend } from './warp.ts';

const metadataKey = 'diffusion-optimizer';
const formatVersion = 1;

/** What a model file says about itself, as JSON under the metadata key `diffusion-optimizer`. */
export interface ModelFacts {
  readonly version: number;
  readonly space: SpaceDefinition;
  /** Values that the designs it was trained for keep, where there are any. */
  readonly fixed?: Design;
  readonly reward: string;
  readonly direction: Direction;
  /** The design columns in the order of the table that the model was trained on. */
  readonly columns: readonly string[];
  /** Decimals to print numbers with, by column, the reward's too; a column without is printed as it is. */
  readonly decimals: Readonly<Record<string, number>>;
  readonly normalization: {
    /** z = (reward - mean) / std; larger z is better. With `bend` that of the reward best - by log(1 + (best - reward) / by). */
    readonly reward: { readonly mean: number; readonly std: number; readonly bend?: Bend };
    /** Of the encoded coordinates, `dimension` each: x = mean + scale z. */
    readonly designs: { readonly mean: readonly number[]; readonly scale: readonly number[] };
  };
  readonly schedule: string;
  /** The noise levels that the sampler visits. */
  readonly sigmas: readonly number[];
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
  fixed: designSchema.exactOptional(),
  reward: z.string(),
  direction: z.enum(['maximize', 'minimize']),
  columns: z.array(z.string()),
  decimals: z.record(z.string(), z.number()),
  normalization: z.object({
    reward: z.object({
      mean: z.number(),
      std: z.number(),
      bend: z.object({ best: z.number(), by: z.number() }).exactOptional(),
    }),
    designs: z.object({ mean: z.array(z.number()), scale: z.array(z.number()) }),
  }),
  schedule: z.string(),
  sigmas: z.array(z.number()),
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
 * `table` has its rewards in own units, and `bend` says how they were bent for training.
 */
export function modelFile(
  { model }: TrainedDenoiser,
  table: Table,
  sampling: Omit<SamplingOptions, 'slabs'> = defaultSampling,
  bend?: Bend,
): Uint8Array {
  const { space, reward, direction, columns, rewards } = table;
  const labelled = labelledRows(table).rewards;
  const facts: ModelFacts = {
    version: formatVersion,
    space: space.definition,
    ...(Object.keys(space.fixed).length === 0 ? {} : { fixed: space.fixed }),
    reward,
    direction,
    columns,
    decimals: printedDecimals(table),
    normalization: {
      reward: { ...model.reward, ...(bend === undefined ? {} : { bend }) },
      designs: { mean: [...model.designs.mean], scale: [...model.designs.scale] },
    },
    schedule: model.schedule.name,
    sigmas: [...model.schedule.sigmas(sampling.steps)],
    sampler: sampling.sampler,
    steps: sampling.steps,
    dimension: space.dimension,
    rows: rewards.length,
    labelledRows: labelled.length,
    best: rewardQuantile(labelled, direction, 1),
  };
  const options = {
    ...sampling,
    slabs: space.constraints,
    ...(bend === undefined ? {} : { targetScale: bentTargets(bend) }),
  };
  const graph = samplingGraph(model, options, columnOutputs(space));
  return emitModel(graph, { [metadataKey]: JSON.stringify(facts) }).bytes;
}

/** More last decimals than a double tells apart: such a column is printed as it is. */
const mostUnits = 2 ** 50;

/** The table's decimals, or a parameter's own where its steps need more. */
function printedDecimals({ space, decimals }: Table): Record<string, number> {
  const entries = Object.entries(decimals).flatMap(([name, seen]): [string, number][] => {
    const parameter = space.definition.parameters[name];
    const places = Math.max(seen, space.decimals(name) ?? 0);
    const isReal = parameter?.type === 'real' && parameter.step === undefined;
    const largest = isReal ? Math.max(Math.abs(parameter.min), Math.abs(parameter.max)) : 0;
    return largest * 10 ** places > mostUnits ? [] : [[name, places]];
  });
  return Object.fromEntries(entries);
}

/** A model that was read from a file. */
export interface LoadedModel {
  /** Where it came from, as messages name it. */
  readonly file: string;
  readonly facts: ModelFacts;
  readonly space: Space;
  readonly bytes: Uint8Array;
}

/** Reads a model file. Throws a data error that names it when it is cut short, or not one of ours. */
export function readModel(bytes: Uint8Array, file: string): LoadedModel {
  let description: ModelDescription;
  try {
    description = describeModel(bytes);
  } catch (cause) {
    throw dataError(`${file} is not a model file, or it is cut short: it cannot be read as ONNX; train it again`, {
      cause,
    });
  }
  const text = description.metadata[metadataKey];
  if (text === undefined) {
    throw dataError(
      `${file} is an ONNX model, but not one that diffopt train wrote, or it is cut short; train one with diffopt train`,
    );
  }
  try {
    const facts = factsSchema.parse(JSON.parse(text)) as ModelFacts;
    const whole = createSpace(facts.space, file);
    const space = facts.fixed === undefined ? whole : whole.fix(facts.fixed);
    checkGraph(description, facts, space);
    return { file, facts, space, bytes };
  } catch (cause) {
    throw dataError(
      `${file} was written by another version of diffopt: version ${formatVersion} of its description was expected (${firstLine(cause)}); train it again`,
      { cause },
    );
  }
}

/** Throws where a model's inputs and outputs are not those that its facts call for. */
function checkGraph({ inputs, outputs }: ModelDescription, { dimension }: ModelFacts, space: Space): void {
  const noise = inputs.find(({ name }) => name === 'noise');
  const fits =
    dimension === space.dimension &&
    noise?.shape[1] === dimension &&
    space.names.every((name) => outputs.includes(outputName(name)));
  if (!fits) throw new Error('its graph does not fit its space');
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
 * Draws designs from a model, as they come: they may repeat, and none is compared with any table. Where all draws are feasible, design i
 * depends on the seed and on i alone (but for the last bits of the arithmetic). Throws a data error when ONNX Runtime refuses the
 * model, when it computes a number that is not finite, or when hardly any draw is feasible, and the signal's reason.
 */
export async function sampleModel(model: LoadedModel, options: SampleOptions): Promise<Sampled> {
  const { facts } = model;
  const { count, seed = 0 } = options;
  const space = options.fix === undefined ? model.space : model.space.fix(options.fix);
  const printable = printableRounder(space, facts.decimals);
  const runtime = onnxRuntime({ threads: options.threads ?? defaultThreads() });
  const designs: Design[] = [];
  let infeasible = 0;
  try {
    const program = await load(runtime, model);
    for (let round = 0; round < drawRounds && designs.length < count; round++) {
      const request = requestFor(
        facts,
        space,
        { ...options, count: count - designs.length },
        sampleStream(seed, round),
      );
      await drawSamples(program, request, (outputs) => {
        for (const decoded of designsFromOutputs(space, outputs)) {
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

/** The `noise` input of the first round of `sampleModel` with the same options, [count, dimension]. */
export function sampleNoise({ facts, space }: LoadedModel, options: SampleOptions): Values {
  const request = requestFor(facts, space, options, sampleStream(options.seed ?? 0, 0));
  return samplingInputs(request, 0, options.count)['noise']!;
}

function requestFor(facts: ModelFacts, space: Space, options: SampleOptions, stream: RandomStream): SampleRequest {
  const { count, target = facts.best, guidance = defaultGuidance, observer, signal } = options;
  const fixed = fixedCoordinates(space);
  return {
    dimension: space.dimension,
    sampling: { sampler: facts.sampler, steps: facts.steps, slabs: [] },
    targets: new Float64Array(count).fill(target),
    guidance,
    stream,
    ...(fixed === undefined ? {} : { fixed }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function load(runtime: OnnxRuntime, { file, bytes }: LoadedModel): Promise<Program> {
  try {
    return await runtime.load(bytes);
  } catch (cause) {
    throw dataError(`ONNX Runtime cannot load ${file}: ${messageOf(cause).split('\n')[0]}; train it again`, { cause });
  }
}

/** The stream whose part i makes the noise of design i in a round of drawing. */
export function sampleStream(seed: number, round: number): RandomStream {
  return randomStream(seed).split('sample', round);
}
