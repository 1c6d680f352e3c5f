import { gradients } from './gradient.ts';
import { gather, input, loop, variable } from './ops.ts';
import { adam, adamDefaults, adamRate, clipByGlobalNorm, decayed, movingAverage } from './optimizer.ts';
import type { NamedValues } from './runtime/types.ts';
import type { DType, Graph, Shape, Tensor, VariableTensor } from './tensor.ts';

export type NamedTensors = Readonly<Record<string, Tensor>>;
export type NamedShapes = Readonly<Record<string, Shape>>;

/** What one optimizer step gets beside the parameters: an array per step, named. */
export type StepInputs = Readonly<Record<string, { readonly shape: Shape; readonly dtype?: DType }>>;

/** A scalar loss of named parameters. `step` holds this step's inputs, `data` what stays the same for the whole training. */
export type Loss = (parameters: NamedTensors, step: NamedTensors, data: NamedTensors) => Tensor;

export interface TrainingDefinition {
  readonly parameters: NamedShapes;
  readonly stepInputs: StepInputs;
  /** Kept on the runtime for the whole training, the data set for example. */
  readonly data: NamedShapes;
  readonly loss: Loss;
  /** Steps in one call of the runtime. */
  readonly stepsPerRun: number;
  /** Joint norm that gradients are clipped to; none without it. */
  readonly clipNorm?: number;
  /** Decoupled weight decay on matrices (rank 2 and more); `decay` of the step's rates. */
  readonly weightDecay?: boolean;
  /** Keeps a moving average of the parameters. */
  readonly average?: boolean;
}

/** Names of the variables of a training graph. */
export const trainingNames = {
  parameter: (name: string): string => `parameter/${name}`,
  first: (name: string): string => `first/${name}`,
  second: (name: string): string => `second/${name}`,
  average: (name: string): string => `average/${name}`,
  data: (name: string): string => `data/${name}`,
} as const;

/** Rates of `count` steps from `from`: what `trainingGraph` needs beside its step inputs. */
export function stepRates(
  from: number,
  count: number,
  rates: { learningRate(step: number): number; weightDecay: number; averageDecay: number },
): NamedValues {
  const perStep = (f: (step: number) => number) => ({
    shape: [count],
    data: Float32Array.from({ length: count }, (_, index) => f(from + index)),
  });
  return {
    rate: perStep((step) => adamRate(rates.learningRate(step), step, adamDefaults)),
    decay: perStep((step) => rates.learningRate(step) * rates.weightDecay),
    // The average follows fast at first (Karras et al. 2024 call the problem; TensorFlow's rule solves it).
    keep: perStep((step) => 1 - Math.min(rates.averageDecay, (1 + step) / (10 + step))),
  };
}

/**
 * `stepsPerRun` optimizer steps as one graph: a loop whose state is parameters, Adam's moments and the moving average, all of
 * them variables, so nothing but the step inputs ([stepsPerRun, ...] each) goes in and nothing but `losses` [stepsPerRun] comes out.
 */
export function trainingGraph(definition: TrainingDefinition): Graph {
  const { stepsPerRun, parameters, stepInputs } = definition;
  const names = Object.keys(parameters);
  const kinds =
    definition.average === true
      ? (['parameter', 'first', 'second', 'average'] as const)
      : (['parameter', 'first', 'second'] as const);
  const state: VariableTensor[] = kinds.flatMap((kind) =>
    names.map((name) => variable(trainingNames[kind](name), parameters[name]!)),
  );
  const data = mapValues(definition.data, (shape, name): Tensor => variable(trainingNames.data(name), shape));
  const inputs = mapValues(stepInputs, ({ shape, dtype }, name) => input(name, [stepsPerRun, ...shape], dtype));
  const rates = {
    rate: input('rate', [stepsPerRun]),
    decay: input('decay', [stepsPerRun]),
    keep: input('keep', [stepsPerRun]),
  };

  const { state: final, collected } = loop(stepsPerRun, state, (iteration, carried) => {
    const part = (index: number) => carried.slice(index * names.length, (index + 1) * names.length);
    const [present, first, second, average] = [part(0), part(1), part(2), part(3)];
    const at = (x: Tensor): Tensor => gather(x, iteration);
    const loss = definition.loss(
      Object.fromEntries(names.map((name, index) => [name, present[index]!])),
      mapValues(inputs, at),
      data,
    );
    const raw = gradients(loss, present);
    const clipped = definition.clipNorm === undefined ? raw : clipByGlobalNorm(raw, definition.clipNorm);
    const [rate, decay, keep] = [at(rates.rate), at(rates.decay), at(rates.keep)];
    const steps = present.map((parameter, index) => {
      const decays = definition.weightDecay === true && parameter.shape.length >= 2;
      const start = decays ? decayed(parameter, decay) : parameter;
      return adam(start, clipped[index]!, { first: first[index]!, second: second[index]! }, rate);
    });
    const next = [
      ...steps.map(({ parameter }) => parameter),
      ...steps.map(({ moments }) => moments.first),
      ...steps.map(({ moments }) => moments.second),
      ...(definition.average === true
        ? steps.map(({ parameter }, index) => movingAverage(average[index]!, parameter, keep))
        : []),
    ];
    return { state: next, collect: [loss] };
  });

  return {
    outputs: { losses: collected[0]! },
    updates: state.map((tensor, index) => ({ variable: tensor, next: final[index]! })),
  };
}

/** The variables of a training graph at its start: the given parameters, moments of zero, the average at the parameters. */
export function initialState(definition: TrainingDefinition, parameters: NamedValues): NamedValues {
  const entries = Object.entries(parameters).flatMap(([name, { shape, data }]) => {
    const empty = () => ({ shape, data: new Float32Array(data.length) });
    return [
      [trainingNames.parameter(name), { shape, data }],
      [trainingNames.first(name), empty()],
      [trainingNames.second(name), empty()],
      ...(definition.average === true ? [[trainingNames.average(name), { shape, data }] as const] : []),
    ] as const;
  });
  return Object.fromEntries(entries);
}

export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));
}
