import { describe, expect, test } from 'vitest';
import { mean, quantile, randomStream, standardDeviation } from '../../src/base/index.ts';
import {
  karrasSchedule,
  noiseSchedules,
  vpCosineSchedule,
  vpLinearSchedule,
  type NoiseScheduleName,
} from '../../src/diffusion/index.ts';
import { defaultRange, defaultTrainingNoise, normalCdf } from '../../src/diffusion/schedule.ts';

const names = Object.keys(noiseSchedules) as NoiseScheduleName[];

/** The share of the signal's variance that is left: alpha-bar of a variance-preserving process. */
const alphaBar = (sigma: number): number => 1 / (1 + sigma ** 2);

const normals = (count: number): Float64Array => randomStream(3).fillNormal(new Float64Array(count));

describe.each(names)('%s', (name) => {
  const schedule = noiseSchedules[name]();

  test('is named, falls, and keeps its ends whatever the number of steps', () => {
    expect(schedule.name).toBe(name);
    const [long, short] = [schedule.sigmas(50), schedule.sigmas(7)];
    expect(short[0]).toBe(long[0]);
    expect(short.at(-1)).toBeCloseTo(long.at(-1)!, 12);
    for (const sigmas of [long, short]) {
      for (let i = 1; i < sigmas.length; i++) expect(sigmas[i]).toBeLessThan(sigmas[i - 1]!);
    }
    expect(long.at(-1)).toBeGreaterThan(0);
  });

  test('one step is the largest sigma', () => {
    expect(Array.from(schedule.sigmas(1))).toEqual([schedule.sigmas(2)[0]]);
  });

  test('starts from a given sigma, with the same last one', () => {
    const whole = schedule.sigmas(40);
    for (const from of [whole[1]!, 1.7, 0.5, whole[38]!]) {
      const part = schedule.sigmas(9, from);
      expect(part[0]).toBeCloseTo(from, 9);
      expect(part[8]).toBeCloseTo(whole[39]!, 12);
      for (let i = 1; i < 9; i++) expect(part[i]).toBeLessThan(part[i - 1]!);
      expect(schedule.sigmas(1, from)[0]).toBeCloseTo(from, 9);
    }
    // The levels after the one that it starts from are those of the whole schedule.
    schedule.sigmas(30, whole[10]).forEach((sigma, i) => expect(sigma / whole[10 + i]!).toBeCloseTo(1, 9));
    expect(schedule.sigmas(40, 1e6)).toEqual(whole);
    expect(() => schedule.sigmas(5, 0.99 * whole[39]!)).toThrow(RangeError);
    expect(() => schedule.sigmas(5, NaN)).toThrow(RangeError);
  });

  test('training noise rises with the draw and stays where sampling happens', () => {
    const [largest, smallest] = schedule.sigmas(2);
    let previous = 0;
    for (let draw = -8; draw <= 8; draw += 0.25) {
      const sigma = schedule.trainingSigma(draw);
      expect(sigma).toBeGreaterThanOrEqual(previous);
      expect(sigma).toBeGreaterThanOrEqual(smallest! * (1 - 1e-9));
      expect(sigma).toBeLessThanOrEqual(largest! * (1 + 1e-9));
      previous = sigma;
    }
  });
});

test('Karras: ends, and even spacing of sigma^(1/7)', () => {
  const sigmas = karrasSchedule({ min: 0.002, max: 80 }).sigmas(18);
  expect(sigmas[0]).toBeCloseTo(80, 9);
  expect(sigmas[17]).toBeCloseTo(0.002, 12);
  const roots = sigmas.map((sigma) => sigma ** (1 / 7));
  for (let i = 1; i < 18; i++) expect(roots[i - 1]! - roots[i]!).toBeCloseTo((roots[0]! - roots[17]!) / 17, 12);
});

test('Karras: ln sigma in training is normal, cut at the range', () => {
  const draws = normals(40_000);
  const logs = Array.from(draws, (draw) => Math.log(karrasSchedule({ min: 1e-9, max: 1e9 }).trainingSigma(draw)));
  expect(mean(logs)).toBeCloseTo(defaultTrainingNoise.mean, 1);
  expect(standardDeviation(logs)).toBeCloseTo(defaultTrainingNoise.std, 1);
  expect(karrasSchedule().trainingSigma(-100)).toBe(defaultRange.min);
  expect(karrasSchedule().trainingSigma(100)).toBe(defaultRange.max);
});

test('VP-linear: alpha-bar is exp(-integral of beta) at even times', () => {
  const sigmas = vpLinearSchedule(0.1, 20).sigmas(11);
  sigmas.forEach((sigma, i) => {
    const t = 1 + (i / 10) * (1e-3 - 1);
    // The integral of beta(s) = 0.1 + 19.9 s, by the trapezoidal rule, which is exact for a line.
    const integral = (t * (0.1 + (0.1 + 19.9 * t))) / 2;
    expect(Math.log(alphaBar(sigma))).toBeCloseTo(-integral, 9);
  });
});

test('VP-cosine: alpha-bar is the squared cosine of Nichol and Dhariwal, equation 17', () => {
  const f = (t: number): number => Math.cos(((t + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  const sigmas = vpCosineSchedule().sigmas(11);
  expect(sigmas[0]).toBe(100);
  Array.from(sigmas)
    .slice(1)
    .forEach((sigma, i) => {
      const t = 1 + ((i + 1) / 10) * (1e-2 - 1);
      expect(alphaBar(sigma)).toBeCloseTo(f(t) / f(0), 12);
    });
});

test.each([
  ['vp-linear', vpLinearSchedule(), (t: number) => Math.sqrt(Math.expm1(0.1 * t + 9.95 * t * t))],
  [
    'vp-cosine',
    vpCosineSchedule(),
    (t: number) => {
      const angle = (s: number): number => (((s + 0.008) / 1.008) * Math.PI) / 2;
      return Math.sqrt((Math.cos(angle(0)) / Math.cos(angle(t))) ** 2 - 1);
    },
  ],
] as const)('%s: training times are uniform', (_, schedule, sigmaAt) => {
  const sigmas = normals(40_000).map((draw) => schedule.trainingSigma(draw));
  for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
    const [below, above] = [sigmaAt(share - 0.012), sigmaAt(share + 0.012)];
    expect(quantile(sigmas, share)).toBeGreaterThan(below);
    expect(quantile(sigmas, share)).toBeLessThan(above);
  }
});

test('the normal distribution function, against tabulated values', () => {
  const known: readonly (readonly [number, number])[] = [
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [1.959963984540054, 0.975],
    [2.575829303548901, 0.995],
    [3, 0.99865010196837],
    [4, 0.999968328758167],
    [6, 0.999999999013412],
  ];
  for (const [x, p] of known) {
    expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1.5e-7);
    expect(Math.abs(normalCdf(-x) - (1 - p))).toBeLessThan(1.5e-7);
  }
});
