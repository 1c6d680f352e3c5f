import { randomStream } from '../../src/base/index.ts';
import type { Design, SpaceDefinition } from '../../src/space/index.ts';
import { mean, median } from '../statistics.ts';
import { lookupOracle, type LookupOracle } from '../tasks/lookup.ts';
import type { CellKey } from './cells.ts';
import { designInRow, proposalProblems } from './checks.ts';
import { inTemporaryFolder, runPropose, type Usage } from './command-line.ts';
import { distanceToData } from './distance.ts';
import { markdownTable, meanAndDeviation, type MarkdownColumn } from './markdown.ts';
import { loadTableTask, type TableRow, type TableTask, type TableTaskName } from './table-tasks.ts';

/** Best and median of some true rewards. */
interface Scores {
  readonly best: number;
  readonly median: number;
}

/** One run of `diffopt propose` on a table. Rewards are in their own units. */
export interface TableCell extends CellKey, Usage {
  readonly parameters: number;
  /** Best predicted reward among the proposals. */
  readonly predicted: number;
  readonly rankCorrelation: number | null;
  readonly problems: readonly string[];
  /** How far the proposals lie from the data (`distanceToData`). */
  readonly distance: number;
  /** True rewards of the proposals, and of those that the surrogate alone would take from all candidates; complete tables only. */
  readonly truth?: { readonly proposed: Scores; readonly surrogateAlone: Scores };
  /** The proposals, best first. */
  readonly designs: readonly Design[];
}

/** Draws of random candidates that the random column is a mean of. */
const candidateDraws = 1000;

type Better = (values: readonly number[]) => number;
const better: { readonly [D in TableTask['direction']]: Better } = {
  maximize: (values) => values.reduce((a, b) => Math.max(a, b)),
  minimize: (values) => values.reduce((a, b) => Math.min(a, b)),
};

function scoresOf(values: readonly number[], { direction }: TableTask): Scores {
  return { best: better[direction](values), median: median(values) };
}

function oracleOf({ name, reward }: TableTask, complete: readonly TableRow[], space: SpaceDefinition): LookupOracle {
  return lookupOracle(
    name,
    Object.keys(space.parameters),
    complete.map((row) => designInRow(space, row)),
    complete.map((row) => Number(row[reward])),
  );
}

/** The true scores of the first proposals, and of the candidates with the best predicted rewards whatever the diffusion model says. */
function truthOf(
  task: TableTask,
  complete: readonly TableRow[],
  space: SpaceDefinition,
  proposed: readonly TableRow[],
  ranked: readonly TableRow[],
): NonNullable<TableCell['truth']> {
  const oracle = oracleOf(task, complete, space);
  const sign = task.direction === 'maximize' ? 1 : -1;
  const predicted = (row: TableRow): number => sign * Number(row[`predicted_${task.reward}`]);
  const alone = [...ranked].sort((a, b) => predicted(b) - predicted(a)).slice(0, proposed.length);
  const scores = (rows: readonly TableRow[]): Scores =>
    scoresOf(
      rows.map((row) => oracle.score(designInRow(space, row))),
      task,
    );
  return { proposed: scores(proposed), surrogateAlone: scores(alone) };
}

function measuredRows({ visible, reward }: TableTask): readonly TableRow[] {
  return visible.filter((row) => row[reward] !== '');
}

async function measure(task: TableTask, key: CellKey): Promise<TableCell> {
  return inTemporaryFolder(async (folder) => {
    const { table, flags } = task.write(folder);
    const seeded = [...flags, '--seed', `${key.seed}`];
    const { rows, space, rankCorrelation, usage } = await runPropose(
      table,
      [...seeded, '--count', `${key.count}`],
      folder,
    );
    const measured = measuredRows(task).map((row) => designInRow(space, row));
    const designs = rows.map((row) => designInRow(space, row));
    const { complete } = task;
    const left = (complete?.length ?? 0) - measured.length;
    const truth =
      complete === undefined
        ? undefined
        : truthOf(
            task,
            complete,
            space,
            rows,
            (await runPropose(table, [...seeded, '--count', `${left}`], folder)).rows,
          );
    return {
      ...key,
      parameters: Object.keys(space.parameters).length,
      predicted: better[task.direction](rows.map((row) => Number(row[`predicted_${task.reward}`]))),
      rankCorrelation,
      problems: proposalProblems(space, rows, measured),
      distance: distanceToData(space, designs, measured),
      ...(truth === undefined ? {} : { truth }),
      ...usage,
      designs,
    };
  });
}

/** Measures one cell of a task, and says in a line what came of it. */
export async function tableCell(
  name: TableTaskName,
  key: CellKey,
): Promise<{ readonly cell: TableCell; readonly line: string }> {
  const cell = await measure(loadTableTask(name), key);
  const truth = cell.truth === undefined ? '' : `, true median ${cell.truth.proposed.median.toFixed(2)}`;
  return { cell, line: `best predicted ${cell.predicted.toPrecision(3)}${truth}` };
}

interface Row {
  readonly task: TableTask;
  readonly cells: readonly TableCell[];
}

function over(cells: readonly TableCell[], pick: (cell: TableCell) => number, decimals: number): string {
  return meanAndDeviation(cells.map(pick), decimals);
}

function middle(cells: readonly TableCell[], pick: (cell: TableCell) => number): string {
  return median(cells.map(pick)).toFixed(0);
}

function rewardsOf(rows: readonly TableRow[], { reward }: TableTask): readonly number[] {
  return rows.map((row) => Number(row[reward]));
}

const tableColumns: readonly MarkdownColumn<Row>[] = [
  { name: 'table', align: 'left', cell: ({ task }) => task.name },
  { name: 'reward', align: 'left', cell: ({ task }) => `${task.direction} ${task.reward}` },
  {
    name: 'rows',
    align: 'right',
    cell: ({ task }) => {
      const unlabelled = task.visible.length - measuredRows(task).length;
      return unlabelled === 0 ? `${task.visible.length}` : `${task.visible.length}, ${unlabelled} without reward`;
    },
  },
  { name: 'parameters', align: 'right', cell: ({ cells }) => `${cells[0]?.parameters ?? 0}` },
  { name: 'seeds', align: 'right', cell: ({ cells }) => `${cells.length}` },
  {
    name: 'flawless proposals',
    align: 'right',
    cell: ({ cells }) => {
      const total = cells.reduce((sum, { count }) => sum + count, 0);
      const flawed = cells.reduce((sum, cell) => sum + flawedProposals(cell), 0);
      return `${total - flawed} of ${total}`;
    },
  },
  {
    name: 'best of data',
    align: 'right',
    cell: ({ task }) => better[task.direction](rewardsOf(measuredRows(task), task)).toPrecision(4),
  },
  { name: 'best predicted', align: 'right', cell: ({ cells }) => over(cells, ({ predicted }) => predicted, 3) },
  { name: 'distance to data', align: 'right', cell: ({ cells }) => over(cells, ({ distance }) => distance, 1) },
  {
    name: 'rank correlation',
    align: 'right',
    cell: ({ cells }) => over(cells, ({ rankCorrelation }) => rankCorrelation ?? NaN, 2),
  },
  { name: 'seconds', align: 'right', cell: ({ cells }) => middle(cells, ({ seconds }) => seconds) },
  { name: 'processor seconds', align: 'right', cell: ({ cells }) => middle(cells, ({ cpuSeconds }) => cpuSeconds) },
  { name: 'MB', align: 'right', cell: ({ cells }) => middle(cells, ({ megabytes }) => megabytes) },
];

/** Proposals with at least one problem. */
function flawedProposals({ problems }: TableCell): number {
  return new Set(problems.map((problem) => problem.slice(0, problem.indexOf(':')))).size;
}

/** What every table's runs gave: a row per table. */
function tablesTable(cells: ReadonlyMap<TableTaskName, readonly TableCell[]>): string {
  return markdownTable(
    tableColumns,
    [...cells].map(([name, list]) => ({ task: loadTableTask(name), cells: list })),
  );
}

interface TruthRow {
  readonly task: TableTask;
  readonly choice: string;
  readonly scores: readonly Scores[];
}

const truthColumns: readonly MarkdownColumn<TruthRow>[] = [
  { name: 'table', align: 'left', cell: ({ task }) => task.name },
  { name: 'chosen by', align: 'left', cell: ({ choice }) => choice },
  {
    name: 'best',
    align: 'right',
    cell: ({ scores }) =>
      meanAndDeviation(
        scores.map(({ best }) => best),
        2,
      ),
  },
  {
    name: 'median',
    align: 'right',
    cell: ({ scores }) =>
      meanAndDeviation(
        scores.map((one) => one.median),
        2,
      ),
  },
];

/** True rewards of random candidates that were not visible. */
function randomScores(task: TableTask, complete: readonly TableRow[], count: number): readonly Scores[] {
  const seen = new Set(task.visible.map((row) => JSON.stringify(row)));
  const rewards = rewardsOf(
    complete.filter((row) => !seen.has(JSON.stringify(row))),
    task,
  );
  const stream = randomStream(0).split('candidates', task.name);
  return Array.from({ length: candidateDraws }, (_, i) => {
    const chosen = stream.split(i).permutation(rewards.length).subarray(0, count);
    return scoresOf(
      Array.from(chosen, (at) => rewards[at]!),
      task,
    );
  });
}

function truthRows(task: TableTask, cells: readonly TableCell[]): readonly TruthRow[] {
  const { complete } = task;
  if (complete === undefined) return [];
  const truths = cells.flatMap(({ truth }) => (truth === undefined ? [] : [truth]));
  const all = [...rewardsOf(complete, task)].sort((a, b) => (task.direction === 'maximize' ? b - a : a - b));
  const count = cells[0]?.count ?? 0;
  const random = randomScores(task, complete, count);
  return [
    { task, choice: '**this package**', scores: truths.map(({ proposed }) => proposed) },
    { task, choice: 'its surrogate alone', scores: truths.map(({ surrogateAlone }) => surrogateAlone) },
    { task, choice: `chance, mean of ${candidateDraws} draws`, scores: [meanScores(random)] },
    { task, choice: `knowing all: the best ${count}`, scores: [scoresOf(all.slice(0, count), task)] },
  ];
}

function meanScores(scores: readonly Scores[]): Scores {
  return { best: mean(scores.map(({ best }) => best)), median: mean(scores.map((one) => one.median)) };
}

/** True rewards where the table is complete: a row per table and way to choose. */
function truthTable(cells: ReadonlyMap<TableTaskName, readonly TableCell[]>): string {
  return markdownTable(
    truthColumns,
    [...cells].flatMap(([name, list]) => truthRows(loadTableTask(name), list)),
  );
}

/** The results as Markdown. */
export function tablesText(cells: ReadonlyMap<TableTaskName, readonly TableCell[]>): string {
  const complete = [...cells].filter(([, list]) => list.some(({ truth }) => truth !== undefined));
  return [
    'A flawless proposal obeys bounds, types, steps and constraints (to 1e-9) in the CSV that was written, repeats no other, and was ' +
      'not measured. Mean ± standard deviation over seeds; seconds and MB: medians.',
    tablesTable(cells),
    ...(complete.length === 0
      ? []
      : [
          'True rewards where the table is complete: the worse half of its rows is the data, the proposals are chosen among the others.',
          truthTable(new Map(complete)),
        ]),
  ].join('\n\n');
}
