import { rankCorrelation } from '../../src/base/index.ts';
import { markdownTable, type MarkdownColumn } from '../offline/markdown.ts';
import { mean } from '../statistics.ts';
import { splitNames, type SplitName } from './measure/split.ts';
import { trustTableNames } from './measure/trust-tables.ts';
import { measureTrust, type Told, type TrustCell } from './measure/trust.ts';
import { settingsOf, type Part } from './part.ts';

/** Trust from one limit to the next. */
const bins = [
  { name: '< 0.05', from: 0, to: 0.05 },
  { name: '0.05 to 0.25', from: 0.05, to: 0.25 },
  { name: '> 0.25', from: 0.25, to: Infinity },
] as const;

/** Fewer rows say nothing. */
const leastRows = 10;

/** Standard deviations to either side that hold 80 % of a normal distribution. */
const eighty = 1.2815515655446004;

function inBins(told: readonly Told[]): readonly (readonly Told[])[] {
  return bins.map(({ from, to }) => told.filter(({ trust }) => trust >= from && trust < to));
}

/** Root of the mean squared error. */
export function rootMeanSquare(told: readonly Told[]): number {
  return Math.sqrt(mean(told.map(({ error }) => error ** 2)));
}

/** Share of rewards inside the 80 % interval of a normal distribution with the predicted mean and standard deviation. */
export function covered(told: readonly Told[]): number {
  return mean(told.map(({ error, std }) => (Math.abs(error) <= eighty * std ? 1 : 0)));
}

/** Half the width of a 95 % interval of Spearman's correlation of n pairs, on the scale of atanh (Bonett and Wright 2000). */
function halfWidth(correlation: number, n: number): number {
  return 1.959963984540054 * Math.sqrt((1 + correlation ** 2 / 2) / (n - 3));
}

/** The mean of rank correlations, one a seed, with a 95 % interval as if there were no more rows than those of one seed. */
export function correlationText(samples: readonly (readonly Told[])[], of: (told: Told) => number): string {
  const correlations = samples.map((told) =>
    rankCorrelation(
      told.map(of),
      told.map(({ error }) => Math.abs(error)),
    ),
  );
  const centre = mean(correlations);
  const half = halfWidth(centre, mean(samples.map((told) => told.length)));
  const end = (side: -1 | 1): string => Math.tanh(Math.atanh(centre) + side * half).toFixed(2);
  return `${centre.toFixed(2)} (${end(-1)} to ${end(1)})`;
}

interface Row {
  readonly name: string;
  /** By seed. */
  readonly samples: readonly (readonly Told[])[];
}

function byBin(name: string, value: (told: readonly Told[]) => string): MarkdownColumn<Row> {
  return {
    name,
    align: 'right',
    cell: ({ samples }) =>
      inBins(samples.flat())
        .map((told) => (told.length < leastRows ? '-' : value(told)))
        .join(' / '),
  };
}

const columns: readonly MarkdownColumn<Row>[] = [
  { name: 'table', align: 'left', cell: ({ name }) => name },
  { name: 'seeds', align: 'right', cell: ({ samples }) => `${samples.length}` },
  {
    name: 'rows',
    align: 'right',
    cell: ({ samples }) =>
      inBins(samples.flat())
        .map((told) => `${told.length}`)
        .join(' / '),
  },
  byBin('**error**', (told) => rootMeanSquare(told).toFixed(2)),
  byBin('in the 80 % interval, %', (told) => (100 * covered(told)).toFixed(0)),
  {
    name: '**trust and error**',
    align: 'right',
    cell: ({ samples }) => correlationText(samples, ({ trust }) => trust),
  },
  { name: 'std and error', align: 'right', cell: ({ samples }) => correlationText(samples, ({ std }) => std) },
];

const headings: { readonly [Name in SplitName | 'all']: string } = {
  all: 'All three kinds of held-out rows together:',
  random: 'Random rows held out:',
  edge: 'Rows at one end of the leading principal component held out:',
  best: 'The rows with the best rewards held out:',
};

const settings = settingsOf(trustTableNames, splitNames, 1);

/** The rows of a table that were held out in some ways, by seed: of seeds for which all of them were measured. */
function rowsOf(cells: readonly TrustCell[], splits: readonly SplitName[]): readonly Row[] {
  return trustTableNames.flatMap((name): readonly Row[] => {
    const own = cells.filter(({ task, method }) => task === name && splits.includes(method));
    const seeds = [...new Set(own.map(({ seed }) => seed))].sort((a, b) => a - b);
    const samples = seeds.flatMap((seed) => {
      const some = own.filter((cell) => cell.seed === seed);
      return some.length === splits.length ? [some.flatMap(({ told }) => told)] : [];
    });
    return samples.length === 0 ? [] : [{ name, samples }];
  });
}

export function trustText(cells: readonly TrustCell[]): string {
  const kinds = [['all', splitNames] as const, ...splitNames.map((name) => [name, [name]] as const)];
  return [
    'A fifth of the rows is held out, and the rest learnt from; every held-out row is then judged as a candidate. Three figures in a cell ' +
      `are of rows with trust ${bins.map(({ name }) => name).join(', ')}; of fewer than ${leastRows} rows none is given. Error: root of ` +
      "the mean squared error of the predicted reward, in standard deviations of the table's rewards, over the rows of all seeds. The last " +
      'two: rank correlation with the absolute error, mean over seeds, and its 95 % interval for the rows of one seed.',
    ...kinds.flatMap(([name, splits]) => [headings[name], markdownTable(columns, rowsOf(cells, splits))]),
  ].join('\n\n');
}

export const trust: Part = {
  settings,
  seeds: [0, 1, 2],
  measure: async (key) => {
    const cell = await measureTrust(key as Parameters<typeof measureTrust>[0]);
    return { cell, line: `error ${rootMeanSquare(cell.told).toFixed(3)} of ${cell.told.length} rows` };
  },
  text: (cells) => trustText(cells as readonly TrustCell[]),
};
