import type { ProposeResult } from '../optimizer/index.ts';
import type { Parameter } from '../space/index.ts';
import { formatCell } from '../table/index.ts';
import { predictionDecimals, proposalColumns } from './columns.ts';
import { countOf, textTable, type TextColumn } from './text.ts';

const mostProposals = 10;

const alignment: { readonly [K in Parameter['type']]: TextColumn['align'] } = {
  real: 'right',
  integer: 'right',
  ordinal: 'right',
  categorical: 'left',
  sequence: 'left',
};

/** The best proposals below the best measured design, as lines for a terminal of so many columns. */
export function proposalSummary(result: ProposeResult, width: number): string {
  const { table, space, best } = result;
  const proposals = result.proposals.slice(0, mostProposals);
  const { columns, decimals = {} } = proposalColumns(table, proposals);
  const reward = (value: number): string => formatCell(value, predictionDecimals(table));
  const parameters = space.definition.parameters;
  const shown = textTable(
    [
      { name: '', cells: ['data', ...proposals.map((_, at) => String(at + 1))], align: 'right' },
      {
        name: table.reward,
        cells: [best.reward, ...proposals.map(({ predicted }) => predicted.mean)].map(reward),
        align: 'right',
      },
      { name: '\u00b1', cells: ['', ...proposals.map(({ predicted }) => reward(predicted.std))], align: 'right' },
      { name: 'trust', cells: ['', ...proposals.map(({ trust }) => trust.toFixed(2))], align: 'right' },
      ...columns.map((name): TextColumn => {
        const designs = [best.design, ...proposals.map(({ design }) => design)];
        return {
          name,
          cells: designs.map((design) => formatCell(design[name] ?? '', decimals[name])),
          align: alignment[parameters[name]?.type ?? 'categorical'],
        };
      }),
    ],
    width,
  );
  const rest = result.proposals.length - proposals.length;
  const left = [
    ...(rest > 0 ? [countOf(rest, 'more proposal')] : []),
    ...(shown.omitted > 0 ? [countOf(shown.omitted, 'more column')] : []),
  ];
  const lead = `The best measured design, and the best proposals by the ${table.reward} predicted for them and its uncertainty:`;
  return [lead, '', ...shown.lines, ...(left.length === 0 ? [] : [`and ${left.join(', ')}`])].join('\n');
}
