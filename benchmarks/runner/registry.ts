import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dataError, messageOf, usageError } from '../../src/base/index.ts';
import { anyMethodNames, methods as offlineMethods, randomMethodNames } from '../methods/catalogue.ts';
import type { Method } from '../methods/method.ts';
import { onlineMethodNames, onlineMethods } from '../methods/online/catalogue.ts';
import type { OnlineMethod } from '../methods/online/method.ts';
import { isListed, loadTask, taskGroupNames, taskGroups, taskNames } from '../tasks/catalogue.ts';
import {
  isOnlineTask,
  loadOnlineTask,
  onlineBudget,
  onlineGroupNames,
  onlineGroups,
  onlineTaskNames,
} from '../tasks/online/catalogue.ts';
import type { OnlineTask } from '../tasks/online/task.ts';
import type { Task } from '../tasks/task.ts';
import type { Part } from './cells.ts';
import { peerMethod } from './peers.ts';
import { peerNames } from '../peers/catalogue.ts';

/** What a module adds to the benchmark: exports of these names. */
export interface Extension {
  readonly onlineTasks?: readonly OnlineTask[];
  readonly offlineTasks?: readonly Task[];
  /** Methods by name. They are given `candidates` where only these can be measured. */
  readonly onlineMethods?: Readonly<Record<string, OnlineMethod>>;
  readonly offlineMethods?: Readonly<Record<string, Method>>;
}

/** Tasks and methods of one part, by name. */
interface Shelf<T, M> {
  readonly taskNames: readonly string[];
  readonly methodNames: readonly string[];
  /** Throws usage errors for names that are none, and data errors where data is missing. */
  readonly task: (name: string, seed: number) => T;
  readonly method: (name: string) => M;
}

export interface Registry {
  readonly offline: Shelf<Task, Method> & { readonly isListed: (task: string) => boolean };
  readonly online: Shelf<OnlineTask, OnlineMethod> & { readonly evaluations: (task: string) => number };
  readonly peerNames: readonly string[];
  /** The tasks that a name stands for: itself, or those of a group. Throws a usage error for a name that is none. */
  readonly tasksNamed: (name: string) => readonly { readonly part: Part; readonly task: string }[];
}

async function loadExtension(file: string): Promise<Extension> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Extension;
  } catch (cause) {
    throw dataError(`cannot load ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Throws a data error where two modules, or a module and this package, call something the same. */
function checkNew(kind: string, known: readonly string[], added: readonly string[]): void {
  const twice = added.find((name, at) => known.includes(name) || added.indexOf(name) < at);
  if (twice !== undefined) throw dataError(`there are two ${kind} with the name ${JSON.stringify(twice)}`);
}

function found<T>(kind: string, name: string, thing: T | undefined): T {
  if (thing !== undefined) return thing;
  throw usageError(`there is no ${kind} ${JSON.stringify(name)}`);
}

function isBuiltIn<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((known) => known === name);
}

function offlineShelf(extensions: readonly Extension[]): Registry['offline'] {
  const tasks = extensions.flatMap(({ offlineTasks = [] }) => offlineTasks);
  const methods = extensions.flatMap(({ offlineMethods: added = {} }) => Object.entries(added));
  const [taskTexts, methodTexts] = [tasks.map(({ name }) => name), methods.map(([name]) => name)];
  checkNew('offline tasks', taskNames, taskTexts);
  checkNew('offline methods', anyMethodNames, methodTexts);
  const byName = new Map([...Object.entries(offlineMethods), ...methods]);
  return {
    taskNames: [...taskNames, ...taskTexts],
    methodNames: [
      ...anyMethodNames.filter((name) => !isBuiltIn(randomMethodNames, name)),
      ...methodTexts,
      ...randomMethodNames,
    ],
    task: (name, seed) =>
      isBuiltIn(taskNames, name)
        ? loadTask(name, seed)
        : found(
            'offline task',
            name,
            tasks.find((task) => task.name === name),
          ),
    isListed: (name) =>
      isBuiltIn(taskNames, name) ? isListed(name) : tasks.find((task) => task.name === name)?.listing !== undefined,
    method: (name) => found('offline method', name, byName.get(name)),
  };
}

function onlineShelf(extensions: readonly Extension[]): Registry['online'] {
  const tasks = extensions.flatMap(({ onlineTasks = [] }) => onlineTasks);
  const methods = extensions.flatMap(({ onlineMethods: own = {} }) => Object.entries(own));
  const [taskTexts, methodTexts] = [tasks.map(({ name }) => name), methods.map(([name]) => name)];
  checkNew('online tasks', onlineTaskNames, taskTexts);
  checkNew('online methods', [...onlineMethodNames, ...peerNames], methodTexts);
  const added = new Map(tasks.map((task) => [task.name, task]));
  const byName = new Map<string, OnlineMethod>([...Object.entries(onlineMethods), ...methods]);
  return {
    taskNames: [...onlineTaskNames, ...taskTexts],
    methodNames: [...onlineMethodNames, ...peerNames, ...methodTexts],
    task: (name) => added.get(name) ?? loadOnlineTask(name),
    evaluations: (name) => (added.get(name) ?? onlineBudget(name)).evaluations,
    method: (name) => (isBuiltIn(peerNames, name) ? peerMethod(name) : found('online method', name, byName.get(name))),
  };
}

/** All tasks and methods: of this package, of its peers where they are there, and of modules. Throws data errors for modules that cannot
 *  be loaded, or give something a name that is taken. */
export async function loadRegistry(modules: readonly string[]): Promise<Registry> {
  const extensions = await Promise.all(modules.map(loadExtension));
  const offline = offlineShelf(extensions);
  const online = onlineShelf(extensions);
  const groups = new Map<string, readonly { readonly part: Part; readonly task: string }[]>();
  const put = (part: Part, name: string, tasks: readonly string[]): void =>
    void groups.set(
      name,
      tasks.map((task) => ({ part, task })),
    );
  for (const name of taskGroupNames) put('offline', name, taskGroups[name]);
  for (const name of onlineGroupNames) put('online', name, onlineGroups[name]);
  for (const task of offline.taskNames) put('offline', task, [task]);
  for (const task of online.taskNames) put('online', task, [task]);
  put('offline', 'offline', taskNames);
  put('online', 'online', onlineTaskNames);
  return {
    offline,
    online,
    peerNames,
    tasksNamed: (name) => {
      const tasks = groups.get(name) ?? (isOnlineTask(name) ? [{ part: 'online' as const, task: name }] : undefined);
      if (tasks !== undefined) return tasks;
      throw usageError(
        `there is no task or group of tasks ${JSON.stringify(name)} (diffopt benchmark --list names them)`,
      );
    },
  };
}
