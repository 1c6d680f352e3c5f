import { describe, expect, it } from 'vitest';
import {
  classic,
  diffusionOptimizer,
  onlineMethodNames,
  onlineMethods,
  problemOf,
  uniformDesign,
  type OnlineMethodName,
} from '../../../benchmarks/index.ts';
import { randomStream } from '../../../src/base/index.ts';
import { createSpace, type Design, type SpaceDefinition } from '../../../src/space/index.ts';
import type { Evaluation, OnlineMethod } from '../../../benchmarks/methods/online/method.ts';
import { tinySearch } from '../../optimizer/online.ts';

/** Methods as they are, but ours with models that are far too small to be good. */
const tested: { readonly [Name in OnlineMethodName]: OnlineMethod } = {
  ...onlineMethods,
  ours: diffusionOptimizer({ ...tinySearch, training: { steps: 20, width: 16 }, pool: 64 }),
};

/** The rounds of a test, fewer for a method that trains a model in each. */
function few(name: OnlineMethodName, rounds: number): number {
  return name === 'ours' ? Math.ceil(rounds / 20) + 2 : rounds;
}

const spaces: { readonly [name: string]: SpaceDefinition } = {
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
  tiny: { parameters: { a: { type: 'categorical', values: ['x', 'y'] }, b: { type: 'integer', min: 0, max: 2 } } },
  single: { parameters: { a: { type: 'real', min: 0, max: 1 } } },
};

/** A cost of the encoded design, least at a corner of it. */
function costIn(definition: SpaceDefinition): (design: Design) => number {
  const space = createSpace(definition);
  return (design) => space.encode(design).reduce((sum, value, j) => sum + (value - 0.5) ** 2 / (1 + (j % 3)), 0);
}

/** Rounds of asking and telling; `tell` chooses what is told of what was asked so far and not told yet. */
async function rounds(
  method: OnlineMethod,
  definition: SpaceDefinition,
  {
    seed = 1,
    batch = 8,
    count = 12,
    cost = costIn(definition),
    tell = (open: Evaluation[]) => open.splice(0),
  }: {
    seed?: number;
    batch?: number;
    count?: number;
    cost?: (design: Design) => number | undefined;
    tell?: (open: Evaluation[]) => Evaluation[];
  } = {},
): Promise<readonly Design[]> {
  const optimizer = method(createSpace(definition), { seed, batch });
  const asked: Design[] = [];
  const open: Evaluation[] = [];
  for (let round = 0; round < count; round++) {
    const designs = await optimizer.ask(batch);
    expect(designs).toHaveLength(batch);
    asked.push(...designs);
    open.push(...designs.map((design) => ({ design, cost: cost(design) })));
    await optimizer.tell(tell(open));
  }
  await optimizer.close?.();
  return asked;
}

function expectInside(definition: SpaceDefinition, designs: readonly Design[]): void {
  const space = createSpace(definition);
  for (const design of designs) expect(space.problemWith(design)).toBeUndefined();
}

describe.each(onlineMethodNames)('%s', (name) => {
  const method = tested[name];

  it.each(Object.keys(spaces))('asks for designs of the %s space', async (space) => {
    expectInside(spaces[space]!, await rounds(method, spaces[space]!, { count: few(name, 12) }));
  });

  it('asks for the same designs with the same seed, for others with another', async () => {
    const count = few(name, 12);
    const first = await rounds(method, spaces['mixed']!, { count });
    expect(await rounds(method, spaces['mixed']!, { count })).toEqual(first);
    expect(await rounds(method, spaces['mixed']!, { count, seed: 2 })).not.toEqual(first);
  });

  it('goes on when evaluations come late, out of order, in part or never', async () => {
    const stream = randomStream(3);
    const tell = (open: Evaluation[]): Evaluation[] => {
      const told = Array.from(stream.permutation(open.length).subarray(0, 5), (at) => open[at]!);
      for (const evaluation of told) open.splice(open.indexOf(evaluation), 1);
      return told;
    };
    expectInside(spaces['mixed']!, await rounds(method, spaces['mixed']!, { count: few(name, 25), tell }));
    expectInside(spaces['real']!, await rounds(method, spaces['real']!, { count: few(name, 25), tell: () => [] }));
  });

  it('goes on when costs are all the same, or all failures, or some infinite', async () => {
    const costs = [
      () => 1,
      () => undefined,
      (design: Design) => (Number(design['x1']) > 0 ? Infinity : Number(design['x2'])),
    ];
    for (const cost of costs)
      expectInside(spaces['real']!, await rounds(method, spaces['real']!, { count: few(name, 40), cost }));
  });

  it('takes batches of one, and evaluations of designs that nobody asked for, told twice', async () => {
    expectInside(spaces['mixed']!, await rounds(method, spaces['mixed']!, { batch: 1, count: few(name, 60) }));
    const space = createSpace(spaces['mixed']!);
    const stream = randomStream(4);
    const optimizer = method(space, { seed: 1, batch: 10 });
    const told = Array.from({ length: 30 }, () => uniformDesign(space, stream)).map((design, i) => ({
      design,
      cost: i,
    }));
    await optimizer.tell(told);
    await optimizer.ask(10);
    await optimizer.tell(told);
    expectInside(spaces['mixed']!, await optimizer.ask(10));
  });
});

// CMA-ES repeats discrete designs on purpose: its samples differ.
describe.each(onlineMethodNames.filter((name) => name !== 'cma-es'))('%s', (name) => {
  it('does not repeat a design while others are easily found', async () => {
    const asked = await rounds(tested[name], spaces['mixed']!, { count: few(name, 10) });
    expect(new Set(asked.map((design) => JSON.stringify(design))).size).toBe(asked.length);
  });
});

describe('methods that learn', () => {
  it.each(['cma-es', 'genetic-algorithm', 'best-of-data'] as const)(
    '%s gets nearer than uniform designs',
    async (name) => {
      const problem = problemOf(classic('rastrigin', 8));
      const bestOf = async (method: OnlineMethod, seed: number): Promise<number> => {
        const asked = await rounds(method, problem.space, { seed, batch: 20, count: 30, cost: problem.truth });
        return Math.min(...asked.map(problem.truth));
      };
      for (const seed of [1, 2, 3]) {
        expect(await bestOf(onlineMethods[name], seed)).toBeLessThan(
          0.9 * (await bestOf(onlineMethods['random'], seed)),
        );
      }
    },
  );
});
