import { randomStream, type RandomStream } from '../base/index.ts';
import {
  defaultSampling,
  renoiseDesigns,
  samplingGraph,
  sigmaOfStrength,
  type FixedCoordinates,
  type SamplingOptions,
} from '../diffusion/index.ts';
import type { LossCurve, Runtime } from '../graph/index.ts';
import type { SurrogateQuality } from '../reward/index.ts';
import type { Prediction } from '../run/index.ts';
import { createDesignSet, type Design, type Space } from '../space/index.ts';
import type { Direction, Table } from '../table/index.ts';
import { defaultWeighting } from './defaults.ts';
import { defaultCaution, type Judgement } from './judge.ts';
import { learn } from './learn.ts';
import { defaultThreads, labelledRows, type TrainedDenoiser } from './models.ts';
import { placesOf, type Place } from './places.ts';
import { checkRepairOptions, defaultRepair, type RepairOptions } from './repair-options.ts';
import { candidateTargets, requestsOf, type Request } from './targets.ts';

/** What became of one design. */
export interface Repaired {
  readonly given: Design;
  /** Better, near the given one and feasible; the given one itself where nothing better was found. */
  readonly design: Design;
  /** Predicted rewards of the given and of the repaired design, own units. */
  readonly before: Prediction;
  readonly predicted: Prediction;
  /** From 0 to 1, the mean over parameters: of a number the share of its range (of its logarithm on a log scale), of a category 0 or 1, of a
   *  sequence the share of its letters. */
  readonly moved: number;
  readonly changed: boolean;
  /** Why the design is not in the space, where no feasible one was found. */
  readonly problem?: string;
}

/** What `repair` was asked and found. */
export interface RepairResult {
  readonly table: Table;
  /** The table's space with fixed values applied. */
  readonly space: Space;
  readonly direction: Direction;
  /** One for each given design, in their order. */
  readonly repaired: readonly Repaired[];
  readonly curves: { readonly diffusion: LossCurve; readonly surrogate: LossCurve };
  readonly surrogate: SurrogateQuality;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly seed: number;
}

/** Each row's own values of the columns that are named. */
function heldColumns({ columns, dimension }: Space, names: readonly string[], values: Float32Array): FixedCoordinates {
  const mask = new Float64Array(dimension);
  for (const { name, offset, width } of columns) if (names.includes(name)) mask.fill(1, offset, offset + width);
  return { values, mask };
}

/** n rows of d numbers, each `times` times in a row. */
function repeated(rows: Float32Array, dimension: number, times: number): Float32Array {
  const all = new Float32Array(rows.length * times);
  for (let at = 0; at < all.length; at += dimension) {
    const row = Math.floor(at / dimension / times) * dimension;
    all.set(rows.subarray(row, row + dimension), at);
  }
  return all;
}

interface Work {
  readonly table: Table;
  readonly space: Space;
  readonly places: readonly Place[];
  /** The given designs with fixed values applied. */
  readonly starts: readonly Design[];
  readonly trained: TrainedDenoiser;
  readonly runtime: Runtime;
  readonly stream: RandomStream;
  readonly requests: readonly Request[];
}

/** For each design the feasible designs that it could become: first the nearest (itself, if it is feasible), then samples. */
async function tryDesigns(work: Work, sampling: SamplingOptions, options: RepairOptions): Promise<Design[][]> {
  const { space, places, starts, trained, runtime, stream, requests } = work;
  const { draws = defaultRepair.draws, fix = {}, keep = [], observer, signal } = options;
  const { dimension } = space;
  const vectors = space.encodeAll(starts);
  const tried = starts.map((start, i): Design[] => {
    const { space: own, nearest } = places[i]!;
    const first = own.problemWith(start) === undefined ? start : nearest(own.encode(start), 0);
    return first === undefined ? [] : [first];
  });
  const seen = tried.map((designs, i) => createDesignSet(places[i]!.space, designs));
  const times = Math.ceil(draws / requests.length);
  const designs = repeated(vectors, dimension, times);
  const fixed = heldColumns(space, [...Object.keys(fix), ...keep], designs);
  const total = requests.length * starts.length * times;
  const program = await runtime.compile(samplingGraph(trained.model, sampling, (rows) => ({ designs: rows })));
  try {
    for (const [index, { target, guidance }] of requests.entries()) {
      const samples = await renoiseDesigns(program, {
        dimension,
        sampling,
        designs,
        targets: new Float64Array(starts.length * times).fill(target),
        guidance,
        fixed,
        stream: stream.split('samples', index),
        observer: ({ done }) => observer?.({ stage: 'sampling', done: index * starts.length * times + done, total }),
        ...(signal === undefined ? {} : { signal }),
      });
      for (let row = 0; row < starts.length * times; row++) {
        const i = Math.floor(row / times);
        const design = places[i]!.nearest(samples, row * dimension);
        if (design !== undefined && seen[i]!.addNew(design)) tried[i]!.push(design);
      }
    }
  } finally {
    await program.dispose();
  }
  return tried;
}

/** The mean over parameters of how far each moved, 0 to 1: `Repaired.moved`. */
function distanceMoved(space: Space, from: Design, to: Design): number {
  const [a, b] = [space.encode(from), space.encode(to)];
  const shares = space.columns.map((column) => {
    let total = 0;
    for (let j = column.offset; j < column.offset + column.width; j++) total += Math.abs(a[j]! - b[j]!);
    // A coordinate spans 2, and another choice changes two of them.
    return column.kind === 'scalar' ? total / 2 : total / (4 * column.positions);
  });
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}

/** Of the designs that each could become the one with the best bound; the first of them unless another is better. */
function bestOf(work: Work, given: readonly Design[], tried: readonly Design[][], judged: Judgement): Repaired[] {
  const predictionAt = (index: number): Prediction => ({ mean: judged.mean[index]!, std: judged.std[index]! });
  // The given designs were judged first, then all that was tried.
  let next = given.length;
  return given.map((own, i): Repaired => {
    const from = next;
    next += tried[i]!.length;
    let best = from;
    for (let at = from + 1; at < next; at++) if (judged.bound[at]! > judged.bound[best]!) best = at;
    const design = tried[i]![best - from];
    const unchanged = design === undefined || distanceMoved(work.space, own, design) === 0;
    if (unchanged) {
      const problem = work.places[i]!.space.problemWith(own);
      const same = { given: own, design: own, before: predictionAt(i), predicted: predictionAt(i) };
      return { ...same, moved: 0, changed: false, ...(problem === undefined ? {} : { problem }) };
    }
    const moved = distanceMoved(work.space, own, design);
    return { given: own, design, before: predictionAt(i), predicted: predictionAt(best), moved, changed: true };
  });
}

function requestsFor(table: Table, options: RepairOptions): readonly Request[] {
  const { target, guidances = defaultRepair.guidances } = options;
  const { rewards } = labelledRows(table);
  const targets = target === undefined ? candidateTargets(rewards, table.direction, defaultRepair.stretches) : [target];
  return requestsOf(targets, guidances, false);
}

/**
 * Pulls designs to better ones near them: trains on the table as `propose` does, adds noise to each design and denoises it for rewards
 * at and beyond the best measured one (SDEdit, Meng et al. 2022; Yuan et al. 2025, arXiv:2405.13964), and keeps of several such
 * draws the one with the best bound on its reward, if it is better than the design (the nearest feasible one where that breaks a
 * constraint). Designs need not obey the constraints; their values must lie within bounds (data error). Throws usage errors for
 * bad options, and the signal's reason.
 */
export async function repair(
  table: Table,
  designs: readonly Design[],
  options: RepairOptions = {},
): Promise<RepairResult> {
  checkRepairOptions(table.space, designs, options);
  const { fix = {}, keep = [], observer, signal } = options;
  const { strength, draws, samplerSteps } = { ...defaultRepair, ...options };
  const { seed = 0, threads = defaultThreads() } = options;
  const space = options.fix === undefined ? table.space : table.space.fix(fix);
  // Throws for a design that is none of the space, before anything is trained.
  table.space.encodeAll(designs);
  const starts = designs.map((design) => ({ ...design, ...fix }));
  const places = placesOf(space, starts, keep, table.decimals);
  const requests = requestsFor(table, options);
  const stream = randomStream(seed).split('repair');
  const learned = await learn(table, {
    stream,
    threads,
    runtime: options.runtime ?? 'onnx',
    weighting: options.weighting ?? defaultWeighting,
    caution: defaultCaution,
    ...(options.training === undefined ? {} : { training: options.training }),
    ...(options.surrogate === undefined ? {} : { surrogate: options.surrogate }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const { trained, surrogate, judge, runtime } = learned;
    const sampling: SamplingOptions = {
      sampler: options.sampler ?? defaultSampling.sampler,
      steps: samplerSteps,
      slabs: space.constraints,
      start: { sigma: sigmaOfStrength(strength) },
    };
    const work: Work = { table, space, places, starts, trained, runtime, stream, requests };
    const tried = await tryDesigns(work, sampling, options);
    const judged = await judge.judge(table.space.encodeAll([...designs, ...tried.flat()]), { informed: false });
    return {
      table,
      space,
      direction: table.direction,
      repaired: bestOf(work, designs, tried, judged),
      curves: { diffusion: trained.curve, surrogate: surrogate.curve },
      surrogate: surrogate.quality,
      settings: { strength, draws, sampler: sampling.sampler, 'sampler steps': sampling.steps },
      seed,
    };
  } finally {
    await learned.dispose();
  }
}
