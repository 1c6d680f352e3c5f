import { ranks } from '../../../src/base/index.ts';
import { holm, signedRankTest } from '../../significance.ts';
import { mean } from '../../statistics.ts';

/** What each method reached on a task: a loss, less is better; Infinity where it failed, absent where it was not measured. */
export interface TaskLosses {
  readonly task: string;
  readonly losses: ReadonlyMap<string, number>;
}

export interface Standing {
  readonly method: string;
  /** Mean over the tasks it was measured on of its rank among the methods measured there, 1 for the best; equals share their mean. */
  readonly meanRank: number;
  readonly tasks: number;
}

/** How a method compares with another over the tasks that both were measured on. */
export interface Comparison {
  readonly method: string;
  readonly tasks: number;
  /** Tasks on which the method has the smaller loss, and the larger one. */
  readonly better: number;
  readonly worse: number;
  /** Two-sided p of the signed-rank test over tasks, adjusted for all methods that are compared (Holm). */
  readonly p: number;
}

function methodsIn(tasks: readonly TaskLosses[]): readonly string[] {
  return [...new Set(tasks.flatMap(({ losses }) => [...losses.keys()]))];
}

/** Ranks on one task, by method. */
export function ranksOn({ losses }: TaskLosses): ReadonlyMap<string, number> {
  const methods = [...losses.keys()];
  const places = ranks(Float64Array.from(methods, (method) => Math.min(Number.MAX_VALUE, losses.get(method)!)));
  return new Map(methods.map((method, at) => [method, places[at]! + 1]));
}

/** The mean ranks of all methods, best first. */
export function standings(tasks: readonly TaskLosses[]): readonly Standing[] {
  const ranked = tasks.map(ranksOn);
  return methodsIn(tasks)
    .map((method) => {
      const own = ranked.flatMap((places) => places.get(method) ?? []);
      return { method, meanRank: mean(own), tasks: own.length };
    })
    .sort((a, b) => a.meanRank - b.meanRank);
}

/** Every other method against one (Wilcoxon 1945 over tasks, as Demšar 2006 advises). */
export function comparisonsWith(reference: string, tasks: readonly TaskLosses[]): readonly Comparison[] {
  const raw = methodsIn(tasks)
    .filter((method) => method !== reference)
    .map((method) => {
      const differences = tasks.flatMap(({ losses }) => {
        const [own, other] = [losses.get(method), losses.get(reference)];
        if (own === undefined || other === undefined) return [];
        // Both failed: nothing is between them.
        return [own === other ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, own - other))];
      });
      return {
        method,
        tasks: differences.length,
        better: differences.filter((difference) => difference < 0).length,
        worse: differences.filter((difference) => difference > 0).length,
        p: signedRankTest(differences).twoSided,
      };
    })
    .filter(({ tasks: shared }) => shared > 0);
  const adjusted = holm(raw.map(({ p }) => p));
  return raw.map((comparison, at) => ({ ...comparison, p: adjusted[at]! }));
}
