import { usageError } from '../../src/base/index.ts';
import { applies, anyMethodNames, type AnyMethodName } from '../methods/catalogue.ts';
import { isRandom } from '../offline/task-cells.ts';
import { peers, suites, type Rule } from './suites.ts';
import type { SuiteName } from './terms.ts';
import type { Part, PlannedCell } from './cells.ts';
import type { Registry } from './registry.ts';

/** Designs that an offline method proposes. */
export const offlineCount = 128;

/** What is asked for. Without tasks and without a suite it is the quick one; names of tasks alone ask for their whole budgets. */
export interface Wanted {
  readonly suite?: SuiteName;
  /** Tasks and groups. With a suite: of the suite. */
  readonly tasks?: readonly string[];
  readonly methods?: readonly string[];
  readonly seeds?: readonly number[];
  /** Evaluations at most in an online cell. */
  readonly evaluations?: number;
}

/** The i-th of n parts, from 1 on. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

const usualSeeds = [0, 1] as const;

/** Throws a usage error for the first method that no part knows. */
function checkMethods({ offline, online }: Registry, methods: readonly string[]): void {
  const known = [...new Set([...offline.methodNames, ...online.methodNames])];
  const unknown = methods.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw usageError(`there is no method ${JSON.stringify(unknown)}; the methods are ${known.join(', ')}`);
}

/** The rules for tasks by name. */
function rulesFor({ tasks = [], methods, seeds = usualSeeds }: Wanted, registry: Registry): readonly Rule[] {
  return tasks
    .flatMap((name) => registry.tasksNamed(name))
    .map(({ part, task }) => ({
      part,
      tasks: [task],
      methods: registry[part].methodNames.filter((name) => methods !== undefined || !registry.peerNames.includes(name)),
      seeds: Math.max(...seeds) + 1,
    }));
}

function isAnyMethod(name: string): name is AnyMethodName {
  return anyMethodNames.some((known) => known === name);
}

function appliesTo({ offline }: Registry, part: Part, task: string, method: string): boolean {
  return part === 'online' || !isAnyMethod(method) || applies(method, offline.isListed(task));
}

/** The seeds of a rule; a random method's draws are in one cell. */
function seedsOf({ part, seeds }: Rule, method: string, wanted: readonly number[] | undefined): readonly number[] {
  if (part === 'offline' && isRandom(method)) return [0];
  return Array.from({ length: seeds }, (_, seed) => seed).filter((seed) => wanted?.includes(seed) ?? true);
}

/** The cells of a rule that are wanted. `tasks` are the names wanted, groups replaced by theirs. */
function cellsOf(
  rule: Rule,
  wanted: Wanted,
  tasks: ReadonlySet<string> | undefined,
  registry: Registry,
): PlannedCell[] {
  const { part } = rule;
  const methods = rule.methods
    .flatMap((name) => (name === peers ? registry.peerNames : [name]))
    // Both random rows stand beside whatever is measured offline.
    .filter((name) => (part === 'offline' && isRandom(name)) || (wanted.methods?.includes(name) ?? true));
  const count = (task: string): number =>
    part === 'offline'
      ? offlineCount
      : Math.min(registry.online.evaluations(task), rule.evaluations ?? Infinity, wanted.evaluations ?? Infinity);
  return rule.tasks
    .filter((task) => tasks?.has(task) ?? true)
    .flatMap((task) =>
      methods
        .filter((method) => appliesTo(registry, part, task, method))
        .flatMap((method) =>
          seedsOf(rule, method, wanted.seeds).map((seed) => ({ part, task, method, seed, count: count(task) })),
        ),
    );
}

function keyOf({ part, task, method, seed, count }: PlannedCell): string {
  return JSON.stringify([part, task, method, seed, count]);
}

/**
 * All cells, each once: seed after seed, so that a run that is stopped has measured all methods. Throws usage errors for names that
 * nothing goes by, and where nothing is left.
 */
export function planCells(wanted: Wanted, registry: Registry): readonly PlannedCell[] {
  const { suite, tasks, methods } = wanted;
  if (methods !== undefined) checkMethods(registry, methods);
  const rules = suite === undefined && tasks !== undefined ? rulesFor(wanted, registry) : suites[suite ?? 'quick'];
  const named = tasks && new Set(tasks.flatMap((name) => registry.tasksNamed(name)).map(({ task }) => task));
  const cells = rules.flatMap((rule) => cellsOf(rule, wanted, named, registry));
  const once = [...new Map(cells.map((cell) => [keyOf(cell), cell])).values()];
  if (once.length > 0) return once.sort((a, b) => a.seed - b.seed);
  throw usageError('no cell is left of these tasks, methods and seeds');
}

/** Every n-th cell, beginning with the i-th. */
export function shardOf(cells: readonly PlannedCell[], { index, of }: Shard): readonly PlannedCell[] {
  return cells.filter((_, at) => at % of === index - 1);
}
