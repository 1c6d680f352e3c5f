import { afterAll, describe, expect, test } from 'vitest';
import { correlation, mean, randomStream, standardDeviation } from '../../src/base/index.ts';
import { gradients, input, referenceRuntime, sum, type Runtime } from '../../src/graph/index.ts';
import { judge, type FitSurrogate, type LabelledRows, type Surrogate } from '../../src/reward/index.ts';

export const dimension = 3;
export type Reward = (x: readonly number[]) => number;

/** Own units: about 1000 +- 60. */
export const smooth: Reward = (x) => 1000 + 60 * (Math.sin(2 * x[0]!) + x[1]! * x[2]!);

/** n rows uniform on [-width, width]^3. */
export function drawRows(n: number, reward: Reward, seed: number, width = 1, noise = 0): LabelledRows {
  const stream = randomStream(seed);
  const designs = new Float32Array(n * dimension).map(() => width * (2 * stream.uniform() - 1));
  const rewards = Float64Array.from(
    { length: n },
    (_, i) => reward([...designs.subarray(i * dimension, (i + 1) * dimension)]) + noise * stream.normal(),
  );
  return { designs, dimension, rewards };
}

/** Coefficient of determination of predictions. */
export function r2(predicted: Float64Array, truth: Float64Array): number {
  return 1 - mean(truth.map((value, i) => (value - predicted[i]!) ** 2)) / standardDeviation(truth) ** 2;
}

export interface Conformance {
  readonly fit: FitSurrogate;
  /** At least, of fresh rows from 150 rows of a smooth function. */
  readonly r2: number;
  /** Whether it is less sure far from the data. */
  readonly knowsDistance: boolean;
  readonly differentiable: boolean;
  /** Whether it knows how designs vary together (not claimed). */
  readonly covariances?: boolean;
  /** How far the graph may be from the prediction, own units: a blend's leaves out members without slopes (0.05). */
  readonly graphError?: number;
}

/** What every kind of surrogate must do. Call inside a test file; the runtime is closed by the caller. */
export function surrogateConformance(title: string, runtime: Runtime, claims: Conformance): void {
  const fitOn = (rows: LabelledRows, seed = 1): Promise<Surrogate> =>
    claims.fit(rows, { runtime, stream: randomStream(seed) });

  describe(title, async () => {
    const rows = drawRows(150, smooth, 1, 1, 6);
    const fresh = drawRows(400, smooth, 2, 1, 6);
    const surrogate = await fitOn(rows);
    const predicted = await surrogate.predict(fresh.designs);
    afterAll(() => surrogate.dispose());

    test('learns a smooth function, in the reward’s own units', () => {
      expect(predicted.mean).toHaveLength(400);
      expect(predicted.std).toHaveLength(400);
      expect(r2(predicted.mean, fresh.rewards)).toBeGreaterThan(claims.r2);
      expect(Math.abs(mean(predicted.mean) - mean(fresh.rewards))).toBeLessThan(10);
    });

    test('judges itself on held-out rows, about as on fresh ones', () => {
      const { heldOut, quality } = surrogate;
      expect(heldOut.mean).toHaveLength(150);
      expect(heldOut.std).toHaveLength(150);
      expect(quality).toEqual(judge(heldOut, rows.rewards));
      expect(quality.rows).toBeGreaterThan(140);
      expect(quality.r2).toBeLessThan(r2(predicted.mean, fresh.rewards) + 0.05);
      expect(quality.r2).toBeGreaterThan(r2(predicted.mean, fresh.rewards) - 0.2);
    });

    test('intervals hold what they say, on held-out and on fresh rows', () => {
      for (const { coverage } of [surrogate.quality, judge(predicted, fresh.rewards)]) {
        for (const { level, share } of coverage) expect(Math.abs(share - level)).toBeLessThan(0.2);
      }
      expect(mean(predicted.std)).toBeGreaterThan(5);
      expect(mean(predicted.std)).toBeLessThan(40);
    });

    test.runIf(claims.knowsDistance)('is less sure far from the data', async () => {
      const far = await surrogate.predict(fresh.designs.map((value) => 4 * value));
      expect(mean(far.std)).toBeGreaterThan(1.5 * mean(predicted.std));
    });

    if (claims.covariances === true) {
      test('covariances are symmetric, with the variances of predictions', async () => {
        const covariances = await surrogate.covariance!(fresh.designs.slice(0, 6 * dimension));
        for (let i = 0; i < 6; i++) {
          expect(Math.sqrt(covariances[i * 6 + i]!) / predicted.std[i]!).toBeCloseTo(1, 2);
          for (let j = 0; j < 6; j++) expect(covariances[i * 6 + j]).toBeCloseTo(covariances[j * 6 + i]!, 9);
        }
      });
    }

    test('predicts designs one by one: alone as among thousands, and none', async () => {
      const many = new Float32Array(5000 * dimension);
      many.set(fresh.designs.subarray(0, 2 * dimension), 4500 * dimension);
      const among = await surrogate.predict(many);
      for (const i of [0, 1]) {
        expect(among.mean[4500 + i]).toBeCloseTo(predicted.mean[i]!, 1);
        expect(among.std[4500 + i]).toBeCloseTo(predicted.std[i]!, 1);
      }
      expect((await surrogate.predict(new Float32Array(0))).mean).toHaveLength(0);
    });

    test('the same stream gives the same predictions to the last bit', async () => {
      const again = await fitOn(rows);
      expect(await again.predict(fresh.designs)).toEqual(predicted);
      expect(again.heldOut).toEqual(surrogate.heldOut);
      await again.dispose();
    });

    test('predictions follow the rewards’ units', async () => {
      const other = await fitOn({ ...rows, rewards: rows.rewards.map((value) => 1e-3 * value - 7) });
      const moved = await other.predict(fresh.designs);
      const scale = 1e-3 * standardDeviation(fresh.rewards);
      const errors = moved.mean.map((value, i) => Math.abs(value - (1e-3 * predicted.mean[i]! - 7)));
      expect(mean(errors) / scale).toBeLessThan(0.1);
      expect(mean(moved.std)).toBeGreaterThan(0.8e-3 * mean(predicted.std));
      expect(mean(moved.std)).toBeLessThan(1.2e-3 * mean(predicted.std));
      await other.dispose();
    });

    test('its graph is its prediction, with the gradient of central differences', async () => {
      expect(surrogate.graph !== undefined).toBe(claims.differentiable);
      if (surrogate.graph === undefined) return;
      const x = input('x', ['n', dimension]);
      const y = surrogate.graph(x);
      expect(y.shape).toEqual(['n', 1]);
      const program = await referenceRuntime.compile({ outputs: { mean: y, slope: gradients(sum(y), [x])[0]! } });
      const at = (designs: Float32Array | Float64Array) =>
        program.run({ x: { shape: [designs.length / dimension, dimension], data: designs } });
      const few = fresh.designs.slice(0, 5 * dimension);
      const here = await at(few);
      const { graphError = 0.05 } = claims;
      here['mean']!.data.forEach((value, i) => expect(Math.abs(value - predicted.mean[i]!)).toBeLessThan(graphError));
      const step = 2 ** -8;
      for (let j = 0; j < dimension; j++) {
        const moved = (by: number): Float32Array => few.map((value, i) => (i % dimension === j ? value + by : value));
        const [above, below] = [(await at(moved(step)))['mean']!.data, (await at(moved(-step)))['mean']!.data];
        for (let i = 0; i < 5; i++) {
          const difference = (above[i]! - below[i]!) / (2 * step);
          expect(Math.abs(here['slope']!.data[i * dimension + j]! - difference)).toBeLessThan(0.5);
        }
      }
      await program.dispose();
    });

    test.each([2, 3, 10])('%d rows give finite predictions and a quality', async (n) => {
      const small = await fitOn(drawRows(n, smooth, 3));
      const { mean: center, std } = await small.predict(fresh.designs);
      expect([...center, ...std].every(Number.isFinite)).toBe(true);
      expect(std.every((value) => value >= 0)).toBe(true);
      const { rankCorrelation, r2: determination, calibrationError } = small.quality;
      expect([rankCorrelation, determination, calibrationError].every(Number.isFinite)).toBe(true);
      await small.dispose();
    });

    test('one row is too few', async () => {
      await expect(fitOn(drawRows(1, smooth, 4))).rejects.toThrow('at least 2 labelled rows');
    });

    test('one coordinate is enough', async () => {
      const designs = Float32Array.from({ length: 40 }, (_, i) => i / 20 - 1);
      const line = await fitOn({ designs, dimension: 1, rewards: Float64Array.from(designs, (x) => 3 * x) });
      const { mean: center } = await line.predict(Float32Array.of(-0.72, 0.02, 0.71));
      expect(center[0]).toBeLessThan(center[1]! - 1);
      expect(center[1]).toBeLessThan(center[2]! - 1);
      await line.dispose();
    });

    test('constant coordinates and repeated designs with different rewards: their mean', async () => {
      const designs = Float32Array.from({ length: 120 }, (_, i) => [i < 60 ? -0.5 : 0.5, 1][i % 2]!);
      const rewards = Float64Array.from({ length: 60 }, (_, i) => (i < 30 ? 10 : 20) + (i % 2 === 0 ? 1 : -1));
      const repeated = await fitOn({ designs, dimension: 2, rewards });
      const { mean: center, std } = await repeated.predict(Float32Array.of(-0.5, 1, 0.5, 1));
      expect(Math.abs(center[0]! - 10)).toBeLessThan(1.2);
      expect(Math.abs(center[1]! - 20)).toBeLessThan(1.2);
      for (const value of std) expect(value).toBeGreaterThan(0.5);
      await repeated.dispose();
    });

    test('a constant reward is predicted as it is', async () => {
      const flat = await fitOn(drawRows(30, () => 7, 5));
      const { mean: center, std } = await flat.predict(fresh.designs);
      for (const value of center) expect(value).toBeCloseTo(7, 0);
      expect(std.every(Number.isFinite)).toBe(true);
      expect(flat.quality.r2).toBe(0);
      await flat.dispose();
    });

    test('noise is not predicted, and it says so', async () => {
      const noise = drawRows(100, () => 0, 6, 1, 10);
      const lost = await fitOn(noise);
      expect(lost.quality.r2).toBeLessThan(0.15);
      expect(lost.quality.rankCorrelation).toBeLessThan(0.35);
      const { mean: center } = await lost.predict(fresh.designs);
      expect(Math.abs(correlation(center, fresh.rewards))).toBeLessThan(0.5);
      await lost.dispose();
    });

    test('an aborted signal ends it with its reason, before and during', async () => {
      const reason = new Error('enough');
      const context = { runtime, stream: randomStream(1) };
      await expect(claims.fit(rows, { ...context, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const stop = new AbortController();
      const seen: string[] = [];
      const observer = ({ stage }: { stage: string }): void => {
        seen.push(stage);
        stop.abort(reason);
      };
      await expect(claims.fit(rows, { ...context, observer, signal: stop.signal })).rejects.toBe(reason);
      expect(new Set(seen)).toEqual(new Set(['surrogate']));
    });
  });
}
