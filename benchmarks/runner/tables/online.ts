import { mean, median } from '../../statistics.ts';
import { describeBbob } from '../../functions/bbob/bbob.ts';
import { readBbobName } from '../../tasks/online/bbob.ts';
import { onlineGroupNames, onlineGroups } from '../../tasks/online/catalogue.ts';
import type { OnlineCell } from '../cells.ts';
import { ranksOn, type TaskLosses } from './comparison.ts';
import { heading, paragraph, table, type Block } from './document.ts';
import { glanceTable, mostSeeds } from './glance.ts';
import { methodText, standingsTable, type MethodFacts } from './standings.ts';
import { durationText, groupedBy, meanAndError, numberText, remarks } from './text.ts';

/** The cells of one task with one budget. */
export interface OnlineTaskCells {
  readonly task: string;
  readonly count: number;
  /** The file name of its picture, without the ending. */
  readonly name: string;
  readonly methods: ReadonlyMap<string, readonly OnlineCell[]>;
}

/** Shares of the budget at which results are shown. */
const shares = [0.25, 0.5, 1] as const;

export function onlineTasks(cells: readonly OnlineCell[]): readonly OnlineTaskCells[] {
  return [...groupedBy(cells, ({ task, count }) => JSON.stringify([task, count])).values()].map((own) => {
    const { task, count } = own[0]!;
    return { task, count, name: `${task}-${count}`, methods: groupedBy(own, ({ method }) => method) };
  });
}

/** Cells in which something was measured; one that failed after that has what it had reached, as one that was capped. */
export function playedCells(cells: readonly OnlineCell[]): readonly OnlineCell[] {
  return cells.filter(({ status, curve }) => status !== 'missing' && curve.length > 0);
}

/** What a cell had reached after so many evaluations; undefined before any, and while all failed. */
export function costAt({ curve }: OnlineCell, evaluations: number): number | undefined {
  return curve.findLast((reached) => reached.evaluations <= evaluations)?.cost ?? undefined;
}

/** The share of the way from a typical design to the best that is left; Infinity while all measurements failed. */
export function normalisedRegret(cell: OnlineCell): number {
  const cost = costAt(cell, cell.count);
  const { facts } = cell;
  if (cost === undefined || facts === undefined) return Infinity;
  return (cost - facts.least) / (facts.typical - facts.least);
}

/** The cells of methods that are not missing, of the seeds that all of these have, or of all where they share none: with other seeds
 *  come other initial designs. */
function comparableCells({ methods }: OnlineTaskCells): ReadonlyMap<string, readonly OnlineCell[]> {
  const measured = [...methods]
    .map(([method, cells]) => [method, cells.filter(({ status }) => status !== 'missing')] as const)
    .filter(([, cells]) => cells.length > 0);
  const seeds = measured.map(([, cells]) => new Set(cells.map(({ seed }) => seed)));
  const shared = new Set([...(seeds[0] ?? [])].filter((seed) => seeds.every((own) => own.has(seed))));
  const isComparable = ({ seed }: OnlineCell): boolean => shared.size === 0 || shared.has(seed);
  return new Map(measured.map(([method, cells]) => [method, cells.filter(isComparable)]));
}

/** The mean normalised regret of every method over the seeds that they share; Infinity for one that failed before it had measured
 *  anything, none for one that is missing. */
export function onlineLosses(one: OnlineTaskCells): TaskLosses {
  const losses = [...comparableCells(one)].map(
    ([method, cells]) => [method, mean(cells.map(normalisedRegret))] as const,
  );
  return { task: one.name, losses: new Map(losses) };
}

function timePerEvaluation(cells: readonly OnlineCell[]): number {
  const times = playedCells(cells).flatMap(({ curve, methodSeconds }) => {
    const asked = curve.at(-1)!.evaluations - curve[0]!.evaluations;
    return asked > 0 ? [methodSeconds / asked] : [];
  });
  return times.length === 0 ? NaN : median(times);
}

/** True costs of the best designs so far, with the sign that people know them by. */
function valuesAt(cells: readonly OnlineCell[], evaluations: number): readonly number[] {
  return playedCells(cells).flatMap((cell) => {
    const cost = costAt(cell, evaluations);
    return cost === undefined ? [] : [(cell.facts?.sign ?? 1) * cost];
  });
}

function topShare(cells: readonly OnlineCell[]): string {
  const shown = playedCells(cells).flatMap(({ curve, facts }) => {
    const found = curve.at(-1)!.top;
    return found === undefined || facts?.topDesigns === undefined ? [] : [(100 * found) / facts.topDesigns];
  });
  return meanAndError(shown, 1);
}

/** True costs of what is recommended in the end. */
function recommendedValues(cells: readonly OnlineCell[]): readonly number[] {
  return playedCells(cells).flatMap(({ recommended, facts }) =>
    recommended === undefined ? [] : [(facts?.sign ?? 1) * recommended],
  );
}

function seedsOf(cells: readonly OnlineCell[]): string {
  const ended = playedCells(cells).filter(({ status }) => status !== 'failed').length;
  return ended === cells.length ? `${ended}` : `${ended} of ${cells.length}`;
}

function taskBlocks(one: OnlineTaskCells): readonly Block[] {
  const { task, count, name, methods } = one;
  const facts = [...methods.values()].flat().find((cell) => cell.facts !== undefined)?.facts;
  const places = ranksOn(onlineLosses(one));
  const rows = [...methods].toSorted(([a], [b]) => (places.get(a) ?? Infinity) - (places.get(b) ?? Infinity));
  const tops = facts?.topDesigns !== undefined;
  const recommends = [...methods.values()].some((cells) => recommendedValues(cells).length > 0);
  const bbobParts = readBbobName(task);
  const title = bbobParts === undefined ? task : `${task} (${describeBbob(bbobParts[0]).title})`;
  const caption =
    facts === undefined
      ? 'No method got as far as loading this task.'
      : `${facts.sign === -1 ? 'More' : 'Less'} is better; the best is ${numberText(facts.sign * facts.least)}, a typical random design has ` +
        `${numberText(facts.sign * facts.typical)}. Mean ± standard error over seeds.`;
  return [
    heading(3, `${title}, ${count} evaluations`),
    paragraph(caption),
    table<readonly [string, readonly OnlineCell[]]>(
      [
        { name: 'method', align: 'left', cell: ([method]) => methodText(method) },
        { name: 'seeds', align: 'right', cell: ([, cells]) => seedsOf(cells) },
        ...shares.map((share) => {
          const at = Math.round(share * count);
          return {
            name: `best after ${at}`,
            align: 'right' as const,
            cell: ([, cells]: readonly [string, readonly OnlineCell[]]) => meanAndError(valuesAt(cells, at)),
          };
        }),
        {
          name: 'normalised regret',
          align: 'right',
          cell: ([, cells]) => meanAndError(playedCells(cells).map(normalisedRegret).filter(Number.isFinite)),
        },
        ...(recommends
          ? [
              {
                name: 'recommended',
                align: 'right' as const,
                cell: ([, cells]: readonly [string, readonly OnlineCell[]]) => meanAndError(recommendedValues(cells)),
              },
            ]
          : []),
        ...(tops
          ? [
              {
                name: '% of the top 1 % found',
                align: 'right' as const,
                cell: ([, cells]: readonly [string, readonly OnlineCell[]]) => topShare(cells),
              },
            ]
          : []),
        { name: 'time per evaluation', align: 'right', cell: ([, cells]) => durationText(timePerEvaluation(cells)) },
        { name: 'remarks', align: 'left', cell: ([, cells]) => remarks(cells) },
      ],
      rows,
    ),
    ...(facts === undefined
      ? []
      : [{ kind: 'picture' as const, file: `${name}.svg`, title: `Convergence on ${task}` }]),
  ];
}

/** The group that a task's ranks are shown in: that of the catalogue, for BBOB that of the function. */
function groupOf(task: string): string {
  const parts = readBbobName(task);
  if (parts !== undefined) return `bbob, ${describeBbob(parts[0]).group}`;
  return onlineGroupNames.find((group) => onlineGroups[group].includes(task)) ?? 'added';
}

function groupRanks(tasks: readonly OnlineTaskCells[], methods: readonly string[]): Block {
  const groups = [...groupedBy(tasks, ({ task }) => groupOf(task))].map(
    ([group, own]) => [group, own.length, own.map((one) => ranksOn(onlineLosses(one)))] as const,
  );
  return table<string>(
    [
      { name: 'mean rank', align: 'left', cell: methodText },
      ...groups.map(([group, count, places]) => ({
        name: `${group} (${count})`,
        align: 'right' as const,
        cell: (method: string) => {
          const own = places.flatMap((place) => place.get(method) ?? []);
          return own.length === 0 ? '' : mean(own).toFixed(2);
        },
      })),
    ],
    methods,
  );
}

function glance(tasks: readonly OnlineTaskCells[], methods: readonly string[]): Block {
  const rows = tasks.map((one) => ({
    task: `${one.task}, ${one.count}`,
    seeds: mostSeeds(comparableCells(one)),
    figures: new Map(
      [...onlineLosses(one).losses].map(([method, loss]) => [method, loss < Infinity ? numberText(loss, 2) : 'failed']),
    ),
  }));
  return glanceTable(rows, methods);
}

/** All that is to be said of online cells. */
export function onlineBlocks(cells: readonly OnlineCell[]): readonly Block[] {
  if (cells.length === 0) return [];
  const tasks = onlineTasks(cells);
  const byMethod = groupedBy(cells, ({ method }) => method);
  const facts = [...byMethod].map(([method, own]): MethodFacts => ({
    method,
    remark: remarks(own),
    time: durationText(timePerEvaluation(own)),
  }));
  return [
    heading(2, 'Online'),
    paragraph(
      'Methods are asked for designs in batches and told what they cost; all methods of a seed start from the same designs. Ranks are by the ' +
        'mean final regret on each task over the seeds that all methods measured there have. The regret is that of the design with the best measurement, ' +
        'by its true cost; normalised it is 0 for the best and 1 for a typical random design. A cell that was capped or failed counts with what it had reached. The time is the ' +
        "method's own, median over cells.",
    ),
    standingsTable(tasks.map(onlineLosses), facts),
    groupRanks(tasks, [...byMethod.keys()]),
    paragraph('Normalised regret, mean over these seeds:'),
    glance(tasks, [...byMethod.keys()]),
    ...tasks.flatMap(taskBlocks),
  ];
}
