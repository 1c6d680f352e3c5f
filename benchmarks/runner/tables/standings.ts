import { comparisonsWith, standings, type TaskLosses } from './comparison.ts';
import { table, type Block } from './document.ts';
import { pText } from './text.ts';

export const reference = 'ours';

/** What is said of a method over all tasks, beside its rank. */
export interface MethodFacts {
  readonly method: string;
  /** Why it has no rank, or what went wrong on the way. */
  readonly remark: string;
  readonly time?: string;
}

/** A name as tables write it. */
export function methodText(method: string): string {
  return method === reference ? '**ours**' : method;
}

/** All methods by their mean rank, those without one too, each compared with ours. */
export function standingsTable(tasks: readonly TaskLosses[], facts: readonly MethodFacts[]): Block {
  const ranked = standings(tasks);
  const compared = new Map(comparisonsWith(reference, tasks).map((comparison) => [comparison.method, comparison]));
  const place = ({ method }: MethodFacts): number => {
    const at = ranked.findIndex((standing) => standing.method === method);
    return at < 0 ? ranked.length : at;
  };
  const standing = ({ method }: MethodFacts) => ranked.find((one) => one.method === method);
  const timed = facts.some(({ time }) => time !== undefined);
  return table<MethodFacts>(
    [
      { name: 'method', align: 'left', cell: ({ method }) => methodText(method) },
      { name: 'mean rank', align: 'right', cell: (row) => standing(row)?.meanRank.toFixed(2) ?? '' },
      { name: 'tasks', align: 'right', cell: (row) => `${standing(row)?.tasks ?? 0}` },
      {
        name: 'better / worse than ours',
        align: 'right',
        cell: ({ method }) => {
          const comparison = compared.get(method);
          return comparison === undefined ? '' : `${comparison.better} / ${comparison.worse}`;
        },
      },
      {
        name: 'p against ours (Holm)',
        align: 'right',
        cell: ({ method }) => (compared.has(method) ? pText(compared.get(method)!.p) : ''),
      },
      ...(timed
        ? [{ name: 'time per evaluation', align: 'right' as const, cell: ({ time = '' }: MethodFacts) => time }]
        : []),
      { name: 'remarks', align: 'left', cell: ({ remark }) => remark },
    ],
    facts.toSorted((a, b) => place(a) - place(b)),
  );
}
