import { mean } from '../../statistics.ts';
import { publishedTfBind8, type PublishedResult } from '../../offline/published.ts';
import { isRandom } from '../../offline/task-cells.ts';
import type { Scores } from '../../offline/scores.ts';
import { normalized } from '../../tasks/task.ts';
import type { OfflineCell } from '../cells.ts';
import { ranksOn, type TaskLosses } from './comparison.ts';
import { heading, paragraph, table, type Block } from './document.ts';
import { glanceTable, mostSeeds, type GlanceRow } from './glance.ts';
import { methodText, standingsTable, type MethodFacts } from './standings.ts';
import { groupedBy, meanAndError, numberText, remarks } from './text.ts';

/** The cells of one task. */
interface OfflineTaskCells {
  readonly task: string;
  readonly methods: ReadonlyMap<string, readonly OfflineCell[]>;
}

type Percentile = 'best' | 'median';

function scoredCells(cells: readonly OfflineCell[]): readonly OfflineCell[] {
  return cells.filter(({ status, scores }) => status === 'done' && scores.length > 0);
}

/** A score as a share of the full data's range, 1 for its best end; NaN without a score, which files write as null. */
export function normalisedScore({ facts }: OfflineCell, score: number): number {
  if (!Number.isFinite(score)) return NaN;
  if (facts?.range === undefined) return score;
  const share = normalized(score, facts.range);
  return facts.direction === 'maximize' ? share : 1 - share;
}

/** Over seeds, or draws of a random method. */
function scoresOf(
  cells: readonly OfflineCell[],
  pick: (scores: Scores, cell: OfflineCell) => number,
): readonly number[] {
  return scoredCells(cells)
    .flatMap((cell) => cell.scores.map((scores) => pick(scores, cell)))
    .filter((score) => !Number.isNaN(score) && score !== null);
}

/** The mean normalised score that each method falls short by; Infinity for one that ended nowhere, none for one that is missing. */
export function offlineLosses({ task, methods }: OfflineTaskCells, percentile: Percentile): TaskLosses {
  const losses = [...methods].flatMap(([method, cells]): (readonly [string, number])[] => {
    const scores = scoresOf(cells, (one, cell) => normalisedScore(cell, one[percentile]));
    if (scores.length > 0) return [[method, -mean(scores)]];
    return cells.some(({ status }) => status !== 'missing') ? [[method, Infinity]] : [];
  });
  return { task, losses: new Map(losses) };
}

interface Row {
  readonly name: string;
  readonly cells: readonly OfflineCell[];
  readonly published?: PublishedResult;
}

function publishedText(value: PublishedResult['median']): string {
  return value === undefined ? '' : value.map((part) => part?.toFixed(3) ?? '').join(' ± ');
}

/** Columns of what others published, apart from what was measured here. */
const publishedColumns = [
  { name: 'published 100th', cell: ({ published }: Row) => publishedText(published?.max) },
  { name: 'published 50th', cell: ({ published }: Row) => publishedText(published?.median) },
  { name: 'source (visible rows allowed)', cell: ({ published }: Row) => published?.source ?? '' },
].map(({ name, cell }) => ({ name, cell, align: name.startsWith('source') ? ('left' as const) : ('right' as const) }));

function seedsText(cells: readonly OfflineCell[]): string {
  if (cells.length === 0) return '';
  const scored = scoredCells(cells);
  if (cells.every(({ method }) => isRandom(method))) return `${scored.flatMap(({ scores }) => scores).length} draws`;
  return scored.length === cells.length ? `${scored.length}` : `${scored.length} of ${cells.length}`;
}

function secondsText(cells: readonly OfflineCell[]): string {
  const scored = scoredCells(cells).filter(({ method }) => !isRandom(method));
  return scored.length === 0 ? '' : numberText(mean(scored.map(({ seconds }) => seconds)), 2);
}

function problemsText(cells: readonly OfflineCell[]): string {
  const wrong = cells.flatMap(({ problems }) => problems);
  return [remarks(cells), ...(wrong.length === 0 ? [] : [`${wrong.length} proposals broke a rule: ${wrong[0]}`])]
    .filter((text) => text !== '')
    .join(', ');
}

function taskBlocks(one: OfflineTaskCells): readonly Block[] {
  const { task, methods } = one;
  const cells = [...methods.values()].flat();
  const first = cells.find((cell) => cell.facts !== undefined);
  const { facts, count = 0 } = first ?? {};
  const places = ranksOn(offlineLosses(one, 'median'));
  const measured = [...methods]
    .toSorted(([a], [b]) => (places.get(a) ?? Infinity) - (places.get(b) ?? Infinity))
    .map(([method, own]): Row => ({ name: methodText(method), cells: own }));
  const published = task === 'tf-bind-8' ? publishedTfBind8 : [];
  const own = facts?.range !== undefined;
  const decimals = own ? undefined : 3;
  const score = (name: string, pick: (scores: Scores, cell: OfflineCell) => number, places?: number) => ({
    name,
    align: 'right' as const,
    cell: (row: Row) => meanAndError(scoresOf(row.cells, pick), places),
  });
  const bothRandom = methods.has('random') && !methods.has('random-unseen');
  const caption =
    facts === undefined
      ? 'No method got to its proposals.'
      : `${count} different designs that are not in the data. Score: ${facts.unit}, ` +
        `${facts.direction === 'maximize' ? 'more' : 'less'} is better; the best visible row has ${facts.bestVisible.toPrecision(4)}. ` +
        `Mean ± standard error over seeds.${bothRandom ? ' No random design of this space is in the data, so that both kinds of random designs are one row.' : ''}` +
        (facts.note === undefined ? '' : ` ${facts.note}`);
  return [
    heading(3, task),
    paragraph(caption),
    table<Row>(
      [
        { name: 'method', align: 'left', cell: ({ name }) => name },
        { name: 'seeds', align: 'right', cell: (row) => seedsText(row.cells) },
        score('100th percentile', ({ best }) => best, decimals),
        score('50th percentile', ({ median }) => median, decimals),
        ...(own
          ? [
              score('normalised 100th', ({ best }, cell) => normalisedScore(cell, best), 3),
              score('normalised 50th', ({ median }, cell) => normalisedScore(cell, median), 3),
            ]
          : []),
        ...(published.length > 0 ? publishedColumns : []),
        { name: 'seconds', align: 'right', cell: (row) => secondsText(row.cells) },
        { name: 'remarks', align: 'left', cell: (row) => problemsText(row.cells) },
      ],
      [...measured, ...published.map((result): Row => ({ name: result.method, cells: [], published: result }))],
    ),
  ];
}

function glanceRow({ task, methods }: OfflineTaskCells): GlanceRow {
  const text = (own: readonly OfflineCell[], percentile: Percentile): string =>
    numberText(mean(scoresOf(own, (one) => one[percentile])), 3);
  const scored = [...methods].filter(([, own]) => scoresOf(own, ({ best }) => best).length > 0);
  return {
    task,
    seeds: mostSeeds(methods),
    figures: new Map(scored.map(([method, own]) => [method, `${text(own, 'best')} / ${text(own, 'median')}`])),
  };
}

/** All that is to be said of offline cells. */
export function offlineBlocks(cells: readonly OfflineCell[]): readonly Block[] {
  if (cells.length === 0) return [];
  const tasks = [...groupedBy(cells, ({ task }) => task)].map(([task, own]): OfflineTaskCells => ({
    task,
    methods: groupedBy(own, ({ method }) => method),
  }));
  const facts = [...groupedBy(cells, ({ method }) => method)].map(([method, own]): MethodFacts => ({
    method,
    remark: problemsText(own),
  }));
  const ranks = (percentile: Percentile): Block =>
    standingsTable(
      tasks.map((one) => offlineLosses(one, percentile)),
      facts,
    );
  return [
    heading(2, 'Offline'),
    paragraph(
      'Methods see the visible rows of a table and propose designs once. Normalised scores are 0 for the worst and 1 for the best of the ' +
        'full data. Ranks are by the mean score on each task, among the methods measured there.',
    ),
    paragraph('By the 100th percentile, the best proposal:'),
    ranks('best'),
    paragraph('By the 50th percentile, the median proposal:'),
    ranks('median'),
    paragraph('100th / 50th percentile in the unit of each task, mean over seeds:'),
    glanceTable(tasks.map(glanceRow), [...new Set(cells.map(({ method }) => method))]),
    ...tasks.flatMap(taskBlocks),
  ];
}
