import { gradients } from './gradient.ts';
import { concat, gather, input, loop, reshape, slice, variable } from './ops.ts';
import { adam, adamDefaults, adamRate, clipByGlobalNorm, decayed, movingAverage } from './optimizer.ts';
import type { NamedValues, Program, Values } from './runtime/types.ts';
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

/** What the state of a training holds for each parameter. */
type StateKind = 'parameter' | 'first' | 'second' | 'average';

function stateKinds({ average }: TrainingDefinition): readonly StateKind[] {
  return average === true ? ['parameter', 'first', 'second', 'average'] : ['parameter', 'first', 'second'];
}

/** Where a parameter is in the state: all of a tensor of its own, or a part of the vector that the small ones share. */
interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** A tensor of the state, of every kind. */
interface Slot {
  readonly name: string;
  readonly shape: Shape;
  readonly places: readonly Place[] | undefined;
}

/** Vectors are kept as one tensor: an update is a score of operations, and on a short vector each costs its dispatch. */
function slotsOf({ parameters }: TrainingDefinition): readonly Slot[] {
  const entries = Object.entries(parameters);
  const isShared = ([, shape]: (typeof entries)[number]): boolean =>
    shape.length < 2 && shape.every((dim) => typeof dim === 'number');
  const shared = entries.filter(isShared);
  if (shared.length < 2) return entries.map(([name, shape]) => ({ name, shape, places: undefined }));
  let total = 0;
  const places = shared.map(([name, shape]): Place => {
    const start = total;
    total += sizeOf(shape as readonly number[]);
    return { name, shape: shape as readonly number[], start, end: total };
  });
  const own = entries.filter((entry) => !isShared(entry)).map(([name, shape]) => ({ name, shape, places: undefined }));
  // No parameter's slot can be called so: the others begin with their kind and a slash, this one is the kind and a space.
  return [...own, { name: 'vectors', shape: [total], places }];
}

function slotName(kind: StateKind, { name, places }: Slot): string {
  return places === undefined ? trainingNames[kind](name) : `${kind} ${name}`;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((total, dim) => total * dim, 1);
}

/** Values of a slot from those of its parameters, in an array of its own. */
function packed({ name, places }: Slot, values: NamedValues): Values {
  if (places === undefined) return { shape: values[name]!.shape, data: values[name]!.data.slice() };
  const parts = places.map((place) => values[place.name]!.data);
  const length = places.at(-1)!.end;
  const whole = parts.every((part) => part instanceof Float32Array) ? new Float32Array(length) : new Float64Array(length);
  parts.forEach((part, index) => whole.set(part, places[index]!.start));
  return { shape: [length], data: whole };
}

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
  const { stepsPerRun, stepInputs } = definition;
  const slots = slotsOf(definition);
  const state: VariableTensor[] = stateKinds(definition).flatMap((kind) =>
    slots.map((slot) => variable(slotName(kind, slot), slot.shape)),
  );
  const data = mapValues(definition.data, (shape, name): Tensor => variable(trainingNames.data(name), shape));
  const inputs = mapValues(stepInputs, ({ shape, dtype }, name) => input(name, [stepsPerRun, ...shape], dtype));
  const rates = {
    rate: input('rate', [stepsPerRun]),
    decay: input('decay', [stepsPerRun]),
    keep: input('keep', [stepsPerRun]),
  };

  const { state: final, collected } = loop(stepsPerRun, state, (iteration, carried) => {
    const part = (index: number) => carried.slice(index * slots.length, (index + 1) * slots.length);
    const [present, first, second, average] = [part(0), part(1), part(2), part(3)];
    const at = (x: Tensor): Tensor => gather(x, iteration);
    const parameters = unpackedTensors(slots, present);
    const loss = definition.loss(parameters, mapValues(inputs, at), data);
    const raw = slotGradients(slots, parameters, loss);
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

function unpackedTensors(slots: readonly Slot[], tensors: readonly Tensor[]): NamedTensors {
  const entries = slots.flatMap(({ name, places }, index): (readonly [string, Tensor])[] => {
    const whole = tensors[index]!;
    if (places === undefined) return [[name, whole]];
    return places.map(({ name: part, shape, start, end }) => [part, reshape(slice(whole, 0, start, end), shape)]);
  });
  return Object.fromEntries(entries);
}

function slotGradients(slots: readonly Slot[], parameters: NamedTensors, loss: Tensor): readonly Tensor[] {
  const names = Object.keys(parameters);
  const found = gradients(loss, Object.values(parameters));
  const gradientOf = (name: string): Tensor => found[names.indexOf(name)]!;
  return slots.map(({ name, places }) =>
    places === undefined
      ? gradientOf(name)
      : concat(
          places.map(({ name: part, start, end }) => reshape(gradientOf(part), [end - start])),
          0,
        ),
  );
}

/** The variables of a training graph at its start: the given parameters, moments of zero, the average at the parameters. */
export function initialState(definition: TrainingDefinition, parameters: NamedValues): NamedValues {
  const starts: { readonly [Kind in StateKind]: (slot: Slot) => Values } = {
    parameter: (slot) => packed(slot, parameters),
    first: (slot) => zeros(slot, parameters),
    second: (slot) => zeros(slot, parameters),
    average: (slot) => packed(slot, parameters),
  };
  const slots = slotsOf(definition);
  return Object.fromEntries(
    stateKinds(definition).flatMap((kind) => slots.map((slot) => [slotName(kind, slot), starts[kind](slot)])),
  );
}

function zeros({ name, shape }: Slot, parameters: NamedValues): Values {
  const known = parameters[name]?.shape ?? (shape as readonly number[]);
  return { shape: known, data: new Float32Array(sizeOf(known)) };
}

/** The present parameters of a training program, or their moving average. */
export async function readParameters(
  program: Program,
  definition: TrainingDefinition,
  kind: 'parameter' | 'average',
): Promise<NamedValues> {
  const slots = slotsOf(definition);
  const values = await program.read(slots.map((slot) => slotName(kind, slot)));
  const entries = slots.flatMap((slot): (readonly [string, Values])[] => {
    const whole = values[slotName(kind, slot)]!;
    if (slot.places === undefined) return [[slot.name, whole]];
    return slot.places.map(({ name, shape, start, end }) => [name, { shape, data: whole.data.slice(start, end) }]);
  });
  const found = Object.fromEntries(entries);
  return mapValues(definition.parameters, (_, name) => found[name]!);
}

export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));
}
