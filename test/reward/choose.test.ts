import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { onnxRuntime } from '../../src/graph/index.ts';
import {
  eligible,
  fitEnsemble,
  fitForest,
  fitGaussianProcess,
  fitSurrogate,
  score,
  standings,
  type Compared,
  type FitSurrogate,
  type LabelledRows,
  type SurrogateKind,
  type SurrogateUse,
} from '../../src/reward/index.ts';
import { drawRows, smooth } from './conformance.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

const quick: Readonly<Record<SurrogateKind, FitSurrogate>> = {
  ensemble: fitEnsemble({ steps: 100, width: 16 }),
  forest: fitForest({ trees: 30, parameterShare: 1 }),
  'gaussian-process': fitGaussianProcess({ iterations: 20 }),
};

/** Counts fits that were not disposed of. */
function counted() {
  const alive = new Map<SurrogateKind, number>();
  const fitter =
    (name: SurrogateKind): FitSurrogate =>
    async (rows, context) => {
      const fitted = await quick[name](rows, context);
      alive.set(name, (alive.get(name) ?? 0) + 1);
      return { ...fitted, dispose: () => fitted.dispose().then(() => void alive.set(name, alive.get(name)! - 1)) };
    };
  return { alive, fitter };
}

describe('the automatic choice', () => {
  /** Made for trees: steps up and down, which what another parameter says turns upside down. */
  const levels = [0, 9, 3, 7, 1, 8, 2, 9, 0, 5];
  const staircase = (): LabelledRows =>
    drawRows(150, ([x, y]) => levels[Math.floor(5 * x! + 5)]! * (y! > 0.1 ? 1 : -1), 1);
  test.each([
    ['gaussian-process', drawRows(60, smooth, 1)],
    ['forest', staircase()],
  ] as const)('keeps the best of all kinds and disposes of the others: %s', async (expected, rows) => {
    const { alive, fitter } = counted();
    const chosen = await fitSurrogate('auto', 'among', fitter)(rows, { runtime, stream: randomStream(1) });
    expect(chosen.name).toBe(expected);
    expect(chosen.compared.map(({ name }) => name)).toEqual(['ensemble', 'forest', 'gaussian-process', 'blend']);
    const standing = standings(chosen.compared, 'among');
    const best = chosen.compared[standing.indexOf(Math.max(...standing))];
    expect(best).toEqual({ name: chosen.name, quality: chosen.quality });
    for (const [name, count] of alive) expect(count).toBe(name === expected ? 1 : 0);
    await chosen.dispose();
    expect([...alive.values()]).toEqual([0, 0, 0]);
  });

  test('what was fitted is disposed of when a later kind fails', async () => {
    const { alive, fitter } = counted();
    const reason = new Error('no');
    const failing = (name: SurrogateKind): FitSurrogate =>
      name === 'gaussian-process' ? () => Promise.reject(reason) : fitter(name);
    const fit = fitSurrogate('auto', 'beyond', failing)(drawRows(40, smooth, 1), { runtime, stream: randomStream(1) });
    await expect(fit).rejects.toBe(reason);
    expect([...alive.values()]).toEqual([0, 0]);
  });
});

test('a kind by name is fitted alone', async () => {
  const { alive, fitter } = counted();
  const chosen = await fitSurrogate(
    'forest',
    'beyond',
    fitter,
  )(drawRows(40, smooth, 1), { runtime, stream: randomStream(1) });
  expect(chosen.name).toBe('forest');
  expect(chosen.compared).toEqual([{ name: 'forest', quality: chosen.quality }]);
  expect([...alive.keys()]).toEqual(['forest']);
});

test('large tables are left to the ensemble', () => {
  expect(eligible(10)).toEqual(['ensemble', 'forest', 'gaussian-process']);
  expect(eligible(50_000)).toEqual(['ensemble']);
});

test('the score falls with worse order, worse predictions and dishonest intervals', () => {
  const good = { rows: 10, rankCorrelation: 0.9, r2: 0.8, coverage: [], calibrationError: 0.05 };
  for (const worse of [{ rankCorrelation: 0.8 }, { r2: 0.6 }, { calibrationError: 0.2 }]) {
    expect(score({ ...good, ...worse })).toBeLessThan(score(good));
  }
  expect(score({ ...good, r2: -5 })).toBe(score({ ...good, r2: 0 }));
});

describe('standing', () => {
  const compared = (name: SurrogateKind, rankCorrelation: number, rows: number): Compared => ({
    name,
    quality: { rows, rankCorrelation, r2: 0, coverage: [], calibrationError: 0 },
  });
  /** How far the first kind stands above the second, given rank correlations. */
  const lead = (first: Compared, second: Compared, use: SurrogateUse): number => {
    const [a, b] = standings([first, second], use);
    return a! - b!;
  };

  test('of the Gaussian process has a head start that shrinks with the rows', () => {
    const over = (rows: number) =>
      lead(compared('gaussian-process', 0.9, rows), compared('forest', 0.9, rows), 'beyond');
    expect(over(25)).toBeCloseTo(0.1, 12);
    expect(over(400)).toBeCloseTo(0.025, 12);
  });

  test('of the ensemble has one beyond few rows that hardly tell', () => {
    const over = (rows: number, correlation: number, use: SurrogateUse) =>
      lead(compared('ensemble', correlation - 0.2, rows), compared('gaussian-process', correlation, rows), use);
    expect(over(500, 0.6, 'beyond')).toBeGreaterThan(0);
    expect(over(500, 0.6, 'among')).toBeLessThan(0);
    expect(over(1000, 0.6, 'beyond')).toBeLessThan(0);
    expect(over(500, 0.9, 'beyond')).toBeLessThan(0);
  });
});
