import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { add, constant, input, matMul, referenceRuntime, type Tensor } from '../../src/graph/index.ts';
import { blend, calibration, judge, noCurve, type Predictions, type Surrogate } from '../../src/reward/index.ts';

const rewards = Float64Array.of(1, 2, 3, 4, 5, 6);
const rows = { designs: new Float32Array(12), dimension: 2, rewards };

/** Errors of held-out predictions, one sign after the other, so that the mean squared error is `error` squared. */
function heldOutWith(error: number, std: number): Predictions {
  return { mean: rewards.map((reward, i) => reward + (i % 2 === 0 ? error : -error)), std: rewards.map(() => std) };
}

interface Shape {
  readonly name: Surrogate['name'];
  readonly heldOut: Predictions;
  /** Slopes of a linear model; a member without them has no graph. */
  readonly slope?: readonly [number, number];
  readonly std: number;
}

/** A surrogate whose predictions are known, and how often it was disposed of. */
function member({ name, heldOut, slope, std }: Shape): Surrogate & { readonly disposed: () => number } {
  let disposed = 0;
  const [a, b] = slope ?? [0, 0];
  return {
    name,
    heldOut,
    quality: judge(heldOut, rewards),
    curve: noCurve,
    settings: { size: std },
    ...(slope === undefined ? {} : { graph: (x: Tensor) => add(matMul(x, constant([a, b], [2, 1])), 1) }),
    predict: (designs) => {
      const mean = Float64Array.from({ length: designs.length / 2 }, (_, i) =>
        slope === undefined ? 7 : 1 + a * designs[2 * i]! + b * designs[2 * i + 1]!,
      );
      return Promise.resolve({ mean, std: mean.map(() => std) });
    },
    dispose: () => Promise.resolve(void disposed++),
    disposed: () => disposed,
  };
}

// Mean squared errors of 1, 4 and 4: weights 4/6, 1/6 and 1/6.
const shapes: readonly Shape[] = [
  { name: 'ensemble', heldOut: heldOutWith(1, 0.5), slope: [1, -2], std: 0.5 },
  { name: 'forest', heldOut: heldOutWith(2, 1), std: 2 },
  { name: 'gaussian-process', heldOut: heldOutWith(2, 1), slope: [3, 4], std: 1 },
];
const weights = [4 / 6, 1 / 6, 1 / 6];

describe('a blend', () => {
  const designs = randomStream(1)
    .fillNormal(new Float32Array(10))
    .map((value) => 0.5 * value);

  test('weighs its members by their squared held-out errors, all of the weight', () => {
    const { settings, name } = blend(shapes.map(member), rows);
    expect(name).toBe('blend');
    const told = ['ensemble', 'forest', 'gaussian-process'].map((kind) => Number(settings[`${kind}: weight`]));
    told.forEach((weight, i) => expect(weight).toBeCloseTo(weights[i]!, 3));
    expect(told.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 2);
    expect(settings['forest: size']).toBe(2);
  });

  test('predicts the mean and the spread of the mixture, calibrated on held-out rows', async () => {
    const mixture = blend(shapes.map(member), rows);
    const { mean, std } = await mixture.predict(designs);
    // By the law of total variance: what is within the members, and what is between them.
    const heldOut = [1, 2, 2].map((error) => heldOutWith(error, error / 2));
    const center = (means: readonly number[]): number => means.reduce((sum, value, m) => sum + weights[m]! * value, 0);
    const spread = (means: readonly number[], stds: readonly number[]): number => {
      const within = stds.reduce((sum, value, m) => sum + weights[m]! * value ** 2, 0);
      const square = means.reduce((sum, value, m) => sum + weights[m]! * value ** 2, 0);
      return Math.sqrt(within + square - center(means) ** 2);
    };
    const raw: Predictions = {
      mean: rewards.map((_, row) => center(heldOut.map((one) => one.mean[row]!))),
      std: rewards.map((_, row) =>
        spread(
          heldOut.map((one) => one.mean[row]!),
          heldOut.map((one) => one.std[row]!),
        ),
      ),
    };
    const factor = calibration(raw, rewards);
    expect(factor).not.toBeCloseTo(1, 1);
    for (let i = 0; i < 5; i++) {
      const [x, y] = [designs[2 * i]!, designs[2 * i + 1]!];
      const means = [1 + x - 2 * y, 7, 1 + 3 * x + 4 * y];
      expect(mean[i]).toBeCloseTo(center(means), 6);
      expect(std[i]).toBeCloseTo(factor * spread(means, [0.5, 2, 1]), 6);
    }
    mixture.heldOut.mean.forEach((value, row) => expect(value).toBeCloseTo(raw.mean[row]!, 10));
    mixture.heldOut.std.forEach((value, row) => expect(value).toBeCloseTo(factor * raw.std[row]!, 10));
    expect(mixture.quality).toEqual(judge(mixture.heldOut, rewards));
  });

  test('has the slopes of the members that have some, by their weights', async () => {
    const { graph } = blend(shapes.map(member), rows);
    const program = await referenceRuntime.compile({ outputs: { mean: graph!(input('x', ['n', 2])) } });
    const { mean } = await program.run({ x: { shape: [5, 2], data: designs } });
    for (let i = 0; i < 5; i++) {
      const [x, y] = [designs[2 * i]!, designs[2 * i + 1]!];
      expect(mean!.data[i]).toBeCloseTo(0.8 * (1 + x - 2 * y) + 0.2 * (1 + 3 * x + 4 * y), 5);
    }
    await program.dispose();
    expect(blend([member(shapes[1]!)], rows).graph).toBeUndefined();
  });

  test('disposes of its members, each once', async () => {
    const members = shapes.map(member);
    await blend(members, rows).dispose();
    expect(members.map(({ disposed }) => disposed())).toEqual([1, 1, 1]);
  });
});
