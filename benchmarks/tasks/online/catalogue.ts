import { usageError } from '../../../src/base/index.ts';
import { bbobBudget, bbobNames, bbobTask, readBbobName } from './bbob.ts';
import { allFunctionNames, functionBudget, functionNames, functionTask } from './functions.ts';
import { otherBudgets, otherNames, otherTask } from './others.ts';
import { gridNames, labNames, sequenceName, tableBudget, tableNames, tableTask } from './tables.ts';
import type { Budget, OnlineTask } from './task.ts';

/** In the order of the tables. BBOB functions go by `bbob-fF-iI-dD` in any instance and dimension; those listed are the usual ones. */
export const onlineTaskNames: readonly string[] = [...allFunctionNames, ...tableNames, ...otherNames, ...bbobNames];

export const onlineGroupNames = [
  '200-d',
  '20-d',
  'noisy',
  'shifted',
  'discrete',
  'lab',
  'hpo',
  'sequences',
  'others',
  'bbob',
] as const;
export type OnlineGroup = (typeof onlineGroupNames)[number];

/** Tasks that are asked for and reported together. */
export const onlineGroups: { readonly [Group in OnlineGroup]: readonly string[] } = {
  '200-d': functionNames('200'),
  '20-d': functionNames('20'),
  noisy: functionNames('20-noisy'),
  shifted: functionNames('20-shifted'),
  discrete: [...functionNames('10-mixed'), ...functionNames('10-integer')],
  lab: labNames,
  hpo: gridNames,
  sequences: [sequenceName],
  others: otherNames,
  bbob: bbobNames,
};

function among<Name extends string>(name: string, names: readonly Name[]): name is Name {
  return names.some((known) => known === name);
}

/** Whether a task goes by this name. */
export function isOnlineTask(name: string): boolean {
  return among(name, onlineTaskNames) || readBbobName(name) !== undefined;
}

function unknown(name: string): Error {
  return usageError(`there is no online task ${JSON.stringify(name)}`);
}

/** The budget of a task, which is not loaded. Throws a usage error for a name that is none. */
export function onlineBudget(name: string): Budget {
  if (among(name, allFunctionNames)) return functionBudget(name);
  if (among(name, tableNames)) return tableBudget(name);
  if (among(name, otherNames)) return otherBudgets[name];
  if (readBbobName(name) !== undefined) return bbobBudget;
  throw unknown(name);
}

/** A task by its name. Throws a usage error for a name that is none, and a data error where data is missing. */
export function loadOnlineTask(name: string): OnlineTask {
  if (among(name, allFunctionNames)) return functionTask(name);
  if (among(name, tableNames)) return tableTask(name);
  if (among(name, otherNames)) return otherTask(name);
  const task = bbobTask(name);
  if (task !== undefined) return task;
  throw unknown(name);
}
