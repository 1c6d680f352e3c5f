import { markdownTable, meanAndDeviation, type MarkdownColumn } from '../offline/markdown.ts';
import { median } from '../statistics.ts';
import {
  hiddenShareNames,
  measureUnlabelled,
  unlabelledMethods,
  unlabelledRows,
  type UnlabelledCell,
} from './measure/unlabelled.ts';
import { settingsOf, type Part } from './part.ts';

type Row = readonly UnlabelledCell[];

const labels: { readonly [Method in UnlabelledCell['method']]: string } = {
  'labelled rows': 'the labelled rows alone',
  'all rows': 'all rows, pseudo-labels where hidden',
};

function figure(name: string, value: (cell: UnlabelledCell) => number, decimals: number): MarkdownColumn<Row> {
  return { name, align: 'right', cell: (cells) => meanAndDeviation(cells.map(value), decimals) };
}

const columns: readonly MarkdownColumn<Row>[] = [
  { name: 'rewards', align: 'left', cell: ([first]) => first!.task },
  { name: 'learns from', align: 'left', cell: ([first]) => labels[first!.method] },
  { name: 'seeds', align: 'right', cell: (cells) => `${cells.length}` },
  figure('best labelled row', ({ bestShown }) => bestShown, 3),
  figure('**samples**, max', ({ samples }) => samples.best, 3),
  figure('median', ({ samples }) => samples.median, 3),
  figure('distance', ({ distances }) => distances.samples, 2),
  figure('**proposals**, max', ({ scores }) => scores.best, 3),
  figure('median', ({ scores }) => scores.median, 3),
  figure('distance', ({ distances }) => distances.proposals, 2),
  figure('rank correlation', ({ rankCorrelation }) => rankCorrelation, 2),
  { name: 'seconds', align: 'right', cell: (cells) => median(cells.map(({ seconds }) => seconds)).toFixed(0) },
];

const settings = settingsOf(hiddenShareNames, unlabelledMethods, 96);

export function unlabelledText(cells: readonly UnlabelledCell[]): string {
  const rows = settings.flatMap(({ task, method }): readonly Row[] => {
    const own = cells.filter((cell) => cell.task === task && cell.method === method);
    return own.length === 0 ? [] : [own];
  });
  return [
    `Superconductor: ${unlabelledRows} rows drawn by the seed from those that the offline task shows, the rewards of most of them hidden; ` +
      '96 samples of the denoiser as they come, and 96 proposals. Max and median by the forest of the offline task, normalised; mean ± ' +
      'standard deviation over seeds. Distance: to as many other visible ' +
      'rows, which nothing learnt from, in units of what 95 % of those stay below in their distance to each other. Rank correlation: of the ' +
      'surrogate, which learns from the labelled rows in either case.',
    markdownTable(columns, rows),
  ].join('\n\n');
}

export const unlabelled: Part = {
  settings,
  seeds: [0, 1, 2],
  measure: async (key) => {
    const cell = await measureUnlabelled(key as Parameters<typeof measureUnlabelled>[0]);
    return {
      cell,
      line:
        `samples' median ${cell.samples.median.toFixed(3)}, proposals' max ${cell.scores.best.toFixed(3)}, ` +
        `median ${cell.scores.median.toFixed(3)}`,
    };
  },
  text: (cells) => unlabelledText(cells as readonly UnlabelledCell[]),
};
