import { markdownTable, type MarkdownColumn } from './markdown.ts';

/** A published result on TF-Bind-8: normalised true score of the best and of the median of `count` proposals. */
export interface PublishedResult {
  readonly method: string;
  /** Mean and standard deviation over seeds where both are printed. */
  readonly max: readonly [mean: number, deviation?: number];
  readonly median?: readonly [mean: number, deviation?: number];
  readonly count: number;
  readonly source: string;
}

const raM = 'Tan et al., ICLR 2025, tables 2 and 7: official codes, 8 seeds';

function rerun(method: string, max: PublishedResult['max'], median?: PublishedResult['median']): PublishedResult {
  return { method, max, ...(median === undefined ? {} : { median }), count: 128, source: raM };
}

/** Published results on TF-Bind-8. Unlike ours, these proposals may repeat rows of the visible data. */
export const publishedTfBind8: readonly PublishedResult[] = [
  rerun('BO-qEI', [0.802, 0.081], [0.439]),
  rerun('CMA-ES', [0.944, 0.017], [0.539]),
  rerun('REINFORCE', [0.935, 0.049], [0.466]),
  rerun('gradient ascent', [0.969, 0.021], [0.582]),
  rerun('gradient ascent, mean of models', [0.985, 0.008], [0.63]),
  rerun('gradient ascent, minimum of models', [0.979, 0.014], [0.628]),
  rerun('CbAS', [0.921, 0.046], [0.422]),
  rerun('MINs', [0.91, 0.051], [0.407]),
  rerun('DDOM (diffusion)', [0.913, 0.047], [0.416, 0.023]),
  rerun('BONET', [0.798, 0.123], [0.476]),
  rerun('GTG (diffusion)', [0.91, 0.04], [0.542, 0.038]),
  rerun('COMs', [0.953, 0.038], [0.513]),
  rerun('RoMA', [0.665, 0], [0.52]),
  rerun('IOM', [0.925, 0.054], [0.49]),
  rerun('BDI', [0.973, 0], [0.595]),
  rerun('ICT', [0.897, 0.05], [0.547]),
  rerun('Tri-Mentoring', [0.956, 0], [0.619]),
  rerun('PGS', [0.889, 0.061], [0.503]),
  rerun('FGM', [0.811, 0.079], [0.54]),
  rerun('Match-OPT', [0.824, 0.067]),
  rerun('RaM-RankCosine', [0.982, 0.012]),
  rerun('RaM-ListNet', [0.981, 0.012]),
  {
    method: 'DDOM (diffusion), its own paper',
    max: [0.971, 0.005],
    count: 256,
    source: 'Krishnamoorthy et al., ICML 2023: 256 proposals',
  },
  { method: 'ManGO (diffusion)', max: [0.994], count: 128, source: "its authors' notebook: one run" },
];

function numberText(value: readonly [number, number?] | undefined): string {
  if (value === undefined) return '';
  const [centre, spread] = value;
  return spread === undefined ? centre.toFixed(3) : `${centre.toFixed(3)} ± ${spread.toFixed(3)}`;
}

const columns: readonly MarkdownColumn<PublishedResult>[] = [
  { name: 'method', align: 'left', cell: ({ method }) => method },
  { name: 'max', align: 'right', cell: ({ max }) => numberText(max) },
  { name: 'median', align: 'right', cell: ({ median }) => numberText(median) },
  { name: 'proposals', align: 'right', cell: ({ count }) => `${count}` },
  { name: 'source', align: 'left', cell: ({ source }) => source },
];

/** The published results, best median first. */
export function publishedTable(): string {
  const middle = ({ median = [0] }: PublishedResult): number => median[0];
  return markdownTable(
    columns,
    publishedTfBind8.toSorted((a, b) => middle(b) - middle(a) || b.max[0] - a.max[0]),
  );
}
