import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { mean, randomStream } from '../../src/base/index.ts';
import {
  defaultSampling,
  rewardNormalization,
  trainDenoiser,
  uniformWeights,
  exponentialWeights,
  type DenoiserTraining,
  type PseudoLabels,
} from '../../src/diffusion/index.ts';
import {
  rowWeights,
  trainingRows,
  withLabelledShare,
  withheldShares,
  type TrainingRows,
} from '../../src/diffusion/rows.ts';
import { onnxRuntime } from '../../src/graph/index.ts';
import { momentsOf } from './gaussians.ts';
import { conditionalOf, draw, drawRows, joint, reward, type Rows } from './joint.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** What a surrogate that has learnt all there is says: the reward without its noise, and that noise. */
function idealLabels({ designs, rewards }: Rows, std: number = joint.noise): PseudoLabels {
  return {
    mean: rewards.map((_, i) => joint.offset + joint.slope[0] * designs[2 * i]! + joint.slope[1] * designs[2 * i + 1]!),
    std: new Float64Array(rewards.length).fill(std),
  };
}

const isKnown = (value: number): boolean => !Number.isNaN(value);

const small: Partial<DenoiserTraining> = { width: 48, blocks: 2, batch: 128, steps: 1200 };

function train({ designs, rewards }: Rows, pseudo?: PseudoLabels, training: Partial<DenoiserTraining> = small) {
  return trainDenoiser({
    runtime,
    designs,
    dimension: 2,
    rewards,
    reward: rewardNormalization(rewards.filter(isKnown), 'maximize'),
    weighting: uniformWeights,
    training,
    stream: randomStream(22),
    ...(pseudo === undefined ? {} : { pseudo }),
  });
}

/** How far the samples' mean lies from the conditional's, in standard deviations of the coordinate, on average over targets. */
async function missOf(rows: Rows, pseudo?: PseudoLabels): Promise<number> {
  const { model } = await train(rows, pseudo);
  const misses: number[] = [];
  for (const z of [-1, 2]) {
    const target = reward.mean + z * reward.std;
    const moments = momentsOf(await draw(model, runtime, { sampling: defaultSampling, target, guidance: 1, n: 1000 }));
    for (const k of [0, 1] as const)
      misses.push(Math.abs(moments.mean[k] - conditionalOf(k, target).mean) / joint.std[k]);
  }
  return mean(misses);
}

const whole = drawRows(1000);
/** The reward of every twentieth row. */
const hidden: Rows = { ...whole, rewards: whole.rewards.map((value, row) => (row % 20 === 0 ? value : NaN)) };
const few: Rows = {
  designs: Float32Array.from({ length: 100 }, (_, i) => whole.designs[40 * (i >> 1) + (i & 1)]!),
  rewards: hidden.rewards.filter(isKnown),
};

test('of 1,000 rows with 95 % of the rewards hidden, pseudo-labels recover the conditional, by their noise', async () => {
  const labels = idealLabels(hidden);
  const misses = {
    few: await missOf(few),
    unlabelled: await missOf(hidden),
    pseudo: await missOf(hidden, labels),
    noiseless: await missOf(hidden, { ...labels, std: labels.std.map(() => 1e-3) }),
  };
  // Measured: 0.32 and 0.36, 0.09, 0.16.
  expect(misses.pseudo).toBeLessThan(0.5 * Math.min(misses.few, misses.unlabelled));
  // Told the expected reward alone, the denoiser takes a good reward for a better design than it is.
  expect(misses.pseudo).toBeLessThan(0.75 * misses.noiseless);
});

const quick: Partial<DenoiserTraining> = { width: 16, blocks: 1, batch: 16, steps: 100 };

test('the noise of a pseudo-label is drawn from the stream: the same seed, the same parameters', async () => {
  const labels = idealLabels(hidden);
  const [a, b, c] = [
    await train(hidden, labels, quick),
    await train(hidden, labels, quick),
    await train(hidden, idealLabels(hidden, 2 * joint.noise), quick),
  ];
  expect(b.model.parameters).toEqual(a.model.parameters);
  expect(b.curve).toEqual(a.curve);
  expect(c.model.parameters).not.toEqual(a.model.parameters);
});

test('pseudo-labels that are trusted for nothing, and those of rows with a reward, change nothing', async () => {
  const absent = new Float64Array(1000).fill(NaN);
  const cases = [
    [hidden, idealLabels(hidden, 10 * reward.std)],
    [hidden, { mean: absent, std: absent }],
    [whole, idealLabels(whole)],
  ] as const;
  for (const [rows, labels] of cases) {
    const [plain, labelled] = [await train(rows, undefined, quick), await train(rows, labels, quick)];
    expect(labelled.model.parameters).toEqual(plain.model.parameters);
    expect(labelled.curve).toEqual(plain.curve);
  }
});

describe('rows', () => {
  const normalization = { mean: 0, std: 2 };
  const dropout = 0.15;
  const designs = new Float32Array(4);
  const rewards = Float64Array.of(1, NaN, NaN, -1);
  const pseudo: PseudoLabels = { mean: Float64Array.of(9, 3, 4, 9), std: Float64Array.of(9, 1, 2, 9) };

  test('are trusted for the share of the variance that is not in doubt', () => {
    const rows = trainingRows(designs, rewards, normalization, pseudo);
    expect([...rows.trust]).toEqual([1, 0.75, 0, 1]);
    expect([...rows.rewards]).toEqual([1, 3, NaN, -1]);
    expect([...rows.spread]).toEqual([0, 1, 0, 0]);
    const minimized = trainingRows(designs, rewards, { mean: 0, std: -2 }, pseudo);
    expect(minimized).toEqual(rows);
  });

  test('are drawn, and told their reward, by their trust', () => {
    const rows = trainingRows(designs, rewards, normalization, pseudo);
    const weights = rowWeights(rows, normalization, uniformWeights, dropout);
    const expected = [1, 0.75 + 0.25 * dropout, dropout, 1];
    weights.forEach((weight, row) => expect(weight).toBeCloseTo(expected[row]!, 12));
    const shares = withheldShares(rows, dropout);
    [dropout, dropout / expected[1]!, 1, dropout].forEach((share, row) => expect(shares[row]).toBeCloseTo(share, 12));
    // The better a row is thought to be, the more often it is drawn.
    const better = rowWeights(rows, normalization, exponentialWeights(), dropout);
    expect(better[1]).toBeGreaterThan(better[0]!);
  });

  test('with a measured reward are the share of those told that was asked for, or more', () => {
    const kinds = fc.array(fc.constantFrom('measured', 'pseudo', 'none'), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(kinds, fc.double({ min: 0, max: 1, noNaN: true }), (all, least) => {
        const values = Float64Array.from(all, (kind, row) => (kind === 'measured' ? row / 10 : NaN));
        const labels = {
          mean: Float64Array.from(all, (_, row) => row / 20),
          std: Float64Array.from(all, (kind) => (kind === 'pseudo' ? 1.5 : 7)),
        };
        const free = trainingRows(new Float32Array(all.length), values, normalization, labels);
        const rows = withLabelledShare(free, normalization, uniformWeights, least);
        // With uniform weights a row's trust is how often it is told.
        const shareOf = ({ trust }: TrainingRows): number =>
          trust.filter((t) => t === 1).length / trust.reduce((sum, t) => sum + t, 0);
        if (all.includes('measured')) expect(shareOf(rows)).toBeCloseTo(Math.max(least, shareOf(free)), 9);
        all.forEach((kind, row) => {
          if (kind === 'pseudo') expect(rows.trust[row]).toBeLessThanOrEqual(free.trust[row]!);
          else expect(rows.trust[row]).toBe(free.trust[row]);
        });
        if (least === 0) expect(rows).toBe(free);
      }),
    );
  });
});
