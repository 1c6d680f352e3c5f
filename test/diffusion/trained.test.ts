import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mean, quantile, randomStream, rankCorrelation, standardDeviation } from '../../src/base/index.ts';
import {
  defaultSampling,
  createSupport,
  noiseSchedules,
  samplers,
  sigmaOfStrength,
  type DiffusionModel,
  type NoiseScheduleName,
  type SamplerName,
  type SamplingOptions,
  type Support,
} from '../../src/diffusion/index.ts';
import { add, constant, matMul, onnxRuntime, type Tensor } from '../../src/graph/index.ts';
import { momentsOf, type Moments } from './gaussians.ts';
import { conditionalOf, draw, drawRows, joint, reward, trainOn, type DrawOptions } from './joint.ts';

const onnx = onnxRuntime({ threads: 2 });
afterAll(() => onnx.close());

const rows = drawRows(2000);
const schedules = Object.keys(noiseSchedules) as NoiseScheduleName[];
const models = new Map<NoiseScheduleName, DiffusionModel>();
beforeAll(async () => {
  for (const name of schedules) models.set(name, (await trainOn(rows, onnx, noiseSchedules[name]())).model);
});

const modelOf = (schedule: NoiseScheduleName): DiffusionModel => models.get(schedule)!;

const stds = ({ covariance }: Moments): readonly [number, number] => [
  Math.sqrt(covariance[0]),
  Math.sqrt(covariance[2]),
];

describe('a denoiser trained on 2,000 rows of a joint Gaussian', () => {
  test.each([-1, 0.5, 2])('samples the conditional for a reward %d standard deviations above the mean', async (z) => {
    const target = reward.mean + z * reward.std;
    const sampling = { ...defaultSampling, steps: 48 };
    const moments = momentsOf(await draw(modelOf('karras'), onnx, { sampling, target, guidance: 1, n: 4000 }));
    for (const k of [0, 1] as const) {
      const { mean, std } = conditionalOf(k, target);
      // Measured: 0.04 and 0.05 at most; 4 standard errors of the samples are 0.05 of each.
      expect(Math.abs(moments.mean[k] - mean)).toBeLessThan(0.1 * joint.std[k]);
      expect(Math.abs(stds(moments)[k] / std - 1)).toBeLessThan(0.1);
    }
  });

  test('guidance 0 samples all designs, whatever the target', async () => {
    const target = reward.mean + 2 * reward.std;
    const moments = momentsOf(
      await draw(modelOf('karras'), onnx, {
        sampling: { ...defaultSampling, steps: 48 },
        target,
        guidance: 0,
        n: 4000,
      }),
    );
    for (const k of [0, 1] as const) {
      expect(Math.abs(moments.mean[k] - joint.mean[k])).toBeLessThan(0.15 * joint.std[k]);
      expect(Math.abs(stds(moments)[k] / joint.std[k] - 1)).toBeLessThan(0.1);
    }
  });

  test('guidance beyond 1 goes beyond the target', async () => {
    const target = reward.mean + reward.std;
    const along = async (guidance: number): Promise<number> => {
      const { mean } = momentsOf(
        await draw(modelOf('karras'), onnx, { sampling: defaultSampling, target, guidance, n: 1000 }),
      );
      return joint.offset + joint.slope[0] * mean[0] + joint.slope[1] * mean[1];
    };
    const [one, three] = [await along(1), await along(3)];
    expect(three).toBeGreaterThan(one + 0.2 * reward.std);
  });
});

describe.each(schedules)('schedule %s', (schedule) => {
  test.each(Object.keys(samplers) as SamplerName[])('with %s samples the conditional', async (sampler) => {
    const target = reward.mean + reward.std;
    const moments = momentsOf(
      await draw(modelOf(schedule), onnx, {
        sampling: { sampler, steps: 64, slabs: [] },
        target,
        guidance: 1,
        n: 2000,
      }),
    );
    for (const k of [0, 1] as const) {
      const { mean, std } = conditionalOf(k, target);
      // Measured: 0.05 and 0.06 at most.
      expect(Math.abs(moments.mean[k] - mean)).toBeLessThan(0.15 * joint.std[k]);
      expect(Math.abs(stds(moments)[k] / std - 1)).toBeLessThan(0.15);
    }
  });
});

describe('what a sampling graph keeps to', () => {
  const target = reward.mean + 3 * reward.std;

  test('fixed coordinates and the box', async () => {
    const fixed = { values: Float64Array.of(0.9, 0), mask: Float64Array.of(1, 0) };
    const x = await draw(modelOf('karras'), onnx, { sampling: defaultSampling, target, guidance: 3, n: 500, fixed });
    for (let i = 0; i < 500; i++) {
      expect(x[2 * i]).toBeCloseTo(0.9, 5);
      expect(Math.abs(x[2 * i + 1]!)).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  test('linear constraints, fixed coordinates among them', async () => {
    // x0 - x1 at most 0.2, where the target would have it near 0.9.
    const slabs = [{ weights: Float64Array.of(1, -1), lower: -Infinity, upper: 0.2 }];
    const sampling = { ...defaultSampling, slabs };
    const difference = (x: Float32Array): number[] => Array.from({ length: 500 }, (_, i) => x[2 * i]! - x[2 * i + 1]!);
    const free = difference(
      await draw(modelOf('karras'), onnx, { sampling: defaultSampling, target, guidance: 1, n: 500 }),
    );
    expect(free.filter((value) => value > 0.2).length).toBeGreaterThan(490);
    const x = await draw(modelOf('karras'), onnx, { sampling, target, guidance: 1, n: 500 });
    for (const value of difference(x)) expect(value).toBeLessThan(0.2 + 1e-5);
    const fixed = { values: Float64Array.of(0.3, 0), mask: Float64Array.of(1, 0) };
    const held = await draw(modelOf('karras'), onnx, { sampling, target, guidance: 1, n: 500, fixed });
    for (const value of difference(held)) expect(value).toBeLessThan(0.2 + 1e-5);
    for (let i = 0; i < 500; i++) expect(held[2 * i]).toBeCloseTo(0.3, 5);
  });

  test('a design depends on its own noise alone, not on how many are drawn', async () => {
    const few = await draw(modelOf('karras'), onnx, { sampling: defaultSampling, target, guidance: 2, n: 3 });
    const many = await draw(modelOf('karras'), onnx, { sampling: defaultSampling, target, guidance: 2, n: 1500 });
    few.forEach((value, i) => expect(value).toBeCloseTo(many[i]!, 4));
  });

  test('a target beyond all numbers still gives designs', async () => {
    for (const extreme of [1e30, -1e38]) {
      const x = await draw(modelOf('karras'), onnx, {
        sampling: defaultSampling,
        target: extreme,
        guidance: 20,
        n: 20,
      });
      expect(x.every((value) => Math.abs(value) <= 1 + 1e-6)).toBe(true);
    }
  });
});

describe('from given designs', () => {
  const n = 500;
  const designs = drawRows(n, randomStream(41)).designs;
  const startAt = (strength: number): SamplingOptions => ({
    ...defaultSampling,
    steps: 12,
    start: { sigma: sigmaOfStrength(strength) },
  });
  const rewards = (x: Float32Array): number[] =>
    Array.from(
      { length: x.length / 2 },
      (_, i) => joint.offset + joint.slope[0] * x[2 * i]! + joint.slope[1] * x[2 * i + 1]!,
    );
  const renoise = (strength: number, options: Partial<DrawOptions> = {}): Promise<Float32Array> =>
    draw(modelOf('karras'), onnx, {
      sampling: startAt(strength),
      target: reward.mean + 2 * reward.std,
      guidance: 1,
      n: (options.designs ?? designs).length / 2,
      designs,
      ...options,
    });
  const moved = (x: Float32Array, from: Float32Array): number => mean(x.map((value, i) => Math.abs(value - from[i]!)));

  test('the stronger, the further they move, and the better they get', async () => {
    const results = await Promise.all([0.02, 0.2, 0.5, 1].map((strength) => renoise(strength)));
    const distances = results.map((x) => moved(x, designs));
    const means = results.map((x) => mean(rewards(x)));
    for (let i = 1; i < 4; i++) {
      expect(distances[i]).toBeGreaterThan(distances[i - 1]! + 0.01);
      expect(means[i]).toBeGreaterThan(means[i - 1]! + 0.05 * reward.std);
    }
    expect(distances[0]).toBeLessThan(0.05);
  });

  test('full strength forgets them: the same as sampling from noise', async () => {
    const fresh = await draw(modelOf('karras'), onnx, {
      sampling: { ...defaultSampling, steps: 12 },
      target: reward.mean + 2 * reward.std,
      guidance: 1,
      n,
    });
    expect(moved(await renoise(1), fresh)).toBeLessThan(0.01);
  });

  test('a design alone becomes what it becomes among others', async () => {
    const [few, many] = [await renoise(0.5, { designs: designs.slice(0, 6) }), await renoise(0.5)];
    few.forEach((value, i) => expect(value).toBeCloseTo(many[i]!, 4));
  });

  test('each design keeps its own value of a fixed coordinate', async () => {
    const fixed = { values: designs, mask: Float64Array.of(0, 1) };
    const x = await renoise(0.7, { fixed });
    for (let i = 0; i < n; i++) expect(x[2 * i + 1]).toBeCloseTo(designs[2 * i + 1]!, 5);
    expect(moved(x, designs)).toBeGreaterThan(0.05);
  });
});

test.each([1, -1.5])('a reward model alone pulls designs to the conditional %d standard deviations away', async (z) => {
  const target = reward.mean + z * reward.std;
  const linear = (x: Tensor): Tensor => add(matMul(x, constant([...joint.slope], [2, 1])), joint.offset);
  const pulled: SamplingOptions = { ...defaultSampling, steps: 48, pull: { model: linear, std: joint.noise } };
  const moments = momentsOf(
    await draw(modelOf('karras'), onnx, { sampling: pulled, target, guidance: 0, pull: 1, n: 4000 }),
  );
  for (const k of [0, 1] as const) {
    const { mean: center, std } = conditionalOf(k, target);
    // Measured: 0.08 and 0.07 at most.
    expect(Math.abs(moments.mean[k] - center)).toBeLessThan(0.1 * joint.std[k]);
    expect(Math.abs(stds(moments)[k] / std - 1)).toBeLessThan(0.15);
  }
});

describe('support', () => {
  const reference = drawRows(300, randomStream(30)).designs;
  /** Two standard deviations above the mean, as the best of a table is. */
  const best = reward.mean + 2 * reward.std;
  const support = (): Promise<Support> => createSupport(onnx, modelOf('karras'), reference, best, randomStream(29));

  test('errors tell designs unlike the data: AUC above 0.9 for uniform ones in the box', async () => {
    const { errors, trust, excess } = await support();
    const fresh = drawRows(400, randomStream(31)).designs;
    const stream = randomStream(32);
    const strange = Float32Array.from({ length: 800 }, () => 2 * stream.uniform() - 1);
    const { errors: usual } = await errors(fresh, randomStream(33));
    const { errors: unusual } = await errors(strange, randomStream(34));
    const above = Array.from(unusual, (error) => usual.filter((other) => other < error).length / usual.length);
    const auc = above.reduce((sum, share) => sum + share, 0) / above.length;
    expect(auc).toBeGreaterThan(0.9);
    expect(quantile(trust(unusual), 0.5)).toBeLessThan(0.05);
    expect(quantile(excess(unusual), 0.5)).toBeGreaterThan(quantile(excess(usual), 0.5));
  });

  test('trust is uniform for designs like the data', async () => {
    const { errors, trust } = await support();
    const { errors: fresh } = await errors(drawRows(1000, randomStream(37)).designs, randomStream(38));
    const shares = trust(fresh);
    for (const level of [0.05, 0.25, 0.5, 0.75]) {
      const below = shares.filter((share) => share <= level).length / shares.length;
      // Four standard deviations of a share, of 300 reference rows and 1000 designs.
      expect(Math.abs(below - level)).toBeLessThan(4 * Math.sqrt(level * (1 - level) * (1 / 300 + 1 / 1000)));
    }
  });

  test('a design has the same error and evidence alone and among others', async () => {
    const { errors } = await support();
    const designs = drawRows(5, randomStream(35)).designs;
    const all = await errors(designs, randomStream(36));
    const first = await errors(designs.slice(0, 2), randomStream(36));
    expect(first.errors[0]).toBeCloseTo(all.errors[0]!, 5);
    expect(first.evidence[0]).toBeCloseTo(all.evidence[0]!, 5);
  });

  test('errors are the same where no evidence is asked for', async () => {
    const { errors } = await support();
    const designs = drawRows(5, randomStream(35)).designs;
    const [asked, unasked] = [
      await errors(designs, randomStream(36)),
      await errors(designs, randomStream(36), { evidence: false }),
    ];
    expect(asked.evidence).toHaveLength(5);
    expect(unasked.evidence).toHaveLength(0);
    unasked.errors.forEach((error, i) => expect(error).toBeCloseTo(asked.errors[i]!, 6));
  });

  test('evidence orders designs by their reward, and is standard over the reference', async () => {
    const { errors, standardEvidence } = await support();
    const { designs } = drawRows(400, randomStream(39));
    const { evidence } = await errors(designs, randomStream(40));
    const truth = Array.from(
      { length: 400 },
      (_, i) => joint.slope[0] * designs[2 * i]! + joint.slope[1] * designs[2 * i + 1]!,
    );
    expect(rankCorrelation(evidence, truth)).toBeGreaterThan(0.6);
    const standard = standardEvidence((await errors(reference, randomStream(29))).evidence);
    expect(mean(standard)).toBeCloseTo(0, 5);
    expect(standardDeviation(standard)).toBeCloseTo(1, 5);
  });
});
