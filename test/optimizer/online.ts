import { DiffusionOptimizer, type Evaluation, type OptimizerOptions } from '../../src/optimizer/index.ts';
import { fitSurrogate } from '../../src/reward/index.ts';
import { createSpace, type Design, type Space } from '../../src/space/index.ts';
import { tinyTraining } from './tiny.ts';

/** A small search with small models. */
export const tinySearch: OptimizerOptions = {
  training: tinyTraining,
  surrogate: fitSurrogate('gaussian-process'),
  pool: 128,
  generations: 1,
  guidances: [1.5],
  stretches: [0, 1],
  threads: 1,
};

export const cube: Space = createSpace({
  parameters: {
    x: { type: 'real', min: 0, max: 1 },
    y: { type: 'real', min: 0, max: 1 },
    z: { type: 'real', min: 0, max: 1 },
  },
});

/** Best at (0.3, 0.7, 0.55), where it is 0. */
export function bowl({ x, y, z }: Design): number {
  return -4 * (Number(x) - 0.3) ** 2 - 2 * (Number(y) - 0.7) ** 2 - 3 * (Number(z) - 0.55) ** 2;
}

/** 24 designs. */
export const grid: Space = createSpace({
  parameters: {
    a: { type: 'integer', min: 1, max: 4 },
    b: { type: 'categorical', values: ['p', 'q', 'r'] },
    c: { type: 'ordinal', values: [1, 10] },
  },
});

export function gridReward({ a, b, c }: Design): number {
  return Number(a) + (b === 'q' ? 2 : 0) - Number(c) / 10;
}

export interface Asked {
  readonly id: string;
  readonly design: Design;
}

export function measured(asked: readonly Asked[], reward: (design: Design) => number): readonly Evaluation[] {
  return asked.map(({ id, design }) => ({ id, design, reward: reward(design) }));
}

/** An optimizer that was asked for `count` designs and told all of them. */
export async function begun(
  space: Space,
  count: number,
  reward: (design: Design) => number,
  options: OptimizerOptions = tinySearch,
): Promise<{ readonly optimizer: DiffusionOptimizer; readonly asked: readonly Asked[] }> {
  const optimizer = DiffusionOptimizer.create(space, options);
  const asked = await optimizer.ask(count);
  optimizer.tell(measured(asked, reward));
  return { optimizer, asked };
}
