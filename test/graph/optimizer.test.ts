import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import {
  adam,
  adamRate,
  clipByGlobalNorm,
  cosineSchedule,
  input,
  matMul,
  mean,
  movingAverage,
  referenceRuntime,
  square,
  stepRates,
  subtract,
  trainingGraph,
  trainingNames,
  initialState,
  type NamedValues,
  type TrainingDefinition,
} from '../../src/graph/index.ts';
import { doubles, evaluate, withProgram } from './helpers.ts';

/** AdamW as its paper writes it (Loshchilov and Hutter 2019, Algorithm 2), with clipping by the joint norm and a moving average. */
class PlainAdamW {
  private steps = 0;
  private readonly m: number[][];
  private readonly v: number[][];
  readonly averages: number[][];
  readonly parameters: number[][];
  private readonly decays: readonly boolean[];

  constructor(parameters: readonly (readonly number[])[], decays: readonly boolean[]) {
    this.parameters = parameters.map((values) => [...values]);
    this.averages = parameters.map((values) => [...values]);
    this.m = parameters.map((values) => values.map(() => 0));
    this.v = parameters.map((values) => values.map(() => 0));
    this.decays = decays;
  }

  step(
    gradients: readonly (readonly number[])[],
    options: { rate: number; weightDecay: number; limit: number; averageDecay: number },
  ): void {
    const norm = Math.hypot(...gradients.flat());
    const factor = norm > options.limit ? options.limit / norm : 1;
    this.steps++;
    const averageDecay = Math.min(options.averageDecay, this.steps / (9 + this.steps));
    this.parameters.forEach((values, p) =>
      values.forEach((value, i) => {
        const g = gradients[p]![i]! * factor;
        this.m[p]![i] = 0.9 * this.m[p]![i]! + 0.1 * g;
        this.v[p]![i] = 0.999 * this.v[p]![i]! + 0.001 * g * g;
        const mHat = this.m[p]![i] / (1 - 0.9 ** this.steps);
        const vHat = this.v[p]![i] / (1 - 0.999 ** this.steps);
        const decay = this.decays[p]! ? options.rate * options.weightDecay : 0;
        values[i] = value * (1 - decay) - (options.rate * mHat) / (Math.sqrt(vHat) + 1e-8);
        this.averages[p]![i] = averageDecay * this.averages[p]![i]! + (1 - averageDecay) * values[i];
      }),
    );
  }
}

const [rows, columns, trips] = [6, 3, 12];

test('a training graph takes the steps of AdamW with clipping, schedule and moving average', async () => {
  const random = randomStream(5);
  const draw = (name: string, count: number): number[] =>
    Array.from(random.split(name).fillNormal(new Float64Array(count)));
  const [w, b] = [draw('w', columns), draw('b', 1)];
  const x = Array.from({ length: trips }, (_, t) => draw(`x ${t}`, rows * columns));
  const y = Array.from({ length: trips }, (_, t) => draw(`y ${t}`, rows).map((value) => 3 * value));
  const definition: TrainingDefinition = {
    parameters: { w: [columns, 1], b: [1] },
    stepInputs: { x: { shape: [rows, columns] }, y: { shape: [rows, 1] } },
    data: {},
    loss: (p, step) => {
      const predicted = matMul(step['x']!, p['w']!);
      return mean(square(subtract(subtract(step['y']!, predicted), p['b']!)));
    },
    stepsPerRun: trips / 2,
    clipNorm: 2,
    weightDecay: true,
    average: true,
  };
  const rate = (step: number): number => cosineSchedule(0.05, step, trips, 3);
  const rates = { learningRate: rate, weightDecay: 0.3, averageDecay: 0.7 };

  const plain = new PlainAdamW([w, b], [true, false]);
  const losses: number[] = [];
  let clipped = 0;
  for (let t = 0; t < trips; t++) {
    const [wNow, bNow] = plain.parameters;
    const errors = y[t]!.map((value, row) => {
      const predicted = wNow!.reduce((total, weight, k) => total + weight * x[t]![row * columns + k]!, bNow![0]!);
      return value - predicted;
    });
    losses.push(errors.reduce((total, e) => total + e * e, 0) / rows);
    const gw = wNow!.map(
      (_, k) => (-2 / rows) * errors.reduce((total, e, row) => total + e * x[t]![row * columns + k]!, 0),
    );
    const gb = [(-2 / rows) * errors.reduce((total, e) => total + e, 0)];
    if (Math.hypot(...gw, ...gb) > 2) clipped++;
    plain.step([gw, gb], { rate: rate(t), weightDecay: 0.3, limit: 2, averageDecay: 0.7 });
  }
  expect(clipped).toBeGreaterThan(0);
  expect(clipped).toBeLessThan(trips);

  await withProgram(referenceRuntime, trainingGraph(definition), async (program) => {
    await program.write(initialState(definition, { w: doubles([columns, 1], w), b: doubles([1], b) }));
    const found: number[] = [];
    for (const from of [0, trips / 2]) {
      const chunk = (list: number[][]): number[] => list.slice(from, from + trips / 2).flat();
      const { losses: part } = await program.run({
        x: doubles([trips / 2, rows, columns], chunk(x)),
        y: doubles([trips / 2, rows, 1], chunk(y)),
        ...stepRates(from, trips / 2, rates),
      });
      found.push(...part!.data);
    }
    // The rates travel as float32.
    found.forEach((loss, t) => expect(loss / losses[t]!).toBeCloseTo(1, 5));
    const names = ['w', 'b'].flatMap((name) => [trainingNames.parameter(name), trainingNames.average(name)]);
    const state = await program.read(names);
    const expected = [plain.parameters[0]!, plain.averages[0]!, plain.parameters[1]!, plain.averages[1]!];
    names.forEach((name, index) => {
      state[name]!.data.forEach((value, i) => expect(value).toBeCloseTo(expected[index]![i]!, 5));
    });
  });
});

describe('the parts of an optimizer', () => {
  test('adamRate and adam make the first step as long as the learning rate, whatever the gradient', async () => {
    const [p, g, zero] = [input('p', [2]), input('g', [2]), input('zero', [2])];
    const { parameter } = adam(p, g, { first: zero, second: zero }, input('rate', []));
    const given: NamedValues = {
      p: doubles([2], [1, 1]),
      g: doubles([2], [1e-3, -50]),
      zero: doubles([2], [0, 0]),
      rate: doubles([], [adamRate(0.1, 0)]),
    };
    const { next } = await evaluate(referenceRuntime, { next: parameter }, given);
    // Shorter by epsilon / sqrt(second moment) of it, the moment before its correction of bias.
    expect(next!.data[0]).toBeCloseTo(1 - 0.1 / (1 + 1e-8 / Math.sqrt(0.001 * 1e-3 ** 2)), 12);
    expect(next!.data[1]).toBeCloseTo(1.1, 8);
  });

  test('clipping scales all gradients by one factor, and none below the limit', async () => {
    const [a, b] = [input('a', [2]), input('b', [])];
    const clip = async (limit: number, left: number[], right: number): Promise<number[]> => {
      const [x, y] = clipByGlobalNorm([a, b], limit);
      const results = await evaluate(
        referenceRuntime,
        { x: x!, y: y! },
        { a: doubles([2], left), b: doubles([], [right]) },
      );
      return [...results['x']!.data, ...results['y']!.data];
    };
    expect(await clip(1, [2, 3], 6)).toEqual([2 / 7, 3 / 7, 6 / 7]);
    expect(await clip(7.5, [2, 3], 6)).toEqual([2, 3, 6]);
    expect(await clip(1, [0, 0], 0)).toEqual([0, 0, 0]);
  });

  test('a moving average keeps what it is told', async () => {
    const average = movingAverage(input('e', []), input('p', []), input('keep', []));
    const given = { e: doubles([], [10]), p: doubles([], [20]), keep: doubles([], [0.25]) };
    const { result } = await evaluate(referenceRuntime, { result: average }, given);
    expect(Array.from(result!.data)).toEqual([12.5]);
  });

  test('the schedule warms up, peaks, halves half-way and ends at its floor', () => {
    const at = (step: number): number => cosineSchedule(2, step, 110, 10, 0.1);
    expect(at(0)).toBeCloseTo(0.2, 12);
    expect(at(9)).toBe(2);
    expect(at(10)).toBe(2);
    expect(at(60)).toBeCloseTo(2 * (0.1 + 0.9 / 2), 12);
    expect(at(110)).toBeCloseTo(0.2, 12);
    expect(at(500)).toBeCloseTo(0.2, 12);
    expect(cosineSchedule(1, 0, 0, 0)).toBe(1);
  });
});
