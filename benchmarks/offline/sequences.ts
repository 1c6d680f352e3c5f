import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { randomStream } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';
import { randomUniform, randomUnseen, scoreSummary, type RandomBaseline } from '../random-baselines.ts';
import { mean, median } from '../statistics.ts';
import { loadOfflineTask, tfLandscapeNames, type OfflineTask, type OfflineTaskName } from '../tasks/offline.ts';
import type { CellKey } from './cells.ts';
import { designInRow, proposalProblems } from './checks.ts';
import { inTemporaryFolder, runPropose, type Usage } from './command-line.ts';
import { markdownTable, meanAndDeviation, type MarkdownColumn } from './markdown.ts';
import { publishedTfBind8 } from './published.ts';

/** One run of `diffopt propose` on the visible half of a task. Scores are true and normalised. */
export interface SequenceCell extends CellKey, Usage {
  readonly max: number;
  readonly median: number;
  readonly rankCorrelation: number | null;
  readonly problems: readonly string[];
  /** The proposals, best first. */
  readonly designs: readonly Design[];
}

/** Draws of random proposals that the random columns are a mean of. */
const randomDraws = 1000;

/** Writes the visible half of a task and its space into a folder: the table's name, and the flags of `propose` that go with it. */
export function writeVisible(
  { definition, visible, reward }: OfflineTask,
  folder: string,
): { readonly table: string; readonly flags: readonly string[] } {
  const rows = visible.designs.map((design, row) => ({ ...design, [reward]: visible.rewards[row] }));
  writeFileSync(join(folder, 'visible.csv'), stringify(rows, { header: true }));
  writeFileSync(join(folder, 'space.json'), JSON.stringify(definition));
  return { table: 'visible.csv', flags: ['--reward', reward, '--space', 'space.json'] };
}

async function measure(task: OfflineTask, key: CellKey): Promise<SequenceCell> {
  const { definition, visible } = task;
  return inTemporaryFolder(async (folder) => {
    const { table, flags } = writeVisible(task, folder);
    const asked = [...flags, '--count', `${key.count}`, '--seed', `${key.seed}`];
    const { rows: proposals, rankCorrelation, usage } = await runPropose(table, asked, folder);
    const designs = proposals.map((row) => designInRow(definition, row));
    const scores = scoreSummary(task, designs);
    const problems = proposalProblems(definition, proposals, visible.designs);
    return { ...key, ...scores, rankCorrelation, problems, ...usage, designs };
  });
}

/** Measures one cell of a task, and says in a line what came of it. */
export async function sequenceCell(
  name: OfflineTaskName,
  key: CellKey,
): Promise<{ readonly cell: SequenceCell; readonly line: string }> {
  const cell = await measure(loadOfflineTask(name), key);
  return { cell, line: `max ${cell.max.toFixed(3)}, median ${cell.median.toFixed(3)}` };
}

interface Summary {
  readonly name: string;
  readonly seeds: string;
  readonly best: number;
  readonly random: { readonly max: number; readonly median: number };
  readonly maxima: readonly number[];
  readonly medians: readonly number[];
  readonly correlation: number;
  readonly seconds: { readonly middle: number; readonly slowest: number };
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

function randomScores(task: OfflineTask, count: number, draw: RandomBaseline): Summary['random'] {
  const stream = randomStream(0).split('offline benchmark', task.name);
  const draws = Array.from({ length: randomDraws }, (_, i) => scoreSummary(task, draw(task, count, stream.split(i))));
  return { max: mean(draws.map(({ max }) => max)), median: mean(draws.map((one) => one.median)) };
}

function bestVisible({ visible, limits }: OfflineTask): number {
  const best = visible.rewards.reduce((a, b) => Math.max(a, b));
  return (best - limits.min) / (limits.max - limits.min);
}

function summaryOf(name: OfflineTaskName, count: number, cells: readonly SequenceCell[]): Summary {
  const task = loadOfflineTask(name);
  return {
    name,
    seeds: `${cells.length}`,
    best: bestVisible(task),
    random: randomScores(task, count, randomUnseen),
    maxima: cells.map(({ max }) => max),
    medians: cells.map((cell) => cell.median),
    correlation: mean(cells.map(({ rankCorrelation }) => rankCorrelation ?? NaN)),
    seconds: {
      middle: median(cells.map(({ seconds }) => seconds)),
      slowest: Math.max(...cells.map(({ seconds }) => seconds)),
    },
    cpuSeconds: median(cells.map(({ cpuSeconds }) => cpuSeconds)),
    megabytes: median(cells.map(({ megabytes }) => megabytes)),
  };
}

/** The mean over tasks of each column. */
function meanSummary(name: string, summaries: readonly Summary[]): Summary {
  const over = (pick: (summary: Summary) => number): number => mean(summaries.map(pick));
  return {
    name,
    seeds: [...new Set(summaries.map(({ seeds }) => seeds))].join(', '),
    best: over(({ best }) => best),
    random: { max: over(({ random }) => random.max), median: over(({ random }) => random.median) },
    maxima: [over(({ maxima }) => mean(maxima))],
    medians: [over(({ medians }) => mean(medians))],
    correlation: over(({ correlation }) => correlation),
    seconds: {
      middle: over(({ seconds }) => seconds.middle),
      slowest: Math.max(...summaries.map(({ seconds }) => seconds.slowest)),
    },
    cpuSeconds: over(({ cpuSeconds }) => cpuSeconds),
    megabytes: over(({ megabytes }) => megabytes),
  };
}

const summaryColumns: readonly MarkdownColumn<Summary>[] = [
  { name: 'task', align: 'left', cell: ({ name }) => name },
  { name: 'seeds', align: 'right', cell: ({ seeds }) => seeds },
  { name: 'best of data', align: 'right', cell: ({ best }) => best.toFixed(3) },
  { name: 'random max', align: 'right', cell: ({ random }) => random.max.toFixed(3) },
  { name: 'random median', align: 'right', cell: ({ random }) => random.median.toFixed(3) },
  { name: '**max**', align: 'right', cell: ({ maxima }) => meanAndDeviation(maxima, 3) },
  { name: '**median**', align: 'right', cell: ({ medians }) => meanAndDeviation(medians, 3) },
  { name: 'rank correlation', align: 'right', cell: ({ correlation }) => correlation.toFixed(2) },
  { name: 'seconds', align: 'right', cell: ({ seconds }) => seconds.middle.toFixed(0) },
  { name: 'slowest', align: 'right', cell: ({ seconds }) => seconds.slowest.toFixed(0) },
  { name: 'processor seconds', align: 'right', cell: ({ cpuSeconds }) => cpuSeconds.toFixed(0) },
  { name: 'MB', align: 'right', cell: ({ megabytes }) => megabytes.toFixed(0) },
];

/** A row per task, and one for the mean of the six landscapes where all were measured. */
function sequenceTable(count: number, cells: ReadonlyMap<OfflineTaskName, readonly SequenceCell[]>): string {
  const rows = [...cells].map(([name, list]) => summaryOf(name, count, list));
  const landscapes = rows.filter(({ name }) => tfLandscapeNames.some((known) => known === name));
  const complete = landscapes.length === tfLandscapeNames.length;
  return markdownTable(summaryColumns, complete ? [...rows, meanSummary('mean of the six', landscapes)] : rows);
}

interface FieldRow {
  readonly method: string;
  readonly max: string;
  readonly median: string;
  readonly count: number;
  readonly visible: 'never' | 'allowed';
  readonly source: string;
}

const fieldColumns: readonly MarkdownColumn<FieldRow>[] = [
  { name: 'method', align: 'left', cell: ({ method }) => method },
  { name: 'max', align: 'right', cell: ({ max }) => max },
  { name: 'median', align: 'right', cell: (row) => row.median },
  { name: 'proposals', align: 'right', cell: ({ count }) => `${count}` },
  { name: 'rows of the data', align: 'left', cell: ({ visible }) => visible },
  { name: 'source', align: 'left', cell: ({ source }) => source },
];

function publishedNumber(value: readonly [number, number?] | undefined): string {
  if (value === undefined) return '';
  const [centre, spread] = value;
  return spread === undefined ? centre.toFixed(3) : `${centre.toFixed(3)} ± ${spread.toFixed(3)}`;
}

/** Our results on TF-Bind-8 beside random proposals and published methods, best median first. */
function fieldTable(count: number, cells: readonly SequenceCell[]): string {
  const task = loadOfflineTask('tf-bind-8');
  const random = (name: string, draw: RandomBaseline, visible: FieldRow['visible']): FieldRow => {
    const { max, median } = randomScores(task, count, draw);
    const source = `measured here: ${randomDraws} draws`;
    return { method: name, max: max.toFixed(3), median: median.toFixed(3), count, visible, source };
  };
  const measured: readonly FieldRow[] = [
    {
      method: '**this package**',
      max: meanAndDeviation(
        cells.map(({ max }) => max),
        3,
      ),
      median: meanAndDeviation(
        cells.map((cell) => cell.median),
        3,
      ),
      count,
      visible: 'never',
      source: `measured here: ${cells.length} seeds`,
    },
    random('random designs that are not in the data', randomUnseen, 'never'),
    random('random designs', randomUniform, 'allowed'),
  ];
  const published = publishedTfBind8.map((result): FieldRow => ({
    method: result.method,
    max: publishedNumber(result.max),
    median: publishedNumber(result.median),
    count: result.count,
    visible: 'allowed',
    source: result.source,
  }));
  const rows = [...measured, ...published].sort((a, b) => parseFloat(b.median || '0') - parseFloat(a.median || '0'));
  return markdownTable(fieldColumns, rows);
}

/** The results as Markdown. */
export function sequencesText(count: number, cells: ReadonlyMap<OfflineTaskName, readonly SequenceCell[]>): string {
  const tfBind8 = cells.get('tf-bind-8');
  return [
    `True scores of ${count} proposals that are not in the data, normalised to [0, 1]; mean ± standard deviation over seeds. ` +
      `Random: means of ${randomDraws} draws of as many designs that are not in the data. Seconds (wall and processor) and MB: medians over seeds.`,
    sequenceTable(count, cells),
    ...(tfBind8 === undefined
      ? []
      : [
          'TF-Bind-8 beside published results, by median. The published methods were allowed to propose rows of the visible data.',
          fieldTable(count, tfBind8),
        ]),
  ].join('\n\n');
}
