import { bbob, bbobCount } from '../../functions/bbob/bbob.ts';
import { problemOf } from '../../functions/problem.ts';
import type { Budget, OnlineTask } from './task.ts';

export const bbobBudget: Budget = { evaluations: 1000, batch: 20, initial: 20 };
const pattern = /^bbob-f(\d+)-i(\d+)-d(\d+)$/;

export function bbobName(number: number, instance: number, dimension: number): string {
  return `bbob-f${number}-i${instance}-d${dimension}`;
}

/** All functions, in two instances and ten dimensions. */
export const bbobNames: readonly string[] = Array.from({ length: bbobCount }, (_, i) =>
  [1, 2].map((instance) => bbobName(i + 1, instance, 10)),
).flat();

/** The function, instance and dimension in a name; undefined in a name of something else. */
export function readBbobName(name: string): readonly [number: number, instance: number, dimension: number] | undefined {
  const found = pattern.exec(name);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** A BBOB function in any instance and dimension; undefined for a name that is none of them. Throws a usage error as `bbob` does. */
export function bbobTask(name: string): OnlineTask | undefined {
  const parts = readBbobName(name);
  return parts && { name, ...bbobBudget, problem: problemOf(bbob(...parts)) };
}
