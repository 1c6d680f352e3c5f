import { describe, expect, it } from 'vitest';
import { planTheory } from '../../../benchmarks/theory/experiments/plan.ts';
import { theorySettings } from '../../../benchmarks/theory/experiments/settings.ts';

const { theory } = theorySettings;

describe('the cells of the suite', () => {
  it('are each there once: a base and all numbers of rows in every run, ways of training in the first', () => {
    const cells = planTheory(theory);
    expect(new Set(cells.map(({ task, seed }) => `${task} ${seed}`)).size).toBe(cells.length);
    expect(cells).toHaveLength(
      theory.runs * (1 + theory.rows.length) + theory.variationRuns * theory.variations.length,
    );
    expect(cells.filter(({ asks }) => asks === 'everything').map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
  });

  it('have the sizes of the papers', () => {
    const [base] = planTheory(theory, [7]);
    expect(base).toMatchObject({ task: 'base', seed: 7, counts: { labelled: 8192, unlabelled: 65_536 } });
    expect([theory.ambient, theory.latent, theory.samples]).toEqual([64, 16, 2048]);
  });

  it('differ from the base in what their names say alone', () => {
    const narrow = planTheory(theory, [0]).find(({ task }) => task === 'width 64')!;
    expect(narrow.variation).toMatchObject({ weighting: 'uniform', training: { width: 64 } });
  });
});
