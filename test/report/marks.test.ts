import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binEdges, shareBars } from '../../src/report/binning.ts';
import { extent, fittingTicks, padded, scale, textWidth, type Scales } from '../../src/report/frame.ts';
import { band, bars, dots, lines, skyline, symbols, whiskers } from '../../src/report/marks.ts';
import { renderProposalReport } from '../../src/report/index.ts';
import { rampClasses } from '../../src/report/projectionChart.ts';
import { find, parse, type Node } from './markup.ts';
import { coating, resultOf } from './results.ts';

const scales: Scales = { x: scale('linear', [0, 10], [40, 540]), y: scale('linear', [0, 1], [300, 20]) };

function pathOf(markup: string): string {
  return find(parse(markup), 'path')[0]?.attributes.get('d') ?? '';
}

/** Width and height of each closed rectangle `MxyVyHxVyz`. */
function rectangles(path: string): readonly (readonly [number, number])[] {
  return [...path.matchAll(/M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)V[\d.]+z/g)].map(([, x0, y0, y1, x1]) => [
    Number(x1) - Number(x0),
    Number(y0) - Number(y1),
  ]);
}

function placesOf(path: string): readonly (readonly [number, number])[] {
  return [...path.matchAll(/M(-?[\d.]+) (-?[\d.]+)h0/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

describe('bars', () => {
  it('have heights that add up to all values', () => {
    const values = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(values, (data) => {
        const edges = binEdges(data, { scale: 'linear' });
        const drawn = rectangles(pathOf(bars(shareBars(data, edges), scales, 'data').markup));
        const total = drawn.reduce((sum, [, height]) => sum + height, 0);
        expect(total / 280).toBeCloseTo(1, 2);
      }),
      { numRuns: 60 },
    );
  });

  it('have areas proportional to counts, whatever the gaps between them', () => {
    const drawn = rectangles(
      pathOf(
        bars(
          [
            { from: 0, to: 1, height: 0.25 },
            { from: 1, to: 2, height: 0.75 },
          ],
          scales,
          'data',
        ).markup,
      ),
    );
    expect(drawn).toEqual([
      [49, 70],
      [49, 210],
    ]);
  });

  it('have a skyline that starts and ends on the ground', () => {
    const path = pathOf(
      skyline(
        [
          { from: 0, to: 1, height: 0.5 },
          { from: 1, to: 2, height: 0.1 },
        ],
        scales,
        'proposal',
      ).markup,
    );
    expect(path).toBe('M40 300V160H90V272H140V300');
  });
});

describe('points', () => {
  it('are drawn where the scales say, unmeasured ones not at all', () => {
    const data = [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
      { x: NaN, y: 0.5 },
      { x: 5, y: Infinity },
    ];
    expect(placesOf(pathOf(dots(data, scales, 'data').markup))).toEqual([
      [40, 300],
      [540, 20],
    ]);
    expect(find(parse(symbols(data, scales, 'best', 'square', 50).markup), 'path')).toHaveLength(2);
  });

  it('break a line where a value is missing', () => {
    const data = [
      { x: 0, y: 0 },
      { x: 1, y: 0.5 },
      { x: 2, y: NaN },
      { x: 3, y: 0.5 },
      { x: 4, y: 1 },
    ];
    expect(pathOf(lines(data, scales, 'series0').markup)).toBe('M40,300L90,160M190,160L240,20');
  });

  it('have whiskers from the low to the high end', () => {
    const path = pathOf(whiskers([{ x: 5, low: 0, high: 1 }], scales, 'series0').markup);
    expect(path).toBe('M286.5 300H293.5M286.5 20H293.5M290 300V20');
  });

  it('have a band from the upper line back along the lower one', () => {
    const spans = [
      { x: 0, low: 0, high: 0.5 },
      { x: 10, low: 0.5, high: 1 },
    ];
    expect(pathOf(band(spans, scales, 'series0').markup)).toBe('M40 160L540 20L540 160L40 300z');
    expect(pathOf(band([], scales, 'series0').markup)).toBe('');
  });

  it('stay inside the plot area of the projection', () => {
    const result = resultOf(coating);
    const root = parse(renderProposalReport(result));
    const chart = find(root, 'svg').find((svg) => find(svg, 'path', 'dots').length > 0) as Node;
    const [, , width = 0, height = 0] = (chart.attributes.get('viewBox') ?? '').split(' ').map(Number);
    const drawn = find(chart, 'path', 'dots').flatMap((path) => placesOf(path.attributes.get('d') ?? ''));
    expect(drawn).toHaveLength(result.table.designs.length);
    const marks = find(chart, 'path').flatMap((path) => {
      const place = /translate\(([\d.]+) ([\d.]+)\)/.exec(path.attributes.get('transform') ?? '');
      return place === null ? [] : [[Number(place[1]), Number(place[2])] as const];
    });
    expect(marks).toHaveLength(result.proposals.length + 1);
    for (const [x, y] of [...drawn, ...marks]) {
      expect(x).toBeGreaterThan(26);
      expect(x).toBeLessThan(width - 18);
      expect(y).toBeGreaterThan(24);
      expect(y).toBeLessThan(height - 40);
    }
  });
});

describe('axes', () => {
  it('have labels that never touch', () => {
    const bound = fc.double({ min: -1e8, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 120, max: 600 }), (a, b, width) => {
        const ruler = scale('linear', extent([a, b]), [0, width]);
        const ticks = fittingTicks(ruler, 7);
        ticks.slice(1).forEach((tick, i) => {
          const before = ticks[i];
          if (before === undefined) return;
          const gap = ruler(tick.at) - ruler(before.at) - (textWidth(tick.label) + textWidth(before.label)) / 2;
          if (ticks.length > 2) expect(gap).toBeGreaterThan(0);
        });
      }),
    );
  });

  it('have room around a single value, and a domain without any', () => {
    expect(extent([0])).toEqual([-0.5, 0.5]);
    expect(extent([NaN])).toEqual([0, 1]);
    expect(extent([3, NaN, -1, Infinity])).toEqual([-1, 3]);
    expect(padded([0, 10], 0.1)).toEqual([-1, 11]);
  });
});

describe('reward colours', () => {
  it('are sevenths of the rows from worst to best in either direction', () => {
    const rewards = [7, 6, 5, 4, 3, 2, 1, NaN];
    expect(rampClasses(rewards, 1)).toEqual([6, 5, 4, 3, 2, 1, 0, undefined]);
    expect(rampClasses(rewards, -1)).toEqual([0, 1, 2, 3, 4, 5, 6, undefined]);
  });

  it('are the same for equal rewards', () => {
    expect(rampClasses([5, 5, 5, 5], 1)).toEqual([0, 0, 0, 0]);
  });
});
