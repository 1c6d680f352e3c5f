import { markdownTable, meanAndDeviation, type MarkdownColumn } from '../offline/markdown.ts';
import { median } from '../statistics.ts';
import { failingMethods, measureFailing, type FailingCell } from './measure/failing.ts';
import { failingSpaceNames, failingSpaces } from './measure/failing-spaces.ts';
import { settingsOf, type Part } from './part.ts';

type Row = readonly FailingCell[];

function percent(name: string, value: (cell: FailingCell) => number): MarkdownColumn<Row> {
  return {
    name,
    align: 'right',
    cell: (cells) =>
      meanAndDeviation(
        cells.map((cell) => 100 * value(cell)),
        0,
      ),
  };
}

/** Over the seeds in which any proposal works. */
function reward(name: string, value: (cell: FailingCell) => number): MarkdownColumn<Row> {
  return {
    name,
    align: 'right',
    cell: (cells) => {
      const values = cells.map(value).filter((one) => !Number.isNaN(one));
      return values.length === 0 ? 'none works' : meanAndDeviation(values, 3);
    },
  };
}

const columns: readonly MarkdownColumn<Row>[] = [
  { name: 'space', align: 'left', cell: ([first]) => first!.task },
  { name: 'failed rows', align: 'left', cell: ([first]) => first!.method },
  { name: 'seeds', align: 'right', cell: (cells) => `${cells.length}` },
  percent('rows that fail, %', ({ failedRows }) => failedRows),
  percent('**proposals that fail, %**', ({ failing }) => failing),
  reward('best row', ({ bestRow }) => bestRow),
  reward('**best that works**', ({ scores }) => scores.best),
  reward('median of those that work', ({ scores }) => scores.median),
  { name: 'seconds', align: 'right', cell: (cells) => median(cells.map(({ seconds }) => seconds)).toFixed(0) },
];

const settings = settingsOf(failingSpaceNames, failingMethods, 96);

export function failingText(cells: readonly FailingCell[]): string {
  const rows = settings.flatMap(({ task, method }): readonly Row[] => {
    const own = cells.filter((cell) => cell.task === task && cell.method === method);
    return own.length === 0 ? [] : [own];
  });
  const rules = failingSpaceNames.map((name) => {
    const { rows: count, rule } = failingSpaces[name];
    return `- ${name}: ${count} uniform rows; fails: ${rule}.`;
  });
  return [
    '96 proposals from tables in which some experiments failed by a rule that is not told. All rewards are to be minimised, and those of ' +
      'proposals are true ones, without those that fail. Mean ± standard deviation over seeds, which draw the rows.',
    rules.join('\n'),
    markdownTable(columns, rows),
  ].join('\n\n');
}

export const failing: Part = {
  settings,
  seeds: [0, 1, 2, 3, 4],
  measure: async (key) => {
    const cell = await measureFailing(key as Parameters<typeof measureFailing>[0]);
    return {
      cell,
      line: `${(100 * cell.failing).toFixed(0)} % fail, best ${cell.scores.best.toFixed(3)}, median ${cell.scores.median.toFixed(3)}`,
    };
  },
  text: (cells) => failingText(cells as readonly FailingCell[]),
};
