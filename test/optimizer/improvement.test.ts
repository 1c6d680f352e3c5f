import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseByImprovement, expectedImprovement } from '../../src/optimizer/improvement.ts';

/** By the trapezoidal rule. */
function integrated(mean: number, std: number, best: number): number {
  const steps = 40_000;
  const [from, to] = [Math.max(best, mean - 12 * std), mean + 12 * std];
  const width = (to - from) / steps;
  let total = 0;
  for (let i = 0; i <= steps; i++) {
    const y = from + i * width;
    const density = Math.exp(-0.5 * ((y - mean) / std) ** 2) / (std * Math.sqrt(2 * Math.PI));
    total += (i === 0 || i === steps ? 0.5 : 1) * (y - best) * density * width;
  }
  return total;
}

describe('expected improvement', () => {
  test.each([
    [0, 1, 0],
    [1, 0.5, 0],
    [-1, 2, 0.3],
    [-0.74, 0.5, 0],
    [-0.76, 0.5, 0],
    [0, 1, 4],
    [0, 1, 9],
    [3, 0.1, 0],
  ])('of a normal reward of mean %d and deviation %d beyond %d is the integral', (mean, std, best) => {
    const expected = integrated(mean, std, best);
    expect(Math.abs(expectedImprovement(mean, std, best) / expected - 1)).toBeLessThan(1e-5);
  });

  test('of what is certain is what it is better by', () => {
    expect(expectedImprovement(2, 0, 1.5)).toBe(0.5);
    expect(expectedImprovement(1, 0, 1.5)).toBe(0);
  });

  test('grows with mean and deviation, and is never less than either side of certainty', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.double({ min: 1e-3, max: 5, noNaN: true }),
        (mean, std) => {
          const own = expectedImprovement(mean, std, 0);
          // To the last bits: far above the best the improvement is the mean, by another way.
          expect(own).toBeGreaterThanOrEqual(Math.max(0, mean) * (1 - 1e-12));
          expect(expectedImprovement(mean + 0.1, std, 0)).toBeGreaterThanOrEqual(own);
          expect(expectedImprovement(mean, std * 1.1, 0)).toBeGreaterThanOrEqual(own * (1 - 1e-9));
        },
      ),
    ));
});

describe('choosing by improvement', () => {
  const sure = (size: number): Float64Array => new Float64Array(size).fill(1);

  test('takes one of two that are the same, then what is unlike it', () => {
    const covariance = Float64Array.of(1, 0.999, 0, 0.999, 1, 0, 0, 0, 1);
    const mean = Float64Array.of(0, -0.01, -0.3);
    expect(chooseByImprovement({ mean, covariance }, sure(3), 0, 2)).toEqual([0, 2]);
    // On their own merits the twin is second.
    const apart = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    expect(chooseByImprovement({ mean, covariance: apart }, sure(3), 0, 2)).toEqual([0, 1]);
  });

  test('prefers what is doubtful to what is known to be a little worse than the best', () => {
    const joint = { mean: Float64Array.of(-0.1, -1), covariance: Float64Array.of(1e-6, 0, 0, 4) };
    expect(chooseByImprovement(joint, sure(2), 0, 1)).toEqual([1]);
    expect(chooseByImprovement(joint, Float64Array.of(1, 0), 0, 1)).toEqual([0]);
  });

  test('without doubt goes by the mean, and gives all there are in the end', () => {
    const joint = { mean: Float64Array.of(-3, -1, -2), covariance: new Float64Array(9) };
    expect(chooseByImprovement(joint, sure(3), 0, 5)).toEqual([1, 2, 0]);
  });

  test('leaves the covariances it was given', () => {
    const covariance = Float64Array.of(1, 0.5, 0.5, 1);
    chooseByImprovement({ mean: Float64Array.of(0, 0), covariance }, sure(2), 0, 2);
    expect(covariance).toEqual(Float64Array.of(1, 0.5, 0.5, 1));
  });
});
