import { methodNotes, type AnyMethodName } from '../methods/catalogue.ts';
import { mean, median } from '../statistics.ts';
import { taskGroups, type TaskGroup, type TaskName } from '../tasks/catalogue.ts';
import { markdownTable, meanAndDeviation, type MarkdownColumn } from './markdown.ts';
import { publishedTable } from './published.ts';
import type { Scores } from './scores.ts';
import { isRandom, randomDraws, type TaskCell } from './task-cells.ts';

/** The cells of one method on one task. */
export interface MethodCells {
  readonly task: TaskName;
  readonly method: AnyMethodName;
  readonly cells: readonly TaskCell[];
}

interface Row {
  readonly method: AnyMethodName;
  readonly cells: readonly TaskCell[];
  /** Over seeds, or over draws of a random method. */
  readonly scores: readonly Scores[];
}

function rowOf({ method, cells }: Pick<MethodCells, 'method' | 'cells'>): Row {
  return { method, cells, scores: cells.flatMap(({ scores }) => scores) };
}

/** Decimals that show three digits. */
function decimalsFor(values: readonly number[]): number {
  const size = Math.abs(mean(values));
  return size > 0 ? Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(size)))) : 2;
}

function over(scores: readonly Scores[], pick: (one: Scores) => number, decimals?: number): string {
  const values = scores.map(pick).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? '' : meanAndDeviation(values, decimals ?? decimalsFor(values));
}

function usage({ method, cells }: Row, pick: (cell: TaskCell) => number, middle = median): string {
  return isRandom(method) ? '' : middle(cells.map(pick)).toFixed(0);
}

function greatest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => Math.max(a, b));
}

function columnsFor(rows: readonly Row[], decimals: number | undefined): readonly MarkdownColumn<Row>[] {
  const allScored = rows.every(({ scores, cells }) => scores.every(({ scored }) => scored === cells[0]?.count));
  const scored: MarkdownColumn<Row> = {
    name: 'measured',
    align: 'right',
    cell: ({ scores }) =>
      meanAndDeviation(
        scores.map((one) => one.scored),
        0,
      ),
  };
  return [
    { name: 'method', align: 'left', cell: ({ method }) => methodNotes[method] },
    {
      name: 'seeds',
      align: 'right',
      cell: ({ method, cells }) => (isRandom(method) ? `${randomDraws} draws` : `${cells.length}`),
    },
    { name: 'best', align: 'right', cell: ({ scores }) => over(scores, ({ best }) => best, decimals) },
    { name: 'median', align: 'right', cell: ({ scores }) => over(scores, (one) => one.median, decimals) },
    ...(allScored ? [] : [scored]),
    { name: 'seconds', align: 'right', cell: (row) => usage(row, ({ seconds }) => seconds) },
    { name: 'slowest', align: 'right', cell: (row) => usage(row, ({ seconds }) => seconds, greatest) },
    { name: 'processor seconds', align: 'right', cell: (row) => usage(row, ({ cpuSeconds }) => cpuSeconds) },
    { name: 'MB', align: 'right', cell: (row) => usage(row, ({ megabytes }) => megabytes) },
  ];
}

function decimalsOf(rows: readonly Row[]): number | undefined {
  return rows[0]?.cells[0]?.unit === 'normalised' ? 3 : undefined;
}

function table(rows: readonly Row[]): string {
  return markdownTable(columnsFor(rows, decimalsOf(rows)), rows);
}

function caption(name: string, rows: readonly Row[]): string {
  const first = rows[0]?.cells[0];
  if (first === undefined) return name;
  const shown = first.unit === 'normalised' ? first.bestVisible.toFixed(3) : first.bestVisible.toPrecision(4);
  return `${name} (${first.unit}): ${first.count} proposals; the best visible row has ${shown}.${first.note === undefined ? '' : ` ${first.note}`}`;
}

function taskTable(name: TaskName, measured: readonly MethodCells[]): string {
  const rows = measured.filter(({ task, cells }) => task === name && cells.length > 0).map(rowOf);
  return `${caption(name, rows)}\n\n${table(rows)}`;
}

/** The mean over tasks, seed by seed (draw by draw for a random method). */
function meanRow(method: AnyMethodName, lists: readonly (readonly TaskCell[])[]): Row {
  const perTask = lists.map((cells) => cells.flatMap(({ scores }) => scores));
  const count = Math.min(...perTask.map(({ length }) => length));
  const average = (at: number, pick: (one: Scores) => number): number => mean(perTask.map((list) => pick(list[at]!)));
  const scores = Array.from({ length: count }, (_, at) => ({
    best: average(at, ({ best }) => best),
    median: average(at, (one) => one.median),
    scored: average(at, ({ scored }) => scored),
  }));
  return { method, cells: lists.flat(), scores };
}

/** Methods that were measured on all tasks of a group: their means, and best / median for each task. */
function meanTables(names: readonly TaskName[], measured: readonly MethodCells[]): string {
  const listsOf = (method: AnyMethodName): readonly (readonly TaskCell[])[] =>
    names.flatMap((name) => {
      const found = measured.find((one) => one.task === name && one.method === method && one.cells.length > 0);
      return found === undefined ? [] : [found.cells];
    });
  const methods = [...new Set(measured.map(({ method }) => method))].filter(
    (method) => listsOf(method).length === names.length,
  );
  if (methods.length === 0) return 'Not all tasks of this group were measured.';
  const rows = methods.map((method) => meanRow(method, listsOf(method)));
  const columns = columnsFor(rows, decimalsOf(rows)).map((column) =>
    column.name === 'seeds'
      ? { ...column, cell: ({ method, scores }: Row) => `${scores.length}${isRandom(method) ? ' draws' : ''}` }
      : column,
  );
  const detail: readonly MarkdownColumn<AnyMethodName>[] = [
    { name: 'best / median', align: 'left', cell: (method) => methodNotes[method] },
    ...names.map((name, at): MarkdownColumn<AnyMethodName> => ({
      name,
      align: 'right',
      cell: (method) => {
        const { scores } = rowOf({ method, cells: listsOf(method)[at] ?? [] });
        return `${mean(scores.map(({ best }) => best)).toFixed(3)} / ${mean(scores.map((one) => one.median)).toFixed(3)}`;
      },
    })),
  ];
  return [
    `Mean over ${names.join(', ')} (normalised): ${rows[0]?.cells[0]?.count ?? 0} proposals.`,
    markdownTable(columns, rows),
    markdownTable(detail, methods),
  ].join('\n\n');
}

/** The results of a group of tasks as Markdown; undefined where none of its tasks was measured. */
export function groupText(group: TaskGroup, measured: readonly MethodCells[]): string | undefined {
  const names = taskGroups[group].filter((name) =>
    measured.some(({ task, cells }) => task === name && cells.length > 0),
  );
  if (names.length === 0) return undefined;
  if (group === 'tf-landscapes') return meanTables(taskGroups[group], measured);
  const tables = names.map((name) => taskTable(name, measured));
  return [
    ...tables,
    ...(group === 'tf-bind-8'
      ? [
          'Published results on TF-Bind-8, by median. These methods were allowed to propose rows of the visible data.',
          publishedTable(),
        ]
      : []),
  ].join('\n\n');
}
