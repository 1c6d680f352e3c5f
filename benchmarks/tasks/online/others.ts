import { lasso } from '../../functions/lasso.ts';
import { problemOf } from '../../functions/problem.ts';
import { rover } from '../../functions/rover.ts';
import { coatingSpace, meanReflectance } from '../coating.ts';
import type { Budget, OnlineTask } from './task.ts';

export const otherNames = ['coating-online', 'rover-60', 'lasso-300'] as const;
export type OtherName = (typeof otherNames)[number];

export const otherBudgets: { readonly [Name in OtherName]: Budget } = {
  'coating-online': { evaluations: 2000, batch: 100, initial: 100 },
  'rover-60': { evaluations: 3000, batch: 100, initial: 200 },
  'lasso-300': { evaluations: 1000, batch: 50, initial: 100 },
};

const makers: { readonly [Name in OtherName]: () => Pick<OnlineTask, 'problem' | 'least'> } = {
  'coating-online': () => ({
    problem: { name: 'coating', space: coatingSpace, measure: meanReflectance, truth: meanReflectance },
    // No coating reflects less than nothing.
    least: 0,
  }),
  'rover-60': () => {
    const source = rover();
    return {
      problem: problemOf(source),
      least: source.lowerBound,
    };
  },
  'lasso-300': () => {
    const source = lasso();
    return {
      problem: problemOf(source),
      // What knowing the support gives; a lucky fit of the rows of validation may be a little better.
      least: source.oracleCost,
    };
  },
};

export function otherTask(name: OtherName): OnlineTask {
  return { name, ...otherBudgets[name], ...makers[name]() };
}
