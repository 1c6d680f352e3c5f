import { classic } from '../../functions/classic.ts';
import { noisy } from '../../functions/hardships.ts';
import { shifted } from '../../functions/moved.ts';
import { problemOf, type CoordinateKind, type Problem } from '../../functions/problem.ts';
import { typicalCost, type Budget, type OnlineTask } from './task.ts';

const names = ['ackley', 'rastrigin', 'levy', 'rosenbrock'] as const;
type Name = (typeof names)[number];

/** Standard deviation of the noise as a share of a typical design's cost. */
const noiseShare = 0.05;

/** A third of the coordinates real, a third of nine whole numbers, a third of five choices without order. */
function mixed(coordinate: number): CoordinateKind {
  return (['real', { integer: 9 }, { categorical: 5 }] as const)[coordinate % 3]!;
}

function integer(): CoordinateKind {
  return { integer: 21 };
}

function withNoise(problem: Problem, budget: Budget): Problem {
  return noisy(problem, noiseShare * typicalCost({ name: problem.name, problem, ...budget }));
}

const variants = ['200', '20', '20-noisy', '20-shifted', '10-mixed', '10-integer'] as const;
type Variant = (typeof variants)[number];

const middle: Budget = { evaluations: 2000, batch: 20, initial: 40 };
const low: Budget = { evaluations: 1000, batch: 20, initial: 20 };

/** In 200 dimensions as in DiBO (Yun et al. 2025). */
const budgets: { readonly [V in Variant]: Budget } = {
  '200': { evaluations: 10_000, batch: 100, initial: 200 },
  '20': middle,
  '20-noisy': middle,
  '20-shifted': middle,
  '10-mixed': low,
  '10-integer': low,
};

const makers: { readonly [V in Variant]: (name: Name, budget: Budget) => Problem } = {
  '200': (name) => problemOf(classic(name, 200)),
  '20': (name) => problemOf(classic(name, 20)),
  '20-noisy': (name, budget) => withNoise(problemOf(classic(name, 20)), budget),
  // Rastrigin's optimum is the middle of its box otherwise, where a first guess may be.
  '20-shifted': (name) => problemOf(shifted(classic(name, 20), 1)),
  '10-mixed': (name) => problemOf(classic(name, 10), mixed),
  '10-integer': (name) => problemOf(classic(name, 10), integer),
};

export type FunctionName = `${Name}-${Variant}`;

/** The names of the four functions in a variant. */
export function functionNames(variant: Variant): readonly FunctionName[] {
  return names.map((name) => `${name}-${variant}` as const);
}

export const allFunctionNames: readonly FunctionName[] = variants.flatMap(functionNames);

function partsOf(name: FunctionName): readonly [Name, Variant] {
  const [source, ...variant] = name.split('-');
  return [source as Name, variant.join('-') as Variant];
}

export function functionBudget(name: FunctionName): Budget {
  return budgets[partsOf(name)[1]];
}

export function functionTask(name: FunctionName): OnlineTask {
  const [source, variant] = partsOf(name);
  return { name, ...budgets[variant], problem: makers[variant](source, budgets[variant]) };
}
