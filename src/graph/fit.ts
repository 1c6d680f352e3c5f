import { ignoreProgress, type Observer } from '../base/index.ts';
import { variable } from './ops.ts';
import type { NamedValues, Program, Runtime } from './runtime/types.ts';
import type { Graph } from './tensor.ts';
import {
  initialState,
  mapValues,
  readParameters,
  stepRates,
  trainingGraph,
  trainingNames,
  type Loss,
  type TrainingDefinition,
} from './training.ts';

/** Losses by optimizer step: a training average and the held-out loss at each check. */
export interface LossCurve {
  readonly steps: readonly number[];
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
  /** The step whose parameters were kept. */
  readonly bestStep: number;
}

export interface Rates {
  learningRate(step: number): number;
  readonly weightDecay: number;
  readonly averageDecay: number;
}

/** Loss on data that is not trained on, computed with the averaged parameters where there are any. */
export interface HeldOut {
  readonly loss: Loss;
  readonly inputs: NamedValues;
  readonly data: NamedValues;
}

export interface FitOptions {
  readonly runtime: Runtime;
  readonly definition: TrainingDefinition;
  /** At the start; the arrays may be moved: do not use them again. */
  readonly parameters: NamedValues;
  readonly data: NamedValues;
  /** Rounded up to whole runs of `definition.stepsPerRun`. */
  readonly steps: number;
  readonly rates: Rates;
  /** Step inputs, [count, ...] each, of the steps from `from`. */
  batches(from: number, count: number): NamedValues;
  readonly heldOut?: HeldOut;
  /** Runs between two checks of the held-out loss. */
  readonly runsPerCheck: number;
  /** Checks without a better held-out loss after which training ends. */
  readonly patience: number;
  readonly stage: string;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface Fit {
  /** Those with the best held-out loss; the last ones without held-out data. */
  readonly parameters: NamedValues;
  readonly curve: LossCurve;
}

function heldOutGraph(definition: TrainingDefinition, { loss, inputs, data }: HeldOut): Graph {
  const variables = (values: NamedValues) =>
    mapValues(values, ({ shape, data: array }, name) =>
      variable(trainingNames.data(name), shape, array instanceof Int32Array ? 'int' : 'float'),
    );
  const parameters = mapValues(definition.parameters, (shape, name) => variable(trainingNames.parameter(name), shape));
  return { outputs: { loss: loss(parameters, variables(inputs), variables(data)) } };
}

function prefixed(values: NamedValues, prefix: (name: string) => string): NamedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix(name), value]));
}

async function heldOutProgram(runtime: Runtime, definition: TrainingDefinition, heldOut: HeldOut): Promise<Program> {
  const program = await runtime.compile(heldOutGraph(definition, heldOut));
  await program.write(prefixed({ ...heldOut.inputs, ...heldOut.data }, trainingNames.data));
  return program;
}

function average(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0) / values.length;
}

/**
 * Trains until the steps are used up or the held-out loss has stopped falling. Throws the signal's reason when aborted (between
 * runs), and an Error when the loss is not finite.
 */
export async function fit(options: FitOptions): Promise<Fit> {
  const { runtime, definition, heldOut, stage, signal, observer = ignoreProgress } = options;
  const { stepsPerRun } = definition;
  const kept = definition.average === true ? 'average' : 'parameter';
  const runs = Math.max(1, Math.ceil(options.steps / stepsPerRun));
  const program = await runtime.compile(trainingGraph(definition));
  const checker = heldOut === undefined ? undefined : await heldOutProgram(runtime, definition, heldOut);
  const curve = { steps: [] as number[], train: [] as number[], heldOut: [] as number[] };

  try {
    await program.give(initialState(definition, options.parameters));
    await program.write(prefixed(options.data, trainingNames.data));
    let best: { loss: number; parameters: NamedValues; step: number } | undefined;
    let stale = 0;
    let recent: number[] = [];
    let upcoming = options.batches(0, stepsPerRun);
    for (let run = 0; run < runs && stale < options.patience; run++) {
      signal?.throwIfAborted();
      const inputs = { ...upcoming, ...stepRates(run * stepsPerRun, stepsPerRun, options.rates) };
      const pending = program.run(inputs);
      // The next batches are drawn while the runtime works.
      if (run + 1 < runs) upcoming = options.batches((run + 1) * stepsPerRun, stepsPerRun);
      const { losses } = await pending;
      const loss = average(losses!.data);
      if (!Number.isFinite(loss))
        throw new Error(`The loss of the ${stage} became ${loss} at step ${run * stepsPerRun}`);
      recent.push(loss);
      const done = (run + 1) * stepsPerRun;
      const last = run + 1 === runs;
      if (!last && (run + 1) % options.runsPerCheck !== 0) continue;
      const parameters = await readParameters(program, definition, kept);
      const checked = checker === undefined ? undefined : await checkLoss(checker, parameters);
      curve.steps.push(done);
      curve.train.push(average(recent));
      if (checked !== undefined) curve.heldOut.push(checked);
      recent = [];
      if (checked === undefined || best === undefined || checked < best.loss) {
        best = { loss: checked ?? loss, parameters, step: done };
        stale = 0;
      } else stale++;
      observer({ stage, done, total: runs * stepsPerRun, note: `loss ${(checked ?? loss).toPrecision(3)}` });
    }
    return { parameters: best!.parameters, curve: { ...curve, bestStep: best!.step } };
  } finally {
    await program.dispose();
    await checker?.dispose();
  }
}

async function checkLoss(checker: Program, parameters: NamedValues): Promise<number> {
  await checker.write(prefixed(parameters, trainingNames.parameter));
  const { loss } = await checker.run({});
  const value = loss!.data[0]!;
  if (!Number.isFinite(value)) throw new Error(`The held-out loss became ${value}`);
  return value;
}
