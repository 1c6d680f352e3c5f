import { describe, expect, it } from 'vitest';
import {
  classic,
  diffusionOptimizer,
  onlineMethodNames,
  onlineMethods,
  problemOf,
  type OnlineMethodName,
} from '../../../benchmarks/index.ts';
import type { OnlineMethod } from '../../../benchmarks/methods/online/method.ts';
import { tinySearch } from '../../optimizer/online.ts';
import { untrained } from '../../../benchmarks/methods/online/ours.ts';
import { itConforms, quick, rounds, spaces, type Effort } from './conformance.ts';

/** Methods as they are, but ours with models that are far too small to be good. */
const tested: { readonly [Name in OnlineMethodName]: OnlineMethod } = {
  ...onlineMethods,
  ours: diffusionOptimizer({ ...tinySearch, training: { steps: 20, width: 16 }, pool: 64 }),
  'ours-untrained': diffusionOptimizer({ ...tinySearch, ...untrained, training: { steps: 1, width: 16 }, pool: 64 }),
};

/** Ours trains a model in each round. */
const modest: Effort = { ...quick, spaces: ['real', 'mixed', 'tiny', 'single'], rounds: 2, singles: 4 };
const efforts: { readonly [Name in OnlineMethodName]?: Effort } = {
  ours: modest,
  'ours-untrained': { ...modest, spaces: ['mixed'] },
};

describe.each(onlineMethodNames)('%s', (name) => itConforms(tested[name], efforts[name] ?? quick));

// CMA-ES repeats discrete designs on purpose: its samples differ.
describe.each(onlineMethodNames.filter((name) => name !== 'cma-es'))('%s', (name) => {
  it('does not repeat a design while others are easily found', async () => {
    const asked = await rounds(tested[name], spaces.mixed, { count: efforts[name]?.rounds ?? 10 });
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
