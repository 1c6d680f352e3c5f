import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { scoreSummary } from '../random-baselines.ts';
import { loadOfflineTask, type OfflineTask, type OfflineTaskName } from '../tasks/offline.ts';
import type { CellKey } from './cells.ts';
import { designInRow, proposalProblems } from './checks.ts';
import { inTemporaryFolder, runPropose, type Usage } from './command-line.ts';
import { markdownTable, meanAndDeviation, type MarkdownColumn } from './markdown.ts';
import { writeVisible } from './sequences.ts';

interface Scores {
  readonly max: number;
  readonly median: number;
}

/** One run of `diffopt propose --candidates` with every design that is not in the data: nothing is sampled, all is ranked. */
export interface CatalogueCell extends CellKey, Usage {
  /** Ranked by what the surrogate predicts and how well the diffusion model knows such designs. */
  readonly supported: Scores;
  /** Ranked by what the surrogate predicts. */
  readonly surrogateAlone: Scores;
  readonly problems: readonly string[];
}

async function measure(task: OfflineTask, key: CellKey): Promise<CatalogueCell> {
  const { definition, unseen, visible, reward } = task;
  return inTemporaryFolder(async (folder) => {
    const { table, flags } = writeVisible(task, folder);
    writeFileSync(join(folder, 'candidates.csv'), stringify([...unseen], { header: true }));
    const all = [...flags, '--candidates', 'candidates.csv', '--count', `${unseen.length}`, '--seed', `${key.seed}`];
    const { rows, usage } = await runPropose(table, all, folder);
    const predicted = rows.map((row) => Number(row[`predicted_${reward}`]));
    const order = [...predicted.keys()].sort((a, b) => predicted[b]! - predicted[a]!);
    const first = rows.slice(0, key.count);
    const alone = order.slice(0, key.count).map((at) => rows[at]!);
    const scores = (chosen: typeof rows): Scores =>
      scoreSummary(
        task,
        chosen.map((row) => designInRow(definition, row)),
      );
    const problems = proposalProblems(definition, first, visible.designs);
    return { ...key, supported: scores(first), surrogateAlone: scores(alone), problems, ...usage };
  });
}

/** Measures one cell of a task, and says in a line what came of it. */
export async function catalogueCell(
  name: OfflineTaskName,
  key: CellKey,
): Promise<{ readonly cell: CatalogueCell; readonly line: string }> {
  const cell = await measure(loadOfflineTask(name), key);
  const { supported, surrogateAlone } = cell;
  return {
    cell,
    line: `median ${supported.median.toFixed(3)} from the list, ${surrogateAlone.median.toFixed(3)} by the surrogate alone`,
  };
}

interface Row {
  readonly name: OfflineTaskName;
  readonly choice: string;
  readonly seeds: number;
  readonly scores: readonly Scores[];
}

const columns: readonly MarkdownColumn<Row>[] = [
  { name: 'task', align: 'left', cell: ({ name }) => name },
  { name: 'chosen by', align: 'left', cell: ({ choice }) => choice },
  { name: 'seeds', align: 'right', cell: ({ seeds }) => `${seeds}` },
  {
    name: 'max',
    align: 'right',
    cell: ({ scores }) =>
      meanAndDeviation(
        scores.map(({ max }) => max),
        3,
      ),
  },
  {
    name: 'median',
    align: 'right',
    cell: ({ scores }) =>
      meanAndDeviation(
        scores.map(({ median }) => median),
        3,
      ),
  },
];

/** The results as Markdown. */
export function catalogueText(count: number, cells: ReadonlyMap<OfflineTaskName, readonly CatalogueCell[]>): string {
  const rows = [...cells].flatMap(([name, list]): readonly Row[] => [
    {
      name,
      choice: 'surrogate and diffusion support',
      seeds: list.length,
      scores: list.map(({ supported }) => supported),
    },
    {
      name,
      choice: 'surrogate alone',
      seeds: list.length,
      scores: list.map(({ surrogateAlone }) => surrogateAlone),
    },
  ]);
  return [
    `Nothing sampled: every design that is not in the data is given with \`--candidates\`, and the best ${count} of all are taken. ` +
      'The same seeds train the same surrogate and the same diffusion model as above.',
    markdownTable(columns, rows),
  ].join('\n\n');
}
