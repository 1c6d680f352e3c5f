import type { RunRequest, RunSettings } from '../../src/run/index.ts';
import type { Design } from '../../src/space/index.ts';

export const settings: RunSettings = {
  space: {
    parameters: {
      x: { type: 'real', min: -10, max: 10 },
      layers: { type: 'integer', min: 1, max: 8 },
      catalyst: { type: 'categorical', values: ['A', 'B'] },
    },
  },
  direction: 'maximize',
  reward: 'yield',
  seed: 1,
  batch: 8,
  threads: 2,
  evaluations: 100,
  package: '0.1.0',
  options: { surrogate: 'ensemble', guidance: 1.5 },
};

export function designAt(i: number): Design {
  return { x: 10 / (i + 3), layers: 1 + (i % 8), catalyst: i % 2 === 0 ? 'A' : 'B' };
}

export function requests(round: number, count: number): readonly RunRequest[] {
  return Array.from({ length: count }, (_, i) => ({ id: `r${round}-${i}`, design: designAt(100 * round + i) }));
}
