import { loadCoatingTask } from './coating-task.ts';
import { functionTaskNames, loadFunctionTask, type FunctionTaskName } from './functions.ts';
import { landscapeNames, loadSequenceTask, sequenceTaskNames, type SequenceTaskName } from './sequences.ts';
import { loadSampleTask, sampleTaskNames, type SampleTaskName } from './samples.ts';
import { loadSuperconductorTask } from './superconductor.ts';
import type { Task } from './task.ts';

export type TaskName = SequenceTaskName | FunctionTaskName | SampleTaskName | 'coating' | 'superconductor';
export const taskNames: readonly TaskName[] = [
  ...sequenceTaskNames,
  ...functionTaskNames,
  'coating',
  'superconductor',
  ...sampleTaskNames,
];

type Loader = (seed: number) => Task;

const loaders: { readonly [Name in TaskName]: Loader } = {
  ...loadersOf(sequenceTaskNames, loadSequenceTask),
  ...loadersOf(functionTaskNames, loadFunctionTask),
  ...loadersOf(sampleTaskNames, loadSampleTask),
  coating: loadCoatingTask,
  superconductor: loadSuperconductorTask,
};

function loadersOf<Name extends string>(
  names: readonly Name[],
  load: (name: Name, seed: number) => Task,
): { readonly [N in Name]: Loader } {
  return Object.fromEntries(names.map((name) => [name, (seed: number) => load(name, seed)])) as {
    readonly [N in Name]: Loader;
  };
}

/** A task by its name. The seed draws the visible rows where only some of them are shown. Throws a data error where data is missing. */
export function loadTask(name: TaskName, seed: number = 0): Task {
  return loaders[name](seed);
}

/** Whether the visible rows of a task depend on the seed. */
export function isSeeded(name: TaskName): boolean {
  return name === 'tf-bind-8-500';
}

/** Whether all designs of a task can be listed. */
export function isListed(name: TaskName): boolean {
  return sequenceTaskNames.some((known) => known === name);
}

export const taskGroupNames = [
  'tf-bind-8',
  'tf-bind-8-500',
  'tf-landscapes',
  'gb1',
  'branin',
  'functions-60',
  'coating',
  'superconductor',
  'concrete',
  'airfoil',
] as const;
export type TaskGroup = (typeof taskGroupNames)[number];

/** Tasks that are reported together. */
export const taskGroups: { readonly [Group in TaskGroup]: readonly TaskName[] } = {
  'tf-bind-8': ['tf-bind-8'],
  'tf-bind-8-500': ['tf-bind-8-500'],
  'tf-landscapes': landscapeNames,
  gb1: ['gb1'],
  branin: ['branin'],
  'functions-60': ['ackley-60', 'rastrigin-60', 'rosenbrock-60'],
  coating: ['coating'],
  superconductor: ['superconductor'],
  concrete: ['concrete'],
  airfoil: ['airfoil'],
};
