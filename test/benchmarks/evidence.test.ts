import fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { braninFunction } from '../../benchmarks/index.ts';
import { failingText } from '../../benchmarks/evidence/failing.ts';
import { tableOfExperiments, worthOf, type FailingCell } from '../../benchmarks/evidence/measure/failing.ts';
import {
  distanceToSegment,
  drawnDesigns,
  failingSpaceNames,
  failingSpaces,
} from '../../benchmarks/evidence/measure/failing-spaces.ts';
import { leadingComponent, splitNames, splitRows, type SplitRows } from '../../benchmarks/evidence/measure/split.ts';
import { distinctRows } from '../../benchmarks/evidence/measure/trust-tables.ts';
import { toldOf, type Told, type TrustCell } from '../../benchmarks/evidence/measure/trust.ts';
import { partlyLabelled, type UnlabelledCell } from '../../benchmarks/evidence/measure/unlabelled.ts';
import { correlationText, covered, rootMeanSquare, trust, trustText } from '../../benchmarks/evidence/trust.ts';
import { unlabelledText } from '../../benchmarks/evidence/unlabelled.ts';
import { correlation, randomStream } from '../../src/base/index.ts';
import { tableFromRows } from '../../src/table/index.ts';

const real = { type: 'real', min: 0, max: 1 } as const;
const square = { parameters: { x: real, y: real } };

/** A slope over uniform points of the unit square. */
function slope(count: number, direction: SplitRows['direction']): SplitRows {
  const stream = randomStream(7);
  const designs = Array.from({ length: count }, () => ({ x: stream.uniform(), y: stream.uniform() }));
  return { space: square, direction, designs, rewards: Float64Array.from(designs, ({ x, y }) => 3 * x + y) };
}

const cellsOf = (line: string): string[] => line.split('|').map((part) => part.trim());
const rowsNamed = (text: string, name: string): string[][] =>
  text
    .split('\n')
    .map(cellsOf)
    .filter(([, first]) => first === name)
    .map((cells) => cells.slice(2, -1));

describe('rows that are held out', () => {
  it('are a fifth, the others are shown, and none is both', () => {
    for (const name of splitNames) {
      const rows = slope(53, 'maximize');
      const { shown, heldOut } = splitRows(name, rows, randomStream(1));
      expect([shown.designs.length, heldOut.designs.length]).toEqual([42, 11]);
      const text = [...shown.designs, ...heldOut.designs].map((design) => JSON.stringify(design));
      expect(new Set(text)).toEqual(new Set(rows.designs.map((design) => JSON.stringify(design))));
      for (const { designs, rewards } of [shown, heldOut]) {
        expect([...rewards]).toEqual(designs.map((design) => 3 * Number(design['x']) + Number(design['y'])));
      }
    }
  });

  it('are the best where those are asked for, by either direction', () => {
    for (const [direction, sign] of [
      ['maximize', 1],
      ['minimize', -1],
    ] as const) {
      const { shown, heldOut } = splitRows('best', slope(50, direction), randomStream(1));
      const worst = Math.min(...heldOut.rewards.map((reward) => sign * reward));
      expect(worst).toBeGreaterThan(Math.max(...shown.rewards.map((reward) => sign * reward)));
    }
  });

  it('lie at one end of the leading component, which end the seed says', () => {
    // Three columns that say the same up to a little noise, and one of their own that says nothing.
    const stream = randomStream(2);
    const along = Float64Array.from({ length: 200 }, () => stream.normal());
    const rows = Float32Array.from({ length: 800 }, (_, i) =>
      i % 4 === 3 ? stream.normal() : along[Math.floor(i / 4)]! * [1, -1, 2][i % 4]! + 0.1 * stream.normal(),
    );
    const signs = [0, 1, 2, 3, 4, 5].map((seed) => correlation(leadingComponent(rows, 4, randomStream(seed)), along));
    for (const sign of signs) expect(Math.abs(sign)).toBeGreaterThan(0.99);
    expect(new Set(signs.map(Math.sign)).size).toBe(2);
  });

  it('come from distinct designs with the mean of their rewards', () => {
    const rows = [
      ...[1, 2, 6].map((r) => ({ x: 0.5, y: 0.25, r })),
      { x: 0.1, y: 0.9, r: 4 },
      { x: 0.1005, y: 0.9, r: 8 },
      { x: 0.7, y: 0.7, r: '' },
      ...Array.from({ length: 10 }, (_, i) => ({ x: i / 10, y: 0, r: i })),
    ];
    const table = tableFromRows(rows, { reward: 'r', direction: 'maximize', space: square });
    const { designs, rewards } = distinctRows(table, Infinity, 0);
    expect(designs).toHaveLength(12);
    const rewardOf = (x: number, y: number): number | undefined =>
      rewards[designs.findIndex((design) => design['x'] === x && design['y'] === y)];
    expect(rewardOf(0.5, 0.25)).toBe(3);
    expect(rewardOf(0.7, 0.7)).toBeUndefined();
    // Nearer than a thousandth of the range: one of the two.
    expect([rewardOf(0.1, 0.9), rewardOf(0.1005, 0.9)].filter((reward) => reward !== undefined)).toHaveLength(1);
    expect(distinctRows(table, 5, 0).designs).toEqual(designs.slice(0, 5));
    expect(distinctRows(table, 5, 1).designs).not.toEqual(designs.slice(0, 5));
  });

  it('are all judged, each beside its own reward, in standard deviations of all rewards', async () => {
    const rows = slope(60, 'maximize');
    const large = { ...rows, rewards: rows.rewards.map((reward) => 1000 * reward) };
    const told = await toldOf(large, 'random', 0);
    expect(told).toHaveLength(12);
    for (const { trust: one, std } of told) expect(one > 0 && one <= 1 && std > 0).toBe(true);
    expect(rootMeanSquare(told)).toBeLessThan(0.2);
  }, 60_000);
});

describe('a table with hidden rewards', () => {
  const { designs, rewards } = slope(30, 'maximize');
  const source = { name: 'slope', space: square, reward: 'r', direction: 'maximize' } as const;

  it('keeps its first rewards, and the other rows only where they are to be learnt from', () => {
    const all = partlyLabelled(source, { designs, rewards }, 12, 'all rows');
    const few = partlyLabelled(source, { designs, rewards }, 12, 'labelled rows');
    expect(all.designs).toEqual(designs);
    expect([...all.rewards]).toEqual([...rewards].map((reward, row) => (row < 12 ? reward : NaN)));
    expect(few.designs).toEqual(designs.slice(0, 12));
    expect([...few.rewards]).toEqual([...rewards.subarray(0, 12)]);
  });
});

describe('spaces with failures', () => {
  it('measure the distance to a segment as the least over its points', () => {
    const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
    const point = fc.tuple(coordinate, coordinate);
    fc.assert(
      fc.property(point, point, point, (at, from, to) => {
        fc.pre(Math.hypot(to[0] - from[0], to[1] - from[1]) > 0.1);
        const places = Array.from({ length: 2001 }, (_, i) => i / 2000);
        const least = Math.min(
          ...places.map((t) =>
            Math.hypot(at[0] - from[0] - t * (to[0] - from[0]), at[1] - from[1] - t * (to[1] - from[1])),
          ),
        );
        const distance = distanceToSegment(at, from, to);
        expect(distance).toBeLessThanOrEqual(least + 1e-9);
        expect(distance).toBeGreaterThan(least - 0.01);
      }),
      { seed: 3 },
    );
  });

  it('take one optimum of Branin, and leave two', () => {
    const { fails, truth } = failingSpaces.branin;
    const optima = [
      { x1: Math.PI, x2: 2.275 },
      { x1: -Math.PI, x2: 12.275 },
      { x1: 3 * Math.PI, x2: 2.475 },
    ];
    for (const optimum of optima) expect(truth(optimum)).toBeCloseTo(braninFunction.optimalValue, 4);
    expect(optima.map(fails)).toEqual([true, false, false]);
  });

  it('know thick coatings and equal neighbours', () => {
    const coating = (materials: readonly string[], thickness: number) =>
      Object.fromEntries(
        materials.flatMap((material, i): [string, string | number][] => [
          [`material_${i + 1}`, material],
          [`thickness_${i + 1}`, thickness],
        ]),
      );
    const alternating = ['SiO2', 'TiO2', 'SiO2', 'TiO2', 'SiO2', 'TiO2'];
    const pair = ['SiO2', 'TiO2', 'TiO2', 'SiO2', 'MgF2', 'SiO2'];
    expect(failingSpaces['coating, thick'].fails(coating(alternating, 108))).toBe(false);
    expect(failingSpaces['coating, thick'].fails(coating(alternating, 109))).toBe(true);
    expect(failingSpaces['coating, neighbours'].fails(coating(alternating, 50))).toBe(false);
    expect(failingSpaces['coating, neighbours'].fails(coating(pair, 50))).toBe(true);
  });

  it.each(failingSpaceNames)('tell of failures in one of three ways: %s', (name) => {
    const space = failingSpaces[name];
    const designs = drawnDesigns(space, 200, randomStream(4));
    const count = designs.filter(space.fails).length;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(180);
    const [told, without, left] = (['told', 'without a reward', 'left out'] as const).map((method) =>
      tableOfExperiments(space, designs, method),
    );
    expect(told!.failed).toEqual(designs.map(space.fails));
    expect(without!.failed.includes(true)).toBe(false);
    for (const table of [told!, without!]) {
      expect([...table.rewards]).toEqual(designs.map((one) => (space.fails(one) ? NaN : space.truth(one))));
    }
    expect(left!.designs).toEqual(designs.filter((design) => !space.fails(design)));
    expect(left!.rewards.includes(NaN)).toBe(false);
    const { failing, scores } = worthOf(space, designs);
    expect(failing).toBe(count / 200);
    expect(scores.scored).toBe(200 - count);
    expect(scores.best).toBe(Math.min(...left!.rewards));
  });
});

describe('the tables of the evidence', () => {
  const key = { code: 'c', seed: 0, count: 96, seconds: 4 };

  it('compare rows without a reward with none', async () => {
    const cell = (method: UnlabelledCell['method'], seed: number, best: number): UnlabelledCell => ({
      ...{ ...key, part: 'evidence-unlabelled', task: '95 % hidden', method, seed },
      ...{
        scores: { best, median: best / 2, scored: 96 },
        samples: { best: 0.3, median: 0.2, scored: 96 },
        bestShown: 0.4,
        distances: { samples: 0.75, proposals: 1.25 },
        rankCorrelation: 0.5,
      },
    });
    const text = unlabelledText([cell('all rows', 0, 0.6), cell('all rows', 1, 0.8), cell('labelled rows', 0, 0.5)]);
    expect(rowsNamed(text, '95 % hidden')).toEqual([
      ['the labelled rows alone', '1', '0.400', '0.300', '0.200', '0.75', '0.500', '0.250', '1.25', '0.50', '4'],
      [
        ...['all rows, pseudo-labels where hidden', '2', '0.400 ± 0.000', '0.300 ± 0.000', '0.200 ± 0.000'],
        ...['0.75 ± 0.00', '0.700 ± 0.141', '0.350 ± 0.071'],
        ...['1.25 ± 0.00', '0.50 ± 0.00', '4'],
      ],
    ]);
    expect(await format(text, { parser: 'markdown' })).toBe(`${text}\n`);
  });

  it('count proposals that fail, and say where none works', async () => {
    const cell = (method: FailingCell['method'], failing: number, best: number): FailingCell => ({
      ...{ ...key, part: 'evidence-failed', task: 'branin', method, failedRows: 0.15, failing, bestRow: 0.7 },
      scores: { best, median: best, scored: Math.round(96 * (1 - failing)) },
    });
    const text = failingText([cell('left out', 1, NaN), cell('told', 0.25, 0.5)]);
    expect(rowsNamed(text, 'branin')).toEqual([
      ['left out', '1', '15', '100', '0.700', 'none works', 'none works', '4'],
      ['told', '1', '15', '25', '0.700', '0.500', '0.500', '4'],
    ]);
    expect(await format(text, { parser: 'markdown' })).toBe(`${text}\n`);
  });

  const told = (count: number, of: (i: number) => Told): readonly Told[] =>
    Array.from({ length: count }, (_, i) => of(i));

  it('have errors, coverage and correlations of held-out rows', () => {
    const rows = told(4, (i) => ({ trust: 1 - i / 4, error: i - 1, std: 1 }));
    expect(rootMeanSquare(rows)).toBeCloseTo(Math.sqrt(6 / 4), 12);
    expect(covered(rows)).toBe(0.75);
    const falling = told(30, (i) => ({ trust: 1 - i / 30, error: (-1) ** i * i, std: 1 }));
    expect(correlationText([falling, falling], ({ trust: one }) => one)).toBe('-1.00 (-1.00 to -1.00)');
    // tanh(0 -+ 1.96 / sqrt(97))
    expect(correlationText([told(100, (i) => ({ trust: 0.5, error: i, std: 1 }))], (one) => one.trust)).toBe(
      '0.00 (-0.20 to 0.20)',
    );
  });

  it('part rows by trust, alone and together over the ways to hold out, for seeds that have all of them', async () => {
    const cell = (method: TrustCell['method'], seed: number, told: readonly Told[]): TrustCell => ({
      ...{ ...key, part: 'evidence-trust', task: 'concrete', method, seed, told },
    });
    const near = told(20, (i) => ({ trust: 0.5, error: i % 2 === 0 ? 1 : -1, std: 1 }));
    const far = told(10, () => ({ trust: 0.01, error: 3, std: 1 }));
    const text = trustText([
      ...(['random', 'edge', 'best'] as const).map((split) => cell(split, 0, split === 'edge' ? far : near)),
      cell('random', 1, near),
    ]);
    const rows = rowsNamed(text, 'concrete');
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['1', '10 / 0 / 40', '3.00 / - / 1.00', '0 / - / 100'],
      ['2', '0 / 0 / 40', '- / - / 1.00', '- / - / 100'],
      ['1', '10 / 0 / 0', '3.00 / - / -', '0 / - / -'],
      ['1', '0 / 0 / 20', '- / - / 1.00', '- / - / 100'],
    ]);
    expect(rows[0]![4]).toMatch(/^-1\.00/);
    expect(await format(text, { parser: 'markdown' })).toBe(`${text}\n`);
    expect(trust.settings).toHaveLength(18);
  });
});
