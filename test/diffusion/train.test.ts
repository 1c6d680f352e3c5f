import { afterAll, describe, expect, test } from 'vitest';
import { randomStream, type Progress } from '../../src/base/index.ts';
import {
  defaultSampling,
  denoiserShapes,
  denoiserTrainingFor,
  denoisingLoss,
  exponentialWeights,
  rewardNormalization,
  trainDenoiser,
  type DenoiserTraining,
  type TrainDenoiserOptions,
} from '../../src/diffusion/index.ts';
import { constant, mapValues, onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import { numbersOf } from '../graph/helpers.ts';
import { momentsOf } from './gaussians.ts';
import { draw, drawRows, joint, reward, type Rows } from './joint.ts';

const [one, two] = [onnxRuntime({ threads: 1 }), onnxRuntime({ threads: 2 })];
afterAll(() => Promise.all([one.close(), two.close()]));

const quick: Partial<DenoiserTraining> = { width: 16, blocks: 1, batch: 16, steps: 200 };

function train({ designs, rewards }: Rows, options: Partial<TrainDenoiserOptions> = {}) {
  return trainDenoiser({
    runtime: one,
    designs,
    dimension: 2,
    rewards,
    reward: rewardNormalization(
      rewards.filter((value) => !Number.isNaN(value)),
      'maximize',
    ),
    training: quick,
    stream: randomStream(1),
    ...options,
  });
}

const rows = drawRows(100);

describe('the same seed', () => {
  test('gives the same parameters to the last bit, with 1 thread and with 2', async () => {
    const large = { training: { ...quick, width: 128, batch: 128, steps: 100 } };
    const [a, b, c] = [
      await train(rows, large),
      await train(rows, large),
      await train(rows, { ...large, runtime: two }),
    ];
    expect(b).toEqual({ ...a, model: { ...b.model, parameters: a.model.parameters } });
    expect(c.model.parameters).toEqual(a.model.parameters);
    const other = await train(rows, { ...large, stream: randomStream(2) });
    expect(other.model.parameters).not.toEqual(a.model.parameters);
  });
});

describe('going on from a model', () => {
  test('begins with its parameters and scaling, and leaves it as it is', async () => {
    const { model } = await train(rows);
    const before = mapValues(model.parameters, ({ data }) => Array.from(data));
    const still = { ...quick, width: 8, steps: 50, learningRate: 0, weightDecay: 0 };
    const moved = { ...rows, designs: rows.designs.map((value) => value / 3 + 0.5) };
    const same = await train(moved, { from: model, training: still });
    expect({ ...same.model, schedule: model.schedule }).toEqual(model);
    const other = await train(moved, { from: model });
    expect(other.model.parameters).not.toEqual(model.parameters);
    expect(other.model.designs).toEqual(model.designs);
    expect(mapValues(model.parameters, ({ data }) => Array.from(data))).toEqual(before);
  });
});

describe('early stopping', () => {
  // 20 rows and a large network: it soon learns them by heart.
  const few = drawRows(20);
  const training = { ...quick, width: 64, blocks: 2, steps: 1500, heldOutShare: 0.3, learningRate: 5e-3 };

  test('ends when the held-out loss no longer falls, and keeps the parameters of the lowest', async () => {
    const impatient = await train(few, { training: { ...training, patience: 4 } });
    const { steps, heldOut, bestStep } = impatient.curve;
    const lowest = heldOut.indexOf(Math.min(...heldOut));
    expect(bestStep).toBe(steps[lowest]);
    expect(heldOut.length - 1 - lowest).toBe(4);
    expect(steps.at(-1)).toBeLessThan(1500);
    // A run that goes on to the end passes through the same parameters.
    const patient = await train(few, { training: { ...training, patience: Infinity } });
    expect(patient.curve.steps.at(-1)).toBe(1500);
    expect(patient.curve.heldOut.slice(0, heldOut.length)).toEqual(heldOut);
    expect(patient.curve.bestStep).toBe(bestStep);
    expect(patient.model.parameters).toEqual(impatient.model.parameters);
  });

  test('the curve has a training loss and a held-out loss for each check, and both fall from that of the first estimate', async () => {
    const { curve } = await train(drawRows(500), { training: { ...quick, width: 64, steps: 1000 } });
    expect(curve.train.length).toBe(curve.steps.length);
    expect(curve.heldOut.length).toBe(curve.steps.length);
    // The preconditioner's loss is 1 by construction; nothing to learn about one coordinate from the other leaves it near.
    expect(curve.heldOut[0]).toBeLessThan(1.15);
    expect(Math.min(...curve.heldOut)).toBeLessThan(curve.heldOut[0]!);
  });
});

describe('while training', () => {
  test('progress is told in steps, up to the end', async () => {
    const seen: Progress[] = [];
    await train(rows, { observer: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every(({ stage, total }) => stage === 'denoiser' && total === 200)).toBe(true);
    expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done)].sort((a, b) => a - b));
    expect(seen.at(-1)?.done).toBe(200);
    expect(seen.at(-1)?.note).toMatch(/^loss \d/);
  });

  test('a signal ends it with its reason, between two runs', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    let last = 0;
    const training = train(rows, {
      training: { ...quick, steps: 100_000, patience: Infinity },
      signal: stop.signal,
      observer: ({ done }) => {
        last = done;
        stop.abort(reason);
      },
    });
    await expect(training).rejects.toBe(reason);
    expect(last).toBeLessThan(5000);
    await expect(train(rows, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a loss that is not finite is an error', async () => {
    await expect(train(rows, { training: { ...quick, learningRate: 1e30 } })).rejects.toThrow(
      /The loss of the denoiser became (NaN|Infinity) at step \d+/,
    );
  });

  test('one row is too few', async () => {
    await expect(train(drawRows(1))).rejects.toThrow('at least 2 rows');
  });
});

describe('rewards', () => {
  test('what stands beside a row without a label does not reach the loss', async () => {
    const size = { dimension: 2, width: 8, blocks: 1 };
    const stream = randomStream(4);
    const tensor = (shape: readonly number[], values?: readonly number[]) =>
      constant(values ?? stream.fillNormal(new Float64Array(shape.reduce((a, b) => a * b, 1))), shape);
    const parameters = mapValues(denoiserShapes(size), (shape) => tensor(shape as readonly number[]));
    const step = {
      rows: constant([0, 1, 2], [3], 'int'),
      sigma: tensor([3, 1], [0.3, 0.8, 2]),
      withheld: tensor([3, 1], [0, 0, 1]),
      noise: tensor([3, 2]),
    };
    const designs = tensor([3, 2]);
    const lossFor = async (rewards: readonly number[]): Promise<number> => {
      const data = { designs, rewards: tensor([3, 1], rewards), unlabelled: tensor([3, 1], [0, 1, 0]) };
      return (await numbersOf(referenceRuntime, denoisingLoss(1)(parameters, step, data)))[0]!;
    };
    const loss = await lossFor([0.5, 0, 0.7]);
    expect(await lossFor([0.5, 99, 0.7])).toBe(loss);
    expect(await lossFor([0.5, 0, -3])).toBe(loss);
    expect(await lossFor([0.6, 0, 0.7])).not.toBe(loss);
  });

  test('unlabelled rows are learnt from: designs that only they have are sampled without guidance', async () => {
    // Labelled rows lie on the left, unlabelled ones on the right.
    const stream = randomStream(5);
    const n = 400;
    const labelled = (i: number): boolean => i % 2 === 0;
    const designs = Float32Array.from(
      { length: 2 * n },
      (_, at) => (at % 2 === 1 ? 0 : labelled((at - 1) / 2 + 0.5) ? -0.5 : 0.5) + 0.05 * stream.normal(),
    );
    const rewards = Float64Array.from({ length: n }, (_, i) => (labelled(i) ? stream.normal() : NaN));
    const { model } = await train({ designs, rewards }, { training: { ...quick, width: 64, steps: 800 } });
    const x = await draw(model, one, { sampling: defaultSampling, target: 0, guidance: 0, n: 400 });
    const right = Array.from({ length: 400 }, (_, i) => x[2 * i]!).filter((value) => value > 0).length / 400;
    // As many as there are in the table. Drawn as often as labelled ones they would make 0.87 of what is learnt without a reward.
    expect(right).toBeGreaterThan(0.35);
    expect(right).toBeLessThan(0.65);
    const told = await draw(model, one, { sampling: defaultSampling, target: 0, guidance: 1, n: 400 });
    expect(Array.from({ length: 400 }, (_, i) => told[2 * i]!).filter((value) => value > 0).length / 400).toBeLessThan(
      0.1,
    );
  });

  test('exp(z) weights of a reward to minimise move the designs by what tilting a Gaussian does', async () => {
    const all = drawRows(2000);
    const { model } = await train(all, {
      reward: rewardNormalization(all.rewards, 'minimize'),
      weighting: exponentialWeights(1),
      training: { width: 64, blocks: 2, batch: 128, steps: 1000 },
    });
    const moments = momentsOf(
      await draw(model, two, { sampling: { ...defaultSampling, steps: 48 }, target: 0, guidance: 0, n: 4000 }),
    );
    for (const k of [0, 1] as const) {
      // exp(-reward / std) moves x by minus its covariance with the reward over std, about 0.86 and 0.51 of its own deviation.
      const shift = (-joint.slope[k] * joint.std[k] ** 2) / reward.std;
      expect((moments.mean[k] - joint.mean[k]) / shift).toBeGreaterThan(0.75);
      expect((moments.mean[k] - joint.mean[k]) / shift).toBeLessThan(1.25);
    }
  });
});

test('sizes grow with the table and can be overridden', async () => {
  const sizes = [10, 100, 5000].map((n) => denoiserTrainingFor(n, 8));
  expect(sizes.map(({ width }) => width)).toEqual([...sizes.map(({ width }) => width)].sort((a, b) => a - b));
  for (const { batch, heldOutShare } of sizes) {
    expect(batch).toBeGreaterThanOrEqual(32);
    expect(heldOutShare).toBeGreaterThan(0);
  }
  const { model } = await train(rows, { training: { ...quick, width: 24 } });
  expect(model.size).toEqual({ dimension: 2, width: 24, blocks: 1 });
  expect(model.parameters['in.weight']?.shape).toEqual([2, 24]);
});
