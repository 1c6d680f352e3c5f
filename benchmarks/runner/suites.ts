import { onlineGroups } from '../tasks/online/catalogue.ts';
import { functionNames } from '../tasks/online/functions.ts';
import { taskNames } from '../tasks/catalogue.ts';
import type { Part } from './cells.ts';
import type { SuiteName } from './terms.ts';

/** Tasks x methods x seeds. */
export interface Rule {
  readonly part: Part;
  readonly tasks: readonly string[];
  readonly methods: readonly string[];
  /** So many, from 0 on. */
  readonly seeds: number;
  /** Evaluations at most, where a task's own budget is larger. */
  readonly evaluations?: number;
}

/** Names that stand for methods which depend on what is installed. */
export const peers = 'peers';

/** Peers that take seconds a cell, and those that take minutes where designs are made rather than chosen among. */
const quickPeers = ['pycma', 'turbo', 'optuna-tpe', 'nevergrad-ngopt'] as const;
const slowPeers = ['botorch-qlogei', 'hebo'] as const;

const baselines = ['cma-es', 'genetic-algorithm', 'best-of-data', 'sobol', 'random'] as const;
const online = ['ours', ...baselines] as const;
const offline = [
  'ours',
  'argmax',
  'gradient-ascent',
  'genetic-algorithm',
  'diffusion-only',
  'best-of-data',
  'random',
  'random-unseen',
] as const;

const { '200-d': high, '20-d': middle, noisy, shifted, discrete, lab, hpo, sequences, others, bbob } = onlineGroups;
const firstInstances = bbob.filter((name) => name.includes('-i1-'));
/** One of three BBOB functions, of every group. */
const third = firstInstances.filter((_, at) => at % 3 === 0);

function on(tasks: readonly string[], methods: readonly string[], seeds: number, evaluations?: number): Rule {
  return { part: 'online', tasks, methods, seeds, ...(evaluations === undefined ? {} : { evaluations }) };
}

function off(tasks: readonly string[], methods: readonly string[], seeds: number): Rule {
  return { part: 'offline', tasks, methods, seeds };
}

export const suites: { readonly [Name in SuiteName]: readonly Rule[] } = {
  quick: [
    off(['tf-bind-8-500'], ['ours', 'best-of-data', 'random', 'random-unseen'], 2),
    off(['branin'], ['best-of-data', 'random'], 2),
    on(['buchwald_a'], online, 2),
    on(['ackley-10-mixed', 'rastrigin-20'], online, 2, 100),
    on(['bbob-f8-i1-d10', 'bbob-f15-i1-d10'], baselines, 2, 200),
  ],
  standard: [
    off(['tf-bind-8', 'tf-bind-8-500', 'branin', 'coating', 'concrete', 'airfoil'], offline, 2),
    off(['gb1', 'superconductor', 'ackley-60', 'rastrigin-60', 'rosenbrock-60'], offline, 1),
    on([...lab, ...hpo, ...sequences], online, 3),
    on([...middle, ...functionNames('10-mixed')], online, 2, 300),
    on(high, online, 1, 1500),
    on(others, online, 1, 500),
    on(firstInstances, online, 2, 300),
    on(['buchwald_a', 'crossed_barrel'], [peers], 3),
    on(third, quickPeers, 1, 300),
    on(third.slice(0, 3), slowPeers, 1, 300),
  ],
  full: [
    off(taskNames, offline, 8),
    on([...lab, ...hpo, ...sequences], [...online, peers], 16),
    on([...middle, ...discrete, ...noisy, ...shifted], [...online, peers], 4),
    on(high, [...online, peers], 4),
    on(others, [...online, peers], 8),
    on(bbob, [...online, peers], 2),
  ],
};
