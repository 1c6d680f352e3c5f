import { describe, expect, it } from 'vitest';
import { distanceToData } from '../../benchmarks/offline/distance.ts';
import type { SpaceDefinition } from '../../src/space/index.ts';

const line: SpaceDefinition = { parameters: { x: { type: 'real', min: 0, max: 10 } } };

describe('the distance of proposals to the data', () => {
  it('is counted in what the rows have among themselves', () => {
    // Rows one unit apart: every row's nearest other is 0.1 of the range away.
    const rows = Array.from({ length: 6 }, (_, x) => ({ x }));
    expect(distanceToData(line, [{ x: 1.5 }, { x: 2.5 }, { x: 3.5 }], rows)).toBeCloseTo(0.5, 12);
    expect(distanceToData(line, [{ x: 9 }, { x: 8 }, { x: 10 }], rows)).toBeCloseTo(4, 12);
  });

  it('does not take a row measured twice for close company', () => {
    expect(distanceToData(line, [{ x: 7 }], [{ x: 0 }, { x: 0 }, { x: 5 }, { x: 5 }])).toBeCloseTo(0.4, 12);
  });

  it('is 1 for another choice or letter, the part of the range elsewhere, also on a log scale', () => {
    const mixed: SpaceDefinition = {
      parameters: {
        dose: { type: 'real', min: 1, max: 100, scale: 'log' },
        layers: { type: 'integer', min: 0, max: 4 },
        grade: { type: 'ordinal', values: [8, 16, 32] },
        base: { type: 'categorical', values: ['K', 'Na', 'Li'] },
        guide: { type: 'sequence', alphabet: 'ACGT', length: 2 },
      },
    };
    const row = { dose: 1, layers: 0, grade: 8, base: 'K', guide: 'AC' };
    // The two rows lie 1 apart, which is the unit.
    const rows = [row, { ...row, base: 'Na' }];
    const from = (change: Readonly<Record<string, number | string>>): number =>
      distanceToData(mixed, [{ ...row, ...change }], rows);
    expect(from({ dose: 10 })).toBeCloseTo(0.5, 12);
    expect(from({ layers: 1 })).toBeCloseTo(0.25, 12);
    expect(from({ grade: 16 })).toBeCloseTo(0.5, 12);
    expect(from({ base: 'Li' })).toBeCloseTo(1, 12);
    expect(from({ guide: 'GC' })).toBeCloseTo(1, 12);
    expect(from({ guide: 'GT', layers: 4 })).toBeCloseTo(Math.sqrt(3), 12);
  });
});
