import type { OnlineTask } from '../../benchmarks/index.ts';
import type { Design } from '../../src/index.ts';

/** How far each rule of a spring is broken, 0 where it holds (Arora 1989). */
function violations(d: number, D: number, coils: number): readonly number[] {
  return [
    1 - (D ** 3 * coils) / (71785 * d ** 4),
    (4 * D ** 2 - d * D) / (12566 * (D * d ** 3 - d ** 4)) + 1 / (5108 * d ** 2) - 1,
    1 - (140.45 * d) / (D ** 2 * coils),
    (D + d) / 1.5 - 1,
  ].map((excess) => Math.max(0, excess));
}

/** The weight of a spring, raised where it breaks rules. */
function weight(design: Design): number {
  const [d, D, coils] = ['wire', 'coil', 'coils'].map((name) => Number(design[name])) as [number, number, number];
  const broken = violations(d, D, coils).reduce((sum, excess) => sum + excess, 0);
  return (coils + 2) * D * d ** 2 * (1 + 10 * broken);
}

const space: OnlineTask['problem']['space'] = {
  parameters: {
    wire: { type: 'real', min: 0.05, max: 0.2 },
    coil: { type: 'real', min: 0.25, max: 1.3 },
    coils: { type: 'integer', min: 2, max: 15 },
  },
};

export const onlineTasks: readonly OnlineTask[] = [
  {
    name: 'spring',
    problem: { name: 'spring', space, measure: weight, truth: weight },
    // The best weight known where coils need not be whole.
    least: 0.012665,
    ...{ evaluations: 120, batch: 10, initial: 20 },
  },
];
