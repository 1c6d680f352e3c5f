import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mean, randomStream, standardDeviation } from '../../src/base/index.ts';
import { input, referenceRuntime } from '../../src/graph/index.ts';
import { bentTargets, unwarped, warpFor } from '../../src/optimizer/warp.ts';
import { evaluate } from '../graph/helpers.ts';

const directions = ['maximize', 'minimize'] as const;

/** How lopsided rewards are: 0 for a symmetric distribution. */
function skewness(values: Float64Array): number {
  const [center, scale] = [mean(values), standardDeviation(values)];
  return mean(values.map((value) => ((value - center) / scale) ** 3));
}

function drawn(count: number, value: (normal: number) => number): Float64Array {
  const stream = randomStream(4).split('rewards');
  return Float64Array.from({ length: count }, () => value(stream.normal()));
}

describe('rewards on another scale', () => {
  test('keep their order, leave the best where it is, and come back', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 10, maxLength: 40 }),
        fc.constantFrom(...directions),
        (values, direction) => {
          const rewards = Float64Array.from([...values, NaN]);
          const { forward, inverse } = warpFor(rewards, direction);
          const sorted = Float64Array.from(values).sort();
          const best = direction === 'maximize' ? sorted.at(-1)! : sorted[0]!;
          expect(forward(best)).toBe(best);
          const there = sorted.map(forward);
          for (let i = 1; i < there.length; i++) expect(there[i]!).toBeGreaterThanOrEqual(there[i - 1]!);
          const range = sorted.at(-1)! - sorted[0]!;
          sorted.forEach((value) =>
            expect(Math.abs(inverse(forward(value)) - value)).toBeLessThanOrEqual(1e-9 * (range + 1)),
          );
        },
      ),
      {
        examples: [
          // Most are the best but for what a number can just tell.
          [[0, 0, 0, 0, 0, -1.6e-14, 0, 0, 0, 5e-324], 'maximize'],
          [[1e6, ...new Array<number>(8).fill(1e6 - 2 ** -32), -1e6], 'maximize'],
        ],
      },
    ));

  test.each(directions)(
    'bend in a graph as they do outside, and those beyond the best keep their distance (%s)',
    async (direction) => {
      const sign = direction === 'maximize' ? -1 : 1;
      const rewards = drawn(200, (normal) => sign * Math.exp(2 * normal));
      const { bend, forward } = warpFor(rewards, direction);
      const beyond = [0.1, 3, 1e4].map((distance) => bend!.best - sign * distance);
      const data = Float64Array.from([...rewards, ...beyond]);
      const target = input('target', ['n', 1]);
      const { bent } = await evaluate(
        referenceRuntime,
        { bent: bentTargets(bend!)(target) },
        { target: { shape: [203, 1], data } },
      );
      rewards.forEach((reward, i) => expect(bent!.data[i]).toBeCloseTo(forward(reward), 9));
      expect(Array.from(bent!.data.slice(200))).toEqual(beyond.map((reward) => expect.closeTo(reward, 9) as number));
    },
  );

  test.each(directions)('over powers of ten become a distribution without a long tail (%s)', (direction) => {
    const sign = direction === 'maximize' ? -1 : 1;
    const rewards = drawn(500, (normal) => sign * Math.exp(2 * normal));
    const there = rewards.map(warpFor(rewards, direction).forward);
    expect(sign * skewness(rewards)).toBeGreaterThan(5);
    expect(Math.abs(skewness(there))).toBeLessThan(1.5);
  });

  test('that are normal stay nearly as they are', () => {
    const rewards = drawn(500, (normal) => 10 + 3 * normal);
    const there = rewards.map(warpFor(rewards, 'maximize').forward);
    expect(Math.abs(skewness(there))).toBeLessThan(0.7);
  });

  test('are left alone where nothing can be learnt about their scale', () => {
    for (const rewards of [[], [NaN], [1, 2, 1000], new Array<number>(20).fill(3)]) {
      expect(warpFor(Float64Array.from(rewards), 'minimize').forward(17)).toBe(17);
    }
  });

  test('give finite predictions, however far a penalty is from the rest', () => {
    const rewards = Float64Array.from([...drawn(50, (normal) => 5 + normal), 1e300]);
    const warp = warpFor(rewards, 'minimize');
    const { mean: median, std } = unwarped({ mean: warp.forward(1e300), std: 1e3 }, warp);
    expect([median, std].every(Number.isFinite)).toBe(true);
  });

  test('give predictions in their own units: the median, and a width', () => {
    const rewards = drawn(200, (normal) => Math.exp(2 * normal));
    const warp = warpFor(rewards, 'minimize');
    const predicted = unwarped({ mean: warp.forward(20), std: 0.1 }, warp);
    expect(predicted.mean).toBeCloseTo(20, 9);
    const slope = (warp.inverse(warp.forward(20) + 1e-6) - 20) / 1e-6;
    expect(slope).toBeGreaterThan(2);
    expect(predicted.std / (0.1 * slope)).toBeCloseTo(1, 1);
  });
});
