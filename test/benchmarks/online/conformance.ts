import { expect, it } from 'vitest';
import { problemOf, uniformDesign, classic } from '../../../benchmarks/index.ts';
import type { Evaluation, OnlineMethod } from '../../../benchmarks/methods/online/method.ts';
import { randomStream } from '../../../src/base/index.ts';
import { createSpace, type Design, type SpaceDefinition } from '../../../src/space/index.ts';

export const spaceNames = ['real', 'mixed', 'numbers', 'tiny', 'single'] as const;
export type SpaceName = (typeof spaceNames)[number];

export const spaces: { readonly [Name in SpaceName]: SpaceDefinition } = {
  real: problemOf(classic('ackley', 6)).space,
  mixed: {
    parameters: {
      rate: { type: 'real', min: 1e-4, max: 1, scale: 'log' },
      share: { type: 'real', min: 0, max: 1, step: 0.25 },
      layers: { type: 'integer', min: 1, max: 9 },
      size: { type: 'ordinal', values: [8, 16, 32] },
      kind: { type: 'categorical', values: ['p', 'q', 'r', 's'] },
      code: { type: 'sequence', alphabet: 'ACGT', length: 4 },
    },
  },
  numbers: {
    parameters: {
      rate: { type: 'real', min: 1e-4, max: 1, scale: 'log' },
      share: { type: 'real', min: 0, max: 1, step: 0.1 },
      layers: { type: 'integer', min: 1, max: 9 },
      units: { type: 'integer', min: 8, max: 512, scale: 'log' },
      size: { type: 'ordinal', values: [8, 16, 32] },
      held: { type: 'real', min: 3, max: 3 },
    },
  },
  tiny: { parameters: { a: { type: 'categorical', values: ['x', 'y'] }, b: { type: 'integer', min: 0, max: 2 } } },
  single: { parameters: { a: { type: 'real', min: 0, max: 1 } } },
};

/** A cost of the encoded design, least at a corner of it. */
function costIn(definition: SpaceDefinition): (design: Design) => number {
  const space = createSpace(definition);
  return (design) => space.encode(design).reduce((sum, value, j) => sum + (value - 0.5) ** 2 / (1 + (j % 3)), 0);
}

export interface Rounds {
  readonly seed?: number;
  readonly batch?: number;
  readonly count?: number;
  readonly cost?: (design: Design) => number | undefined;
  /** Chooses what is told of what was asked so far and not told yet, and removes it. */
  readonly tell?: (open: Evaluation[]) => Evaluation[];
}

/** All that is asked for in rounds of asking and telling. */
export async function rounds(
  method: OnlineMethod,
  definition: SpaceDefinition,
  { seed = 1, batch = 8, count = 12, cost = costIn(definition), tell = (open) => open.splice(0) }: Rounds = {},
): Promise<readonly Design[]> {
  const optimizer = method(createSpace(definition), { seed, batch });
  const asked: Design[] = [];
  const open: Evaluation[] = [];
  try {
    for (let round = 0; round < count; round++) {
      const designs = await optimizer.ask(batch);
      expect(designs).toHaveLength(batch);
      asked.push(...designs);
      open.push(...designs.map((design) => ({ design, cost: cost(design) })));
      await optimizer.tell(tell(open));
    }
  } finally {
    await optimizer.close?.();
  }
  return asked;
}

export function expectInside(definition: SpaceDefinition, designs: readonly Design[]): void {
  const space = createSpace(definition);
  for (const design of designs) expect(space.problemWith(design)).toBeUndefined();
}

/** How much a method is asked for: those that think long are asked for less. */
export interface Effort {
  /** The space with the most kinds of parameters that the method takes. */
  readonly richest: SpaceName;
  readonly spaces: readonly SpaceName[];
  readonly batch: number;
  /** Rounds of the shorter tests; the longer ones take two or three times as many. */
  readonly rounds: number;
  /** Evaluations that are asked for one by one. */
  readonly singles: number;
}

export const quick: Effort = { richest: 'mixed', spaces: spaceNames, batch: 8, rounds: 12, singles: 60 };

/** What is true of every method of online optimization. */
export function itConforms(
  method: OnlineMethod,
  { richest, spaces: taken, batch, rounds: count, singles }: Effort,
): void {
  const rich: SpaceDefinition = spaces[richest];

  it.each(taken)('asks for designs of the %s space', async (space) => {
    expectInside(spaces[space], await rounds(method, spaces[space], { batch, count }));
  });

  it('asks for the same designs with the same seed, for others with another', async () => {
    const first = await rounds(method, rich, { batch, count });
    expect(await rounds(method, rich, { batch, count })).toEqual(first);
    expect(await rounds(method, rich, { batch, count, seed: 2 })).not.toEqual(first);
  });

  it('goes on when evaluations come late, out of order, in part or never', async () => {
    const stream = randomStream(3);
    const share = Math.ceil(batch * 0.6);
    const tell = (open: Evaluation[]): Evaluation[] => {
      const told = Array.from(stream.permutation(open.length).subarray(0, share), (at) => open[at]!);
      for (const evaluation of told) open.splice(open.indexOf(evaluation), 1);
      return told;
    };
    expectInside(rich, await rounds(method, rich, { batch, count: 2 * count, tell }));
    expectInside(spaces.real, await rounds(method, spaces.real, { batch, count: 2 * count, tell: () => [] }));
  });

  it('goes on when costs are all the same, or all failures, or some infinite', async () => {
    const costs = [
      () => 1,
      () => undefined,
      (design: Design) => (Number(design['x1']) > 0 ? Infinity : Number(design['x2'])),
    ];
    for (const cost of costs) {
      expectInside(spaces.real, await rounds(method, spaces.real, { batch, count: 3 * count, cost }));
    }
  });

  it('takes batches of one, and evaluations of designs that nobody asked for, told twice', async () => {
    expectInside(rich, await rounds(method, rich, { batch: 1, count: singles }));
    const space = createSpace(rich);
    const stream = randomStream(4);
    const optimizer = method(space, { seed: 1, batch: 10 });
    const told = Array.from({ length: 30 }, () => uniformDesign(space, stream)).map((design, i) => ({
      design,
      cost: i,
    }));
    await optimizer.tell(told);
    await optimizer.ask(10);
    await optimizer.tell(told);
    expectInside(rich, await optimizer.ask(10));
    await optimizer.close?.();
  });
}
