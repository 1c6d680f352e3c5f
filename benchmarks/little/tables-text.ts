import { ranks } from '../../src/base/index.ts';
import { markdownTable, meanAndDeviation, type MarkdownColumn } from '../offline/markdown.ts';
import { holm, signedRankTest, type SignedRankTest } from '../significance.ts';
import { mean, median } from '../statistics.ts';
import type { LittleCell, RivalName } from './cell.ts';
import { littleSizes, littleTableNames, type LittleSize, type LittleTableName } from './tables.ts';

type Measure = 'mean' | 'best';
type Opponent = Exclude<RivalName, 'ours'>;

const rivals: readonly RivalName[] = ['ours', 'nearest to the best', 'random'];
const opponents: readonly Opponent[] = ['nearest to the best', 'random'];
const level = 0.05;

interface Row {
  readonly name: LittleTableName;
  /** Undefined for all sizes together. */
  readonly size: LittleSize | undefined;
  readonly cells: readonly LittleCell[];
}

function testAgainst(opponent: Opponent, { cells }: Row, measure: Measure): SignedRankTest {
  return signedRankTest(cells.map(({ outcomes }) => outcomes.ours[measure] - outcomes[opponent][measure]));
}

/** Adjusted probabilities, over all rows and opponents, that ours is no worse although it looks so (`less`), and no better (`greater`). */
function adjusted(
  rows: readonly Row[],
  measure: Measure,
  side: 'less' | 'greater',
): (row: Row, opponent: Opponent) => number {
  const tests = rows.flatMap((row) => opponents.map((opponent) => ({ row, opponent })));
  const values = holm(tests.map(({ row, opponent }) => testAgainst(opponent, row, measure)[side]));
  return (row, opponent) => values[tests.findIndex((test) => test.row === row && test.opponent === opponent)]!;
}

function verdict(worse: number, better: number): string {
  return worse < level ? '**worse**' : better < level ? 'better' : 'no difference';
}

function probability(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

function resultColumns(rows: readonly Row[], measure: Measure): readonly MarkdownColumn<Row>[] {
  const [less, greater] = [adjusted(rows, measure, 'less'), adjusted(rows, measure, 'greater')];
  const shown = rivals.map((rival): MarkdownColumn<Row> => ({
    name: rival === 'ours' ? '**this package**' : rival,
    align: 'right',
    cell: ({ cells }) =>
      meanAndDeviation(
        cells.map(({ outcomes }) => outcomes[rival][measure]),
        3,
      ),
  }));
  const tests = opponents.flatMap((opponent): readonly MarkdownColumn<Row>[] => [
    { name: `p worse than ${opponent}`, align: 'right', cell: (row) => probability(less(row, opponent)) },
    {
      name: `against ${opponent}`,
      align: 'left',
      cell: (row) => verdict(less(row, opponent), greater(row, opponent)),
    },
  ]);
  return [
    { name: 'table', align: 'left', cell: ({ name }) => name },
    { name: 'rows', align: 'right', cell: ({ size }) => (size === undefined ? 'all' : `${size}`) },
    { name: 'pairs', align: 'right', cell: ({ cells }) => `${cells.length}` },
    { name: 'chosen', align: 'right', cell: ({ cells }) => [...new Set(cells.map(({ count }) => count))].join(', ') },
    ...shown,
    ...tests,
  ];
}

/** Mean rank of each rival over all cells, 1 the best, ties shared. */
export function meanRanks(cells: readonly LittleCell[], measure: Measure): { readonly [Rival in RivalName]: number } {
  const places = cells.map(({ outcomes }) => ranks(rivals.map((rival) => -outcomes[rival][measure])));
  const of = (rival: RivalName): number => 1 + mean(places.map((list) => list[rivals.indexOf(rival)]!));
  return { ours: of('ours'), 'nearest to the best': of('nearest to the best'), random: of('random') };
}

function rankTable(cells: readonly LittleCell[]): string {
  return markdownTable(
    [
      { name: 'mean rank by', align: 'left', cell: (measure: Measure) => `the ${measure} of the chosen` },
      ...rivals.map((rival): MarkdownColumn<Measure> => ({
        name: rival === 'ours' ? '**this package**' : rival,
        align: 'right',
        cell: (measure) => meanRanks(cells, measure)[rival].toFixed(2),
      })),
    ],
    ['mean', 'best'] as const,
  );
}

const explanation: { readonly [M in Measure]: string } = {
  mean: 'Mean over the chosen candidates of the share of all candidates that are worse (0.5 by chance, 1 is perfect).',
  best: 'The same share for the best of the chosen.',
};

/** The results as Markdown. */
export function littleText(cells: readonly LittleCell[]): string {
  const byTable = littleTableNames.flatMap((name): readonly Row[] => {
    const own = cells.filter((cell) => cell.table === name);
    return own.length === 0 ? [] : [{ name, size: undefined, cells: own }];
  });
  const bySize = byTable.flatMap(({ name, cells: own }) =>
    littleSizes.flatMap((size): readonly Row[] => {
      const some = own.filter((cell) => cell.size === size);
      return some.length === 0 ? [] : [{ name, size, cells: some }];
    }),
  );
  const seconds = cells.map((cell) => cell.seconds);
  return [
    `${cells.length} cells of a table, a number of labelled rows and a seed; a choice took ${median(seconds).toFixed(1)} s in the median and ` +
      `${Math.max(...seconds).toFixed(1)} s at most. Random: the exact expectation. p: Wilcoxon's signed-rank test, one-sided and exact, ` +
      "adjusted by Holm over a table's lines and both opponents.",
    rankTable(cells),
    ...(['mean', 'best'] as const).flatMap((measure) => [
      `${explanation[measure]} All sizes of a table together:`,
      markdownTable(resultColumns(byTable, measure), byTable),
    ]),
    'Each size on its own, by the mean of the chosen:',
    markdownTable(resultColumns(bySize, 'mean'), bySize),
  ].join('\n\n');
}
